from __future__ import annotations

from typing import TYPE_CHECKING, Self
from uuid import UUID

from catalog.prerequisites.graph import Edge
from catalog.retirable import RetirableQuerySet

if TYPE_CHECKING:
    from catalog.prerequisites.models import Prerequisite


class PrerequisiteQuerySet(RetirableQuerySet["Prerequisite"]):
    def current(self) -> Self:
        """Filter to the prerequisites that are not retired."""
        return self.filter(retired_at=None)

    def edges(self) -> list[Edge]:
        """Return the ids of each article and of one that it requires."""
        return [Edge(*row) for row in self.order_by().values_list("article", "requires")]

    def get_by_natural_key(self, uuid: UUID) -> Prerequisite:
        return self.get(uuid=uuid)
