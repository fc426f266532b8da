"""The points of a practice session, as its learner and others gave them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from django.db.models import IntegerChoices
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from catalog.cases.case_lines import RubricLine
from catalog.cases.stages import Criterion
from progress.practice.models import POINTS_MAX, ReviewLink, Score

GAP_UP_TO = 1
"""A line with at most as many points is a gap, which is worth a review."""


class Points(IntegerChoices):
    """The points of a line of the rubric."""

    MISSING = 0, _("Missing")
    NAMED = 1, _("Named")
    REASONED = 2, _("Reasoned")
    FULL = 3, _("In full")


class Mark(NamedTuple):
    """The points of one line, and the words of the scratch that earned them."""

    points: int
    quote: str = ""


Marks: TypeAlias = Mapping[Criterion, Mark]


@dataclass(frozen=True)
class Total:
    """Points out of the most that were possible; a deep dive counts double in both."""

    points: int
    most: int

    @property
    def percent(self) -> int | None:
        """The share, rounded down, so that 100 means every point. None without any line."""
        return 100 * self.points // self.most if self.most else None


def total_of(marks: Marks) -> Total:
    return Total(
        sum(criterion.weight * mark.points for criterion, mark in marks.items()),
        sum(criterion.weight * POINTS_MAX for criterion in marks),
    )


@dataclass(frozen=True)
class Scoring:
    """A rubric filled in by one person."""

    marks: Marks
    link: ReviewLink | None = None
    """The review link that it came through; None for the learner's own."""

    @cached_property
    def total(self) -> Total:
        return total_of(self.marks)


class SheetLine(NamedTuple):
    """A line of the rubric with the mark of each scoring, in their order."""

    criterion: Criterion
    shows: str
    marks: Sequence[Mark | None]

    @property
    def own(self) -> Mark | None:
        return self.marks[0]

    @property
    def is_gap(self) -> bool:
        """Return whether somebody gave it so few points that it is worth a review."""
        return any(mark is not None and mark.points <= GAP_UP_TO for mark in self.marks)


class ScoreSheet:
    """The rubric of a session beside its scorings: the learner's own first."""

    def __init__(
        self, rubric: Sequence[RubricLine], links: Iterable[ReviewLink], scores: Iterable[Score]
    ) -> None:
        self.rubric = rubric
        marks: dict[int | None, dict[Criterion, Mark]] = {None: {}}
        for score in scores:
            of_link = marks.setdefault(score.review_link_id, {})
            of_link[Criterion(score.criterion)] = Mark(score.points, score.quote)
        self.own = Scoring(marks[None])
        self.reviews = [Scoring(marks.get(link.pk, {}), link) for link in links if link.used_at]

    @property
    def scorings(self) -> list[Scoring]:
        return [self.own, *self.reviews]

    @cached_property
    def lines(self) -> list[SheetLine]:
        return [
            SheetLine(
                line.criterion,
                line.text,
                [scoring.marks.get(line.criterion) for scoring in self.scorings],
            )
            for line in self.rubric
        ]

    @property
    def gaps(self) -> list[SheetLine]:
        return [line for line in self.lines if line.is_gap]
