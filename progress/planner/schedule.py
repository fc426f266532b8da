"""The plan as a pure function: what there is to do on which study day, and what does not fit.

Nothing here asks the database or the clock. Each day is filled in this order: cards that are due,
practice, what the learner added for that day, then reading in the given order. Reading and own
items are split where a day ends; a review takes its minute or waits, and practice takes its whole
length or waits.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby
from typing import NamedTuple

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

MINUTES_FOR_A_CARD = 1
DAYS_MAX = 3 * 366
"""A plan without a date looks ahead for at most so many days."""


class PartKind(TextChoices):
    RECALL = "recall", _("Recall")
    PRACTICE = "practice", _("Practice")
    OWN = "own", _("My own item")
    READ = "read", _("Read")


class Task(NamedTuple):
    """An article or an own item that is not done yet."""

    key: str
    """The UUID of the article or item."""
    kind: PartKind
    minutes: int
    """The minutes it takes in all."""
    minutes_done: int = 0
    """The minutes of earlier parts that are done."""
    from_day: date | None = None
    """The study day before which it is not planned."""
    cards: int = 0
    """The new cards that join the deck on the day after it is finished."""

    @property
    def minutes_left(self) -> int:
        return max(self.minutes - self.minutes_done, 1)


class Part(NamedTuple):
    """The minutes of a day that go to one thing."""

    kind: PartKind
    minutes: int
    key: str = ""
    """The UUID of the article or own item; empty for recall and practice."""
    before: int = 0
    """The minutes of the same thing in earlier parts; for recall the cards reviewed before."""
    total: int = 0
    """The minutes of the thing in all."""
    cards: int = 0
    """The number of cards, for recall."""

    @property
    def is_last(self) -> bool:
        """Return whether the thing is finished with this part."""
        return self.before + self.minutes >= self.total


class Day(NamedTuple):
    """A study day of the plan."""

    date: date
    minutes: int
    parts: Sequence[Part] = ()

    @property
    def planned(self) -> int:
        """The minutes of its parts, which are never more than the day has."""
        return sum(part.minutes for part in self.parts)


@dataclass(frozen=True)
class DeckForecast:
    """The cards that come by themselves, and how new ones come back if they are recalled."""

    due: Mapping[date, int] = field(default_factory=dict)
    """The number of known cards by the day on which they are due; overdue ones on the first day."""
    new: int = 0
    """The new cards that wait already."""
    intervals: Sequence[int] = ()
    """The days from the first review of a card to each later one."""
    daily_reviews: int = 40
    daily_new: int = 10
    today: date | None = None
    """The day on which the next two were reviewed already, which its limits count."""
    reviewed: int = 0
    reviewed_new: int = 0

    def reviewed_on(self, day: date) -> tuple[int, int]:
        """Return the cards reviewed already on a day, and how many of them were new."""
        return (self.reviewed, self.reviewed_new) if day == self.today else (0, 0)


@dataclass(frozen=True)
class PracticeWish:
    """The practice sessions that a learner wants in a week, and their minutes."""

    per_week: int = 0
    minutes: int = 45
    done_this_week: int = 0


@dataclass(frozen=True)
class Schedule:
    """The days of a plan, and what does not fit into them."""

    days: Sequence[Day]
    left_over: Sequence[Part]
    """The rest of each article and own item that has no day."""
    practice_left_over: int
    """The wished practice sessions for which no day has the time."""

    @property
    def fits(self) -> bool:
        return not self.left_over

    @property
    def finished_on(self) -> date | None:
        """The day of the last part of an article or own item. None if something is left over."""
        if not self.fits:
            return None
        kinds = {PartKind.READ, PartKind.OWN}
        days = (day for day in reversed(self.days) if any(p.kind in kinds for p in day.parts))
        last = next(days, None)
        return last.date if last else None

    @property
    def minutes_left_over(self) -> int:
        return sum(part.minutes for part in self.left_over)


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
        self.cards = _Cards(deck)
        self.practice = _Practice(practice)
        self.fixed: Sequence[Part] | None = None

    def fill(self, *, is_open: bool) -> Schedule:
        filled: list[Day] = []
        for day, minutes in self._days_by_week():
            is_fixed = self.fixed is not None and not filled
            filled.append((self._fixed_day if is_fixed else self._day)(day, minutes))
            if is_open and not self.queue and not self.dated:
                break
        left_over = [rest.take(rest.left) for rest in (*self.dated, *self.queue)]
        return Schedule(filled, left_over, self.practice.left_over)

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


class _Cards:
    """The cards of a deck from day to day, if every one of them is recalled."""

    def __init__(self, deck: DeckForecast) -> None:
        self.deck = deck
        self.coming = Counter(deck.due)
        self.arriving: Counter[date] = Counter()
        self.waiting, self.new = 0, deck.new

    def add_new(self, cards: int, day: date) -> None:
        self.arriving[day] += cards

    def of_day(self, day: date, minutes: int) -> Part | None:
        self.waiting += self.coming.pop(day, 0)
        self.new += self.arriving.pop(day, 0)
        reviewed, reviewed_new = self.deck.reviewed_on(day)
        room = min(minutes // MINUTES_FOR_A_CARD, max(self.deck.daily_reviews - reviewed, 0))
        known = min(self.waiting, room)
        new = min(self.new, room - known, max(self.deck.daily_new - reviewed_new, 0))
        self.waiting -= known
        self.new -= new
        for interval in self.deck.intervals if new else ():
            self.coming[day + timedelta(days=interval)] += new
        cards = known + new
        if not cards:
            return None
        taken = cards * MINUTES_FOR_A_CARD
        return Part(PartKind.RECALL, taken, before=reviewed, total=taken, cards=cards)


class _Practice:
    """The days on which a learner practises: in each week those with the most minutes."""

    def __init__(self, wish: PracticeWish) -> None:
        self.minutes = wish.minutes
        self.per_week = wish.per_week
        self.wished = max(wish.per_week - wish.done_this_week, 0)
        self.chosen: set[date] = set()
        self.waiting, self.left_over = 0, 0

    def begin_week(self, days: Sequence[tuple[date, int]]) -> None:
        long_enough = (each for each in days if each[1] >= self.minutes)
        best = sorted(long_enough, key=lambda each: (-each[1], each[0]))[: self.wished]
        self.chosen = {day for day, _minutes in best}
        self.waiting = 0
        self.left_over += self.wished - len(best)
        self.wished = self.per_week

    def of_day(self, day: date, minutes: int) -> Part | None:
        if day in self.chosen:
            self.waiting += 1
            self.left_over += 1
        if not self.waiting or minutes < self.minutes:
            return None
        self.waiting -= 1
        self.left_over -= 1
        return Part(PartKind.PRACTICE, self.minutes, total=self.minutes)


def _week(day: tuple[date, int]) -> tuple[int, int]:
    year, week, _weekday = day[0].isocalendar()
    return year, week
