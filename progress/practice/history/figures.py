"""The numbers of practice: points by criterion over time, and cases not practised.

Every function is pure: it gets plain values, and asks neither the database nor the clock.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from catalog.cases.models import Case
from catalog.cases.stages import Criterion
from progress.practice.scoring.score_sheet import Mark, Total, total_of

RECENT = 3
"""The number of sessions whose mean says where a learner stands."""


class PastScore(NamedTuple):
    """The learner's own points for one criterion in one session."""

    session_id: int
    criterion: Criterion
    points: int


@dataclass(frozen=True)
class CriterionTrend:
    """The points of one criterion, in the order of the sessions."""

    criterion: Criterion
    points: Sequence[int]

    @property
    def recent(self) -> float:
        """The mean of the last sessions, in points."""
        return mean(self.points[-RECENT:])

    @property
    def earlier(self) -> float | None:
        """The mean of the sessions before those. None if there are none."""
        return mean(self.points[:-RECENT]) if len(self.points) > RECENT else None


def mean(points: Sequence[int]) -> float:
    return sum(points) / len(points)


def trends_of(scores: Iterable[PastScore]) -> list[CriterionTrend]:
    """Return the trend of each criterion with points, the weakest first; oldest scores first."""
    by_criterion: dict[Criterion, list[int]] = defaultdict(list)
    for score in scores:
        by_criterion[score.criterion].append(score.points)
    trends = [CriterionTrend(criterion, by_criterion[criterion]) for criterion in by_criterion]
    return sorted(trends, key=lambda trend: (trend.recent, list(Criterion).index(trend.criterion)))


def totals_of(scores: Iterable[PastScore]) -> Mapping[int, Total]:
    """Return the total of each session with points, by its primary key."""
    marks: dict[int, dict[Criterion, Mark]] = defaultdict(dict)
    for score in scores:
        marks[score.session_id][score.criterion] = Mark(score.points)
    return {session_id: total_of(of_session) for session_id, of_session in marks.items()}


def not_practised(cases: Iterable[Case], practised: Collection[int]) -> list[Case]:
    """Return the cases without a session, in their order."""
    return [case for case in cases if case.pk not in practised]
