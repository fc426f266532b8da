from __future__ import annotations

from typing import TYPE_CHECKING, Self
from uuid import UUID

from catalog.retirable import NumberedQuerySet

if TYPE_CHECKING:
    from catalog.prompts.models import Prompt


class PromptQuerySet(NumberedQuerySet["Prompt"]):
    def current(self) -> Self:
        """Filter to the prompts that are not retired."""
        return self.filter(retired_at=None)

    def in_order(self) -> Self:
        return self.order_by("article", "number", "pk")

    def get_by_natural_key(self, uuid: UUID) -> Prompt:
        return self.get(uuid=uuid)
