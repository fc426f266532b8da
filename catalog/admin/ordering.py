"""Lists of rows that editors order by dragging, or by typing a number."""

from abc import abstractmethod
from typing import Any, TypeVar

from adminsortable2.admin import SortableAdminMixin
from django.contrib import admin
from django.db import transaction
from django.http import HttpRequest
from django.utils.safestring import SafeString

from catalog.admin.retiring import RetirableAdmin
from catalog.retirable import NumberedQuerySet, Retirable

_Numbered = TypeVar("_Numbered", bound=Retirable)


class OrderedAdmin(SortableAdminMixin, RetirableAdmin[_Numbered]):
    """A list whose current rows have the numbers 1, 2, 3, …, whatever is retired or restored."""

    # Dragging works within one page only.
    list_per_page = 1000
    ordering = ("number", "pk")

    @abstractmethod
    def numbered(self) -> NumberedQuerySet[_Numbered]:
        """Return the rows that are numbered together."""

    def _add_reorder_method(self) -> None:
        """Show a drag handle with the number, or only the number in a list sorted otherwise."""
        super()._add_reorder_method()
        handle = vars(self)["_reorder_"]

        @admin.display(description=handle.short_description, ordering="number")
        def position(row: Any) -> SafeString | int:
            shown: SafeString | int = handle(row) if self.enable_sorting else row.number
            return shown

        self._reorder_ = position

    @transaction.atomic
    def retire(self, request: HttpRequest, objects: Any) -> int:
        return self.in_order(super().retire(request, objects))

    @transaction.atomic
    def restore(self, request: HttpRequest, objects: Any) -> int:
        return self.in_order(super().restore(request, objects))

    def in_order(self, changed: int) -> int:
        self.numbered().renumber()
        return changed

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        old_number = form.initial.get("number", obj.number)
        self.numbered().renumber({obj.pk: old_number})

    def after_revert(self, row: Any, before: Any) -> None:
        self.numbered().renumber({row.pk: before.number})

    @transaction.atomic
    def _update_order(self, updated_items: list[list[Any]], extra_model_filters: Any) -> int:
        """Take only the order from the browser, because a filtered list lacks some numbers."""
        positions = {int(pk): int(position) for pk, position in updated_items}
        self.numbered().renumber()
        chosen = self.model._default_manager.select_for_update().filter(pk__in=positions)
        rows: list[Any] = list(chosen)
        numbers = sorted(row.number for row in rows)
        rows.sort(key=lambda row: positions[row.pk])
        for row, number in zip(rows, numbers, strict=True):
            row.number = number
        return self.numbered().save_numbers(rows)
