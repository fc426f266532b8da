"""Study by day: what a learner is reading, their streaks and their heat map.

Days are study days (`playbook/study_day.py`) in the current time zone, which is the learner's in
every request.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

from django.utils.functional import cached_property

from accounts.models import User
from catalog.models import Entry, Layer
from playbook.study_day import study_days
from progress.page_sql import StudyRow, study_of
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


class Day(NamedTuple):
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


class Week(NamedTuple):
    """A column of the heat map, Monday first. The last week ends today."""

    days: tuple[Day, ...]

    @property
    def new_month(self) -> date | None:
        """The first day of a month, if one begins in this week."""
        return next((day.date for day in self.days if day.date.day == 1), None)


class HeatMap:
    """The last twelve months by week."""

    def __init__(self, weeks: list[Week]) -> None:
        self.weeks = weeks

    @property
    def first_month(self) -> date | None:
        """A day of the month to name at the first week, if there is room for it."""
        has_room = not any(week.new_month for week in self.weeks[:3])
        return self.weeks[0].days[0].date if has_room else None

    @cached_property
    def study_days(self) -> list[Day]:
        """The days with study, the latest first."""
        days = [day for week in self.weeks for day in week.days if day.level]
        return days[::-1]


def days_of(user: User, layers: Iterable[Layer]) -> list[Day]:
    """Return the days with study, oldest first, in one query and one for each review count."""
    by_pk = {layer.pk: layer for layer in layers}
    days = {day: _counted(day, rows, by_pk) for day, rows in _by_day(study_of(user)).items()}
    for count in review_counts:
        for day, reviewed in count(user).items():
            days[day] = days.get(day, Day(day))._replace(reviewed=reviewed)
    return [days[day] for day in sorted(days)]


def _by_day(rows: list[StudyRow]) -> Mapping[date, list[StudyRow]]:
    """Group by study day."""
    days = study_days({row.happened_at for row in rows})
    by_day: dict[date, list[StudyRow]] = defaultdict(list)
    for row in rows:
        by_day[days[row.happened_at]].append(row)
    return by_day


def _counted(day: date, rows: Iterable[StudyRow], layers: Mapping[int, Layer]) -> Day:
    by_stage: dict[bool, set[int]] = {False: set(), True: set()}
    by_layer: dict[int, set[int]] = defaultdict(set)
    for row in rows:
        by_stage[row.is_finished].add(row.article_id)
        if row.layer_id:
            by_layer[row.layer_id].add(row.article_id)
    most = max(by_layer, key=lambda pk: len(by_layer[pk]), default=0)
    return Day(day, len(by_stage[False]), len(by_stage[True]), layers.get(most))


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
