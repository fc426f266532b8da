"""Record every change of the catalogue's rows: who made it, when, and what it changed."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from django.db import models
from django.db.models import Max
from django.utils import timezone
from simple_history.models import HistoricalRecords
from simple_history.utils import get_history_manager_for_model

CREATED, CHANGED, DELETED = "+", "~", "-"


class ChangeHistory(HistoricalRecords):
    """The history of a model. A save that changes nothing makes no record."""

    def copy_fields(self, model: type[models.Model]) -> dict[str, Any]:
        """Copy the fields of the model into its historical model.

        Records are looked up by their row only, so no other field has an index. All fields are
        editable, because simple_history compares only editable ones.
        """
        fields: dict[str, Any] = super().copy_fields(model)
        for name, field in fields.items():
            field.editable = True
            field.db_index = name == model._meta.pk.name
        return fields

    def get_meta_options(self, model: type[models.Model]) -> dict[str, Any]:
        """Make no permissions for historical records, which nobody edits."""
        return {**super().get_meta_options(model), "default_permissions": ()}

    def create_historical_record(
        self, instance: models.Model, history_type: str, using: str | None = None
    ) -> None:
        if history_type == DELETED:
            super().create_historical_record(instance, history_type, using)
        else:
            record([instance], history_type)


def records_of(model: type[models.Model]) -> Any:
    """Return the manager of the model's records."""
    return _manager_of(model._meta.concrete_model or model)


@cache
def _manager_of(model: Hashable) -> Any:
    """Every access to the manager would make its class anew, which takes a while."""
    return get_history_manager_for_model(model)


def _written() -> dict[tuple[str, Any], int]:
    """Return the records that this request wrote, by row.

    If the request changes a row again, `record()` amends the record instead of adding one.
    """
    request = getattr(HistoricalRecords.context, "request", None)
    found: dict[tuple[str, Any], int] = getattr(request, "written_records", {})
    if request is not None:
        request.written_records = found
    return found


def _latest(model: type[models.Model], keys: Iterable[Any]) -> Any:
    records = records_of(model)
    newest = records.filter(id__in=list(keys)).order_by().values("id")
    newest = newest.annotate(newest=Max("history_id")).values("newest")
    return records.filter(history_id__in=newest)


def latest_of(model: type[models.Model], keys: Iterable[Any]) -> dict[Any, Any]:
    """Return the newest record of each row, by the row's primary key, in one query."""
    return {newest.id: newest for newest in _latest(model, keys)}


def record(rows: Sequence[models.Model], history_type: str = CHANGED) -> None:
    """Record each row that differs from its last record, in a constant number of queries."""
    if not rows:
        return
    model, now = type(rows[0]), timezone.now()
    records = records_of(model)
    fields = records.model.tracked_fields
    names = [field.attname for field in fields]
    # Plain values, because there may be thousands of rows.
    latest = {
        pk: (record_pk, kind, tuple(values))
        for pk, record_pk, kind, *values in _latest(model, (row.pk for row in rows)).values_list(
            "id", "history_id", "history_type", *names
        )
    }
    written, user = _written(), records.model.get_default_history_user(rows[0])
    created, amended = [], {}
    for row in rows:
        values = tuple(field.to_python(getattr(row, field.attname)) for field in fields)
        last, kind, last_values = latest.get(row.pk, (None, DELETED, ()))
        if kind != DELETED and last_values == values:
            continue
        if kind != DELETED and written.get((model._meta.label, row.pk)) == last:
            amended[last] = values
            continue
        created.append(
            records.model(
                history_date=now,
                history_type=history_type,
                history_user=user,
                history_change_reason=getattr(row, "_change_reason", None),
                **dict(zip(names, values, strict=True)),
            )
        )
    records.bulk_create(created)
    _amend(records, amended, names)
    written.update({(model._meta.label, new.id): new.pk for new in created})


def _amend(
    records: Any, values: Mapping[int | None, tuple[Any, ...]], names: Sequence[str]
) -> None:
    rows = list(records.filter(history_id__in=values)) if values else []
    for row in rows:
        for name, value in zip(names, values[row.pk], strict=True):
            setattr(row, name, value)
    records.bulk_update(rows, [field.name for field in records.model.tracked_fields])


def give_reason(row: Any, reason: str) -> None:
    """Set the reason that the record of the row's next save carries."""
    row._change_reason = reason


def record_untracked(*tracked: type[models.Model]) -> None:
    """Make a first record of every row that has none."""
    for model in tracked:
        known = records_of(model).values("id")
        record(list(model._default_manager.exclude(pk__in=known)), CREATED)
