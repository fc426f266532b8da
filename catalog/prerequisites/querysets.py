from __future__ import annotations

from typing import TYPE_CHECKING, Self
from uuid import UUID

from django.db.models import Q

from catalog.graph import Edge
from catalog.retirable import RetirableQuerySet

if TYPE_CHECKING:
    from catalog.models import Article
    from catalog.prerequisites.models import Prerequisite


class PrerequisiteQuerySet(RetirableQuerySet["Prerequisite"]):
    def of_article(self, article: Article) -> Self:
        """Filter to what the article requires, and what requires it."""
        return self.filter(Q(article=article) | Q(requires=article))

    def edges(self) -> list[Edge[int]]:
        """Return the ids of each article and of one that it requires."""
        return [Edge(*row) for row in self.order_by().values_list("article", "requires")]

    def get_by_natural_key(self, uuid: UUID) -> Prerequisite:
        return self.get(uuid=uuid)
