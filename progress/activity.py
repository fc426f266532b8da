"""Study by day: what a learner is reading, their streaks and their heat map.

Days are study days (`playbook/study_day.py`) in the current time zone, which is the learner's in
every request.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import pairwise

from accounts.models import User
from catalog.models import Entry, Layer
from progress.models import Event
from progress.reader import ReaderProgress
from progress.states import StateName

ONE_DAY = timedelta(days=1)
WEEK = timedelta(weeks=1)
WEEKS = 53
LEVEL_FROM = (1, 2, 4, 7)
"""The number of articles started or finished on a day from which levels 1 to 4 apply."""
REVIEWS_FOR_AN_ARTICLE = 10
"""The number of reviews that weigh as much as an article."""

review_counts: list[Callable[[User], Mapping[date, int]]] = []
"""The functions that return a learner's reviews by study day. Sub-apps add theirs."""


@dataclass(frozen=True)
class Day:
    """The distinct articles started and finished on a day, the layer of most, and the reviews."""

    date: date
    started: int = 0
    finished: int = 0
    layer: Layer | None = None
    reviewed: int = 0

    @property
    def level(self) -> int:
        """The shade of the day: 0 without study, and at least 1 with any."""
        weight = self.started + self.finished + self.reviewed / REVIEWS_FOR_AN_ARTICLE
        return bisect_right(LEVEL_FROM, max(weight, LEVEL_FROM[0])) if weight else 0


@dataclass(frozen=True)
class Streak:
    """Consecutive days with study: the current run, up to today or yesterday, and the longest."""

    current: int
    longest: int


@dataclass(frozen=True)
class Week:
    """A column of the heat map, Monday first. The last week ends today."""

    days: tuple[Day, ...]

    @property
    def new_month(self) -> date | None:
        """The first day of a month, if one begins in this week."""
        return next((day.date for day in self.days if day.date.day == 1), None)


@dataclass(frozen=True)
class HeatMap:
    weeks: list[Week]

    @property
    def study_days(self) -> list[Day]:
        """The days with study, the latest first."""
        days = [day for week in self.weeks for day in week.days if day.level]
        return days[::-1]


def days_of(user: User, layers: Iterable[Layer]) -> list[Day]:
    """Return the days with study, oldest first, in two queries and one for each review count."""
    study = Event.objects.for_user(user).study()
    by_pk = {layer.pk: layer for layer in layers}
    layer_of: dict[date, Layer | None] = {}
    for row in study.by_day_and_layer():
        layer_of.setdefault(row["date"], by_pk.get(row["layer"]))
    days = {
        row["date"]: Day(row["date"], row["started"], row["finished"], layer_of.get(row["date"]))
        for row in study.by_day()
    }
    for count in review_counts:
        for date_, reviewed in count(user).items():
            days[date_] = replace(days.get(date_, Day(date_)), reviewed=reviewed)
    return sorted(days.values(), key=lambda day: day.date)


def streak(days: Iterable[Day], today: date) -> Streak:
    """Return the streak of these days with study, given oldest first."""
    dates = [day.date for day in days]
    runs = [1] if dates else []
    for before, after in pairwise(dates):
        if after - before == ONE_DAY:
            runs[-1] += 1
        else:
            runs.append(1)
    is_alive = bool(dates) and dates[-1] >= today - ONE_DAY
    return Streak(current=runs[-1] if is_alive else 0, longest=max(runs, default=0))


def heat_map(days: Iterable[Day], today: date) -> HeatMap:
    """Return the last twelve months in whole weeks, including the days without study."""
    by_date = {day.date: day for day in days}
    monday = today - today.weekday() * ONE_DAY
    mondays = [monday - weeks * WEEK for weeks in reversed(range(WEEKS))]
    return HeatMap(
        [
            Week(
                tuple(
                    by_date.get(date_, Day(date_))
                    for date_ in (monday + weekday * ONE_DAY for weekday in range(7))
                    if date_ <= today
                )
            )
            for monday in mondays
        ]
    )


@dataclass(frozen=True)
class ReadingItem:
    """An article that the reader has started, with its first entry in the journey."""

    entry: Entry
    state: StateName
    since: datetime


def reading_now(progress: ReaderProgress) -> list[ReadingItem]:
    """Return the listed articles that the reader has started, the latest first."""
    items = [
        ReadingItem(entries[0], progress.state_of(article_id), since)
        for article_id, since in progress.started_at().items()
        if (entries := progress.snapshot.entries_of(article_id))
    ]
    return sorted(items, key=lambda item: item.since, reverse=True)
