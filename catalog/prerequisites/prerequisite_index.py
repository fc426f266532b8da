"""The current prerequisites of a snapshot, read once for each catalog version."""

from __future__ import annotations

from collections.abc import Collection

from catalog.models import Article
from catalog.prerequisites.graph import Edge, in_order
from catalog.prerequisites.models import Prerequisite
from catalog.snapshot import CatalogSnapshot


class PrerequisiteIndex:
    """What requires what, among the countable articles that readers see."""

    def __init__(self, snapshot: CatalogSnapshot) -> None:
        self.snapshot = snapshot
        rows = Prerequisite.objects.current().values_list("article", "requires", "reason")
        found = [
            (article_id, requires_id, reason)
            for article_id, requires_id, reason in rows.order_by("pk")
            if self._is_shown(article_id) and self._is_shown(requires_id)
        ]
        self.edges = [Edge(article_id, requires_id) for article_id, requires_id, _reason in found]
        self.reasons = {Edge(*row[:2]): row[2] for row in found}

    @classmethod
    def of(cls, snapshot: CatalogSnapshot) -> PrerequisiteIndex:
        return snapshot.derive("prerequisites", cls)

    def _is_shown(self, article_id: int) -> bool:
        article = self.snapshot.by_pk.get(article_id)
        return article is not None and article.is_countable

    def requires(self, article_id: int) -> list[Article]:
        """Return the articles to read before this one, in the order of the journey."""
        return self._sorted({edge.requires for edge in self.edges if edge.article == article_id})

    def leads_to(self, article_id: int) -> list[Article]:
        """Return the articles that require this one, in the order of the journey."""
        return self._sorted({edge.article for edge in self.edges if edge.requires == article_id})

    def in_order(self, article_ids: Collection[int]) -> list[int]:
        """Return the articles with each after those that it requires, otherwise by the journey."""
        return in_order(article_ids, self.edges, self.snapshot.place_of)

    def _sorted(self, pks: Collection[int]) -> list[Article]:
        return [self.snapshot.by_pk[pk] for pk in sorted(pks, key=self.snapshot.place_of)]
