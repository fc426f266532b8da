"""Rows that are retired instead of deleted, and rows that are ordered by number."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from django.db import models, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog import catalog_version
from catalog.history.records import record

_Model = TypeVar("_Model", bound=models.Model)


class Retirable(models.Model):
    """A row that can be retired instead of deleted, and restored later."""

    retired_at = models.DateTimeField(_("retired at"), null=True, blank=True, editable=False)

    class Meta:
        abstract = True

    @property
    def is_retired(self) -> bool:
        return self.retired_at is not None

    def retire(self) -> None:
        self.retired_at = self.retired_at or timezone.now()
        self.save(update_fields=["retired_at"])

    def restore(self) -> None:
        self.retired_at = None
        self.save(update_fields=["retired_at"])


class RetirableQuerySet(QuerySet[_Model]):
    def current(self) -> Self:
        """Filter to the rows that are not retired."""
        return self.filter(retired_at=None)

    @transaction.atomic
    def change(self, **values: object) -> int:
        """Update the rows like `update()` does, and record the change of each."""
        catalog_version.lock_catalog()
        rows = list(self.order_by("pk").select_for_update(of=("self",), no_key=True))
        chosen = self.model._default_manager.filter(pk__in=[row.pk for row in rows])
        count = chosen.update(**values)
        for row in rows:
            for name, value in values.items():
                setattr(row, name, value)
        record(rows)
        return count

    def retire(self) -> int:
        """Retire the rows, and return how many were not retired before."""
        return self.filter(retired_at=None).change(retired_at=timezone.now())

    def restore(self) -> int:
        return self.exclude(retired_at=None).change(retired_at=None)


class NumberedQuerySet(RetirableQuerySet[_Model]):
    def renumber(self, old_numbers: Mapping[int, int] | None = None) -> None:
        """Give the rows the numbers 1, 2, 3, … in their order.

        Call it inside a transaction. `old_numbers` holds previous numbers by primary key. Of two
        rows with the same number, the one that was moved up goes first and the one that was moved
        down goes last.
        """
        old_numbers = old_numbers or {}

        def place(row: Any) -> tuple[int, int, int]:
            old = old_numbers.get(row.pk, row.number)
            return row.number, (row.number > old) - (row.number < old), row.pk

        changed = []
        # Not the keys: a learner who stores a card refers to its prompt, and may be waited for.
        rows: list[Any] = sorted(self.select_for_update(of=("self",), no_key=True), key=place)
        for number, row in enumerate(rows, start=1):
            if row.number != number:
                row.number = number
                changed.append(row)
        self.save_numbers(changed)

    def save_numbers(self, changed: list[Any]) -> int:
        count = self.model._default_manager.bulk_update(changed, ["number"])
        record(changed)
        return count
