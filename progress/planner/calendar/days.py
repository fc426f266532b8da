"""The study days of a plan, as a calendar shows them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from progress.planner.day_lists import parts_in
from progress.planner.page_sql import StoredList
from progress.planner.planning import Planning

KEPT_FOR = timedelta(days=30)
"""The time for which past days stay in the calendar as they were shown."""
SHOWN_AHEAD = timedelta(days=366)
"""The span of future days. Each takes half a millisecond to write; later polls add more."""


@dataclass(frozen=True)
class CalendarDay:
    date: date
    minutes: int


def calendar_days(planning: Planning) -> list[CalendarDay]:
    """Return each study day of the last thirty days and the next year with something to do."""
    return [day for day in _days(planning) if day.minutes]


def _days(planning: Planning) -> Iterator[CalendarDay]:
    """Yield days as their lists fixed them, then as the plan is now."""
    today = planning.today
    for day, day_list in sorted(planning.lists.items()):
        if today - KEPT_FOR <= day <= today:
            yield CalendarDay(day, _minutes(day_list))
    for planned in planning.planned.days:
        if planned.date not in planning.lists and planned.date <= today + SHOWN_AHEAD:
            yield CalendarDay(planned.date, planned.planned)


def _minutes(day_list: StoredList) -> int:
    return sum(each.part.minutes for each in parts_in(day_list))
