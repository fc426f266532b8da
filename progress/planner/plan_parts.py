"""The things that a schedule is made of and from: tasks, parts, days, cards and practice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

MINUTES_FOR_A_CARD = 1
DAYS_MAX = 3 * 366
"""The most days that a plan without a date looks ahead."""


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
