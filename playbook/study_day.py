"""The study day: the date to which an instant belongs for the person who studies.

A study day begins at 04:00 on the clock of a time zone, whatever the zone's offset is at that
moment. Streaks, heat map, visits, due cards and everything else that is counted by day ask here.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from datetime import time as clock_time
from typing import TYPE_CHECKING, Any

from django.db.models import DateField, Func
from django.db.models.functions import TruncSecond
from django.utils import timezone

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.models.sql.compiler import SQLCompiler

BEGINS_AT = clock_time(4)
OFFSET = timedelta(hours=BEGINS_AT.hour)


def study_day(at: datetime | None = None) -> date:
    """Return the study day of an instant, by default of now, in the current time zone."""
    local = timezone.localtime(at)
    return (local.replace(tzinfo=None) - OFFSET).date()


def study_days(instants: Iterable[datetime]) -> dict[datetime, date]:
    """Return the study day of each of many instants, in a third of the time."""
    zone = timezone.get_current_timezone()
    return {at: (at.astimezone(zone).replace(tzinfo=None) - OFFSET).date() for at in instants}


def time_on(day: date, at: clock_time) -> datetime:
    """Return when a clock in the current time zone shows this time on this study day."""
    on = day + timedelta(days=at < BEGINS_AT)
    return datetime.combine(on, at, timezone.get_current_timezone())


def end_of(day: date) -> datetime:
    """Return when this study day ends in the current time zone, and the next one begins."""
    return time_on(day + timedelta(days=1), BEGINS_AT)


class StudyDay(Func):
    """The study day of a `DateTimeField` in the current time zone, as a database expression.

    It agrees with `study_day()`: the time zone is applied first, since the clock can be changed
    between midnight and 04:00.
    """

    output_field = DateField()

    def __init__(self, name: str, **extra: Any) -> None:
        super().__init__(TruncSecond(name), **extra)

    def as_sqlite(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **extra: Any
    ) -> Any:
        template = f"date(%(expressions)s, '-{BEGINS_AT.hour} hours')"
        return self.as_sql(compiler, connection, template=template, **extra)

    def as_postgresql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **extra: Any
    ) -> Any:
        template = f"((%(expressions)s) - INTERVAL '{BEGINS_AT.hour} hours')::date"
        return self.as_sql(compiler, connection, template=template, **extra)
