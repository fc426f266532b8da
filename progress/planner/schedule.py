"""The plan as a pure function: what there is to do on which study day, and what does not fit.

Nothing here asks the database or the clock. Each day is filled in this order: cards that are due,
practice, what the learner added for that day, then reading in the given order. Reading and own
items are split where a day ends; a review takes its minute or waits, and practice takes its whole
length or waits.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import groupby

from progress.planner.plan_parts import (
    DAYS_MAX,
    Day,
    DeckForecast,
    Part,
    PartKind,
    PracticeWish,
    Schedule,
    Task,
)
from progress.planner.recurring_parts import Cards, Practice


def days_from(
    first: date,
    last: date | None,
    weekly: Sequence[int],
    changed: Mapping[date, int] | None = None,
) -> Iterator[tuple[date, int]]:
    """Yield each study day with its minutes, from the first up to and including the last.

    `weekly` has the minutes of each weekday, Monday first; `changed` those of single days.
    """
    count = DAYS_MAX if last is None else min((last - first).days + 1, DAYS_MAX)
    days = (first + timedelta(days=number) for number in range(count))
    changed = changed or {}
    return ((day, changed.get(day, weekly[day.weekday()])) for day in days)


def schedule(  # noqa: PLR0913  # all that a plan depends on
    days: Iterable[tuple[date, int]],
    tasks: Sequence[Task],
    deck: DeckForecast | None = None,
    practice: PracticeWish | None = None,
    *,
    is_open: bool = False,
    fixed: Sequence[Part] | None = None,
) -> Schedule:
    """Return what there is to do on each day.

    The tasks are in their order; one with `from_day` comes first from that day on. A plan without a
    date is open: it ends with the day on which the last task is finished. The first day keeps the
    `fixed` parts if it has some, and the other days go on after them.
    """
    filling = _Filling(days, tasks, deck or DeckForecast(), practice or PracticeWish())
    filling.fixed = fixed
    return filling.fill(is_open=is_open)


class _Rest:
    """A task and the minutes of it that have no day yet."""

    def __init__(self, task: Task) -> None:
        self.task = task
        self.left = task.minutes_left

    def take(self, minutes: int) -> Part:
        taken = min(minutes, self.left)
        total = max(self.task.minutes, self.task.minutes_done + self.left)
        part = Part(self.task.kind, taken, self.task.key, total - self.left, total)
        self.left -= taken
        return part

    def skip(self, part: Part) -> None:
        """Count a part of it as done, and those before that one."""
        left = 0 if part.is_last else self.task.minutes - part.before - part.minutes
        self.left = max(min(self.left, left), 0)


class _Filling:
    def __init__(
        self,
        days: Iterable[tuple[date, int]],
        tasks: Sequence[Task],
        deck: DeckForecast,
        practice: PracticeWish,
    ) -> None:
        self.days = days
        self.queue = deque(_Rest(task) for task in tasks if task.from_day is None)
        dated = (task for task in tasks if task.from_day is not None)
        self.dated = deque(_Rest(task) for task in sorted(dated, key=_from_day))
        self.cards = Cards(deck)
        self.practice = Practice(practice)
        self.fixed: Sequence[Part] | None = None

    def fill(self, *, is_open: bool) -> Schedule:
        filled: list[Day] = []
        for day, minutes in self._days_by_week():
            is_fixed = self.fixed is not None and not filled
            filled.append((self._fixed_day if is_fixed else self._day)(day, minutes))
            if is_open and not self.queue and not self.dated:
                break
        left_over = [rest.take(rest.left) for rest in (*self.dated, *self.queue)]
        return Schedule(filled, left_over)

    def _days_by_week(self) -> Iterator[tuple[date, int]]:
        """Yield the days; those of a week after it was chosen on which of them to practise."""
        for _number, days_of_week in groupby(self.days, key=_week):
            week = list(days_of_week)
            self.practice.begin_week(week)
            yield from week

    def _fixed_day(self, day: date, minutes: int) -> Day:
        """Return the first day with its fixed parts, and leave the rest of each thing."""
        fixed = self.fixed or ()
        by_kind = {part.kind: part.minutes for part in fixed if not part.key}
        self.cards.of_day(day, by_kind.get(PartKind.RECALL, 0))
        self.practice.of_day(day, by_kind.get(PartKind.PRACTICE, 0))
        rests = {rest.task.key: rest for rest in (*self.dated, *self.queue)}
        for part in fixed:
            if part.key in rests:
                self._skip(rests[part.key], part, day)
        self.dated = deque(rest for rest in self.dated if rest.left)
        self.queue = deque(rest for rest in self.queue if rest.left)
        return Day(day, minutes, tuple(fixed))

    def _skip(self, rest: _Rest, part: Part, day: date) -> None:
        rest.skip(part)
        if not rest.left:
            self.cards.add_new(rest.task.cards, day + timedelta(days=1))

    def _day(self, day: date, minutes: int) -> Day:
        parts, left = [], minutes
        for part in self._parts(day, minutes):
            parts.append(part)
            left -= part.minutes
        return Day(day, minutes, tuple(parts))

    def _parts(self, day: date, minutes: int) -> Iterable[Part]:
        left = minutes
        if part := self.cards.of_day(day, left):
            left -= part.minutes
            yield part
        if part := self.practice.of_day(day, left):
            left -= part.minutes
            yield part
        while left and (rest := self._next(day)):
            part = rest.take(left)
            left -= part.minutes
            if not rest.left:
                self._finish(rest, day)
            yield part

    def _next(self, day: date) -> _Rest | None:
        if self.dated and _from_day(self.dated[0].task) <= day:
            return self.dated[0]
        return self.queue[0] if self.queue else None

    def _finish(self, rest: _Rest, day: date) -> None:
        (self.dated if self.dated and self.dated[0] is rest else self.queue).popleft()
        self.cards.add_new(rest.task.cards, day + timedelta(days=1))


def _from_day(task: Task) -> date:
    return task.from_day or date.min


def _week(day: tuple[date, int]) -> tuple[int, int]:
    year, week, _weekday = day[0].isocalendar()
    return year, week
