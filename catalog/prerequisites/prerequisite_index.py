"""The current prerequisites of a snapshot, read once for each catalog version."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Container, Iterable, Mapping
from typing import NamedTuple

from catalog.graph import Edge, in_order
from catalog.models import Article
from catalog.prerequisites.models import Prerequisite
from catalog.snapshot import CatalogSnapshot


class Related(NamedTuple):
    """An article before or after another one, and why."""

    article: Article
    reason: str


class PrerequisiteIndex:
    """The prerequisites among the countable articles that readers see in a section."""

    def __init__(self, snapshot: CatalogSnapshot) -> None:
        self.snapshot = snapshot
        rows = Prerequisite.objects.current().values_list("article", "requires", "reason")
        self.reasons = {
            Edge(article_id, requires_id): reason
            for article_id, requires_id, reason in rows.order_by("pk")
            if self._is_shown(article_id) and self._is_shown(requires_id)
        }
        self.edges = list(self.reasons)
        self._before = self._grouped((edge, edge.article, edge.requires) for edge in self.edges)
        self._after = self._grouped((edge, edge.requires, edge.article) for edge in self.edges)
        self._readable_before = {
            pk: [related.article.pk for related in before if related.article.url]
            for pk, before in self._before.items()
        }

    @classmethod
    def of(cls, snapshot: CatalogSnapshot) -> PrerequisiteIndex:
        return snapshot.derive("prerequisites", cls)

    def _is_shown(self, article_id: int) -> bool:
        article = self.snapshot.by_pk.get(article_id)
        is_countable = article is not None and article.is_countable
        return is_countable and bool(self.snapshot.entries_of(article_id))

    def _grouped(
        self, sides: Iterable[tuple[Edge[int], int, int]]
    ) -> Mapping[int, tuple[Related, ...]]:
        """Return the articles on the other side of each, in the order of the journey."""
        place_of, by_pk = self.snapshot.place_of, self.snapshot.by_pk
        grouped: dict[int, list[Related]] = defaultdict(list)
        for edge, this, other in sorted(sides, key=lambda side: place_of(side[2])):
            grouped[this].append(Related(by_pk[other], self.reasons[edge]))
        return {pk: tuple(related) for pk, related in grouped.items()}

    def before(self, article_id: int) -> tuple[Related, ...]:
        """Return the articles to read before this one, in the order of the journey, and why."""
        return self._before.get(article_id, ())

    def after(self, article_id: int) -> tuple[Related, ...]:
        """Return the articles that require this one, in the order of the journey, and why."""
        return self._after.get(article_id, ())

    def requires(self, article_id: int) -> list[Article]:
        """Return the articles to read before this one, in the order of the journey."""
        return [related.article for related in self.before(article_id)]

    def leads_to(self, article_id: int) -> list[Article]:
        """Return the articles that require this one, in the order of the journey."""
        return [related.article for related in self.after(article_id)]

    def is_open(self, article_id: int, behind: Container[int]) -> bool:
        """Return whether every article to read before this one is finished or skipped (`behind`).

        An article without a link cannot be read, so it is not waited for.
        """
        return all(pk in behind for pk in self._readable_before.get(article_id, ()))

    def in_order(self, article_ids: Collection[int]) -> list[int]:
        """Return the articles with each after those that it requires, otherwise by the journey."""
        return in_order(article_ids, self.edges, self.snapshot.place_of)
