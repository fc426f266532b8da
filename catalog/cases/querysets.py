from __future__ import annotations

from typing import TYPE_CHECKING, Self
from uuid import UUID

from catalog.retirable import NumberedQuerySet

if TYPE_CHECKING:
    from catalog.cases.models import Case


class CaseQuerySet(NumberedQuerySet["Case"]):
    def in_order(self) -> Self:
        return self.order_by("number", "pk")

    def get_by_natural_key(self, uuid: UUID) -> Case:
        return self.get(uuid=uuid)
