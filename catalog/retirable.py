"""What leaves the playbook without being deleted, and stands in it by number."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from django.db import models, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog import catalog_version
from catalog.history import record

_Model = TypeVar("_Model", bound=models.Model)


class Retirable(models.Model):
    """Leaves the playbook without being deleted, and can come back as itself."""

    retired_at = models.DateTimeField(_("retired at"), null=True, blank=True, editable=False)

    class Meta:
        abstract = True

    @property
    def is_retired(self) -> bool:
        return self.retired_at is not None

    def retire(self) -> None:
        self.retired_at = self.retired_at or timezone.now()
        self.save(update_fields=["retired_at"])

    def bring_back(self) -> None:
        self.retired_at = None
        self.save(update_fields=["retired_at"])


class RetirableQuerySet(QuerySet[_Model]):
    @transaction.atomic
    def change(self, **values: Any) -> int:
        """As `update`, and each row gets a version of it."""
        catalog_version.lock_catalog()
        rows = list(self.order_by("pk").select_for_update(of=("self",)))
        chosen = self.model._default_manager.filter(pk__in=[row.pk for row in rows])
        count = chosen.update(**values)
        for row in rows:
            for name, value in values.items():
                setattr(row, name, value)
        record(rows)
        return count

    def retire(self) -> int:
        """How many left the playbook by it; those that had left keep their date."""
        return self.filter(retired_at=None).change(retired_at=timezone.now())

    def bring_back(self) -> int:
        return self.exclude(retired_at=None).change(retired_at=None)


class NumberedQuerySet(RetirableQuerySet[_Model]):
    def renumber(self, old_numbers: Mapping[int, int] | None = None) -> None:
        """Numbers the rows 1, 2, 3, … in their order.

        Of two with one number, the one that was moved there has the place: `old_numbers` by
        primary key says from where. Needs a transaction.
        """
        old_numbers = old_numbers or {}

        def place(row: Any) -> tuple[int, int, int]:
            old = old_numbers.get(row.pk, row.number)
            return row.number, (row.number > old) - (row.number < old), row.pk

        changed = []
        rows: list[Any] = sorted(self.select_for_update(of=("self",)), key=place)
        for number, row in enumerate(rows, start=1):
            if row.number != number:
                row.number = number
                changed.append(row)
        self.give_numbers(changed)

    def give_numbers(self, changed: list[Any]) -> int:
        count = self.model._default_manager.bulk_update(changed, ["number"])
        record(changed)
        return count
