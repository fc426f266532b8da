"""Every version of what the catalogue holds: who made it, when, and what it changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import models
from django.db.models import Max
from django.utils import timezone
from simple_history.models import HistoricalRecords
from simple_history.utils import get_history_manager_for_model

CREATED, CHANGED, DELETED = "+", "~", "-"


class Versions(HistoricalRecords):
    """A model's history. A save that changes nothing makes no version."""

    def copy_fields(self, model: type[models.Model]) -> dict[str, Any]:
        """None is looked up but by its row, and what no form shows is part of a difference too."""
        fields: dict[str, Any] = super().copy_fields(model)
        for name, field in fields.items():
            field.editable = True
            field.db_index = name == model._meta.pk.name
        return fields

    def get_meta_options(self, model: type[models.Model]) -> dict[str, Any]:
        """Nobody is given a version to edit, so there are no permissions for it."""
        return {**super().get_meta_options(model), "default_permissions": ()}

    def create_historical_record(
        self, instance: models.Model, history_type: str, using: str | None = None
    ) -> None:
        if history_type == DELETED:
            super().create_historical_record(instance, history_type, using)
        else:
            record([instance], history_type)


def versions_of(model: type[models.Model]) -> Any:
    return get_history_manager_for_model(model._meta.concrete_model or model)


def _written() -> dict[tuple[str, Any], int]:
    """The versions that this request wrote: what it changes again is still the same change."""
    request = getattr(HistoricalRecords.context, "request", None)
    found: dict[tuple[str, Any], int] = getattr(request, "written_versions", {})
    if request is not None:
        request.written_versions = found
    return found


def _latest(model: type[models.Model], keys: Iterable[Any]) -> Any:
    versions = versions_of(model)
    newest = versions.filter(id__in=list(keys)).order_by().values("id")
    newest = newest.annotate(newest=Max("history_id")).values("newest")
    return versions.filter(history_id__in=newest)


def latest_of(model: type[models.Model], keys: Iterable[Any]) -> dict[Any, Any]:
    """The newest version of each row, by the row's key, in one query."""
    return {version.id: version for version in _latest(model, keys)}


def record(rows: Sequence[models.Model], history_type: str = CHANGED) -> None:
    """A version of each row that differs from its last one; the same queries for any number."""
    if not rows:
        return
    model, now = type(rows[0]), timezone.now()
    versions = versions_of(model)
    fields = versions.model.tracked_fields
    names = [field.attname for field in fields]
    # As plain values: there may be thousands.
    latest = {
        pk: (version, kind, tuple(values))
        for pk, version, kind, *values in _latest(model, (row.pk for row in rows)).values_list(
            "id", "history_id", "history_type", *names
        )
    }
    written, user = _written(), versions.model.get_default_history_user(rows[0])
    created, continued = [], {}
    for row in rows:
        values = tuple(field.to_python(getattr(row, field.attname)) for field in fields)
        last, kind, last_values = latest.get(row.pk, (None, DELETED, ()))
        if kind != DELETED and last_values == values:
            continue
        if kind != DELETED and written.get((model._meta.label, row.pk)) == last:
            continued[last] = values
            continue
        created.append(
            versions.model(
                history_date=now,
                history_type=history_type,
                history_user=user,
                history_change_reason=getattr(row, "_change_reason", None),
                **dict(zip(names, values, strict=True)),
            )
        )
    versions.bulk_create(created)
    _rewrite(versions, continued, names)
    written.update({(model._meta.label, version.id): version.pk for version in created})


def _rewrite(
    versions: Any, values: Mapping[int | None, tuple[Any, ...]], names: Sequence[str]
) -> None:
    rows = list(versions.filter(history_id__in=values)) if values else []
    for row in rows:
        for name, value in zip(names, values[row.pk], strict=True):
            setattr(row, name, value)
    versions.bulk_update(rows, [field.name for field in versions.model.tracked_fields])


def give_reason(row: Any, words: str) -> None:
    """Why it is changed: told by the version that its next save makes."""
    row._change_reason = words


def begin(*tracked: type[models.Model]) -> None:
    """A first version of every row that has none."""
    for model in tracked:
        known = versions_of(model).values("id")
        record(list(model._default_manager.exclude(pk__in=known)), CREATED)
