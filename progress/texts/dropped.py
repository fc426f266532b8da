"""The texts that lost a conflict: each is kept for 30 days, and counts as deleted from then on."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Self, TypeVar

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model, QuerySet

from playbook.study_day import BEGINS_AT, study_day, time_on

_Row = TypeVar("_Row", bound=Model)

KEPT_FOR = timedelta(days=30)


def kept_since() -> datetime:
    """Return the beginning of the study day 30 days ago, so that what is kept changes with a day.

    A page that depends on the day is right until the next one.
    """
    return time_on(study_day() - KEPT_FOR, BEGINS_AT)


def kept_since_for(connection: BaseDatabaseWrapper) -> Any:
    """Return `kept_since()` as a parameter of a statement in SQL."""
    return connection.ops.adapt_datetimefield_value(kept_since())


class DroppedTextsQuerySet(QuerySet[_Row]):
    """Rows with `dropped_at`. Each sub-app has a model of its own for them."""

    def kept(self) -> Self:
        return self.filter(dropped_at__gte=kept_since())

    def expired(self) -> Self:
        return self.filter(dropped_at__lt=kept_since())
