"""A finished practice session as its result, its review and its Markdown show it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property

from accounts.models import User
from catalog.cases.stages import Stage
from progress.practice.models import DRAWING, Pause, PracticeSession, ReviewLink, Score, Scratch
from progress.practice.scoring.score_sheet import ScoreSheet


@dataclass(frozen=True)
class StageText:
    """A learner's text of one stage."""

    title: str
    text: str


@dataclass(frozen=True)
class PracticeRecord:
    """A practice session with its scratches, pauses, links and scores, read in four queries."""

    practice_session: PracticeSession

    @cached_property
    def scratches(self) -> Sequence[Scratch]:
        return list(self.practice_session.scratches.all())

    @cached_property
    def pauses(self) -> Sequence[Pause]:
        return list(self.practice_session.pauses.all())

    @cached_property
    def links(self) -> Sequence[ReviewLink]:
        return list(self.practice_session.review_links.all())

    @cached_property
    def sheet(self) -> ScoreSheet:
        scores = Score.objects.filter(practice_session=self.practice_session)
        return ScoreSheet(self.practice_session.copy.rubric, self.links, scores)

    @property
    def stage_texts(self) -> list[StageText]:
        return [
            StageText(str(Stage(scratch.stage).label), scratch.text)
            for scratch in self.scratches
            if scratch.stage != DRAWING
        ]

    @property
    def drawing(self) -> str:
        texts = (scratch.text for scratch in self.scratches if scratch.stage == DRAWING)
        return next(texts, "")

    @property
    def texts(self) -> list[str]:
        return [scratch.text for scratch in self.scratches]

    @property
    def quotable_lines(self) -> list[str]:
        """The lines of the scratches that can be quoted, each once, in their order."""
        lines = (line.strip() for text in self.texts for line in text.splitlines())
        return list(dict.fromkeys(line for line in lines if line))[:QUOTABLE_MAX]

    @property
    def title(self) -> str:
        return self.practice_session.copy.title

    @property
    def url(self) -> str:
        return reverse("practice:session_result", args=[self.practice_session.uuid])


QUOTABLE_MAX = 300
"""The number of lines that are offered. Any other words of the scratch can be typed."""


def record_of(user: User, uuid: UUID) -> PracticeRecord:
    """Return a finished session of this learner. Raise `Http404`, also if it is still running."""
    sessions = PracticeSession.objects.for_user(user).finished()
    return PracticeRecord(get_object_or_404(sessions.select_related("case"), uuid=uuid))


def is_running(user: User, uuid: UUID) -> bool:
    return PracticeSession.objects.for_user(user).unfinished().filter(uuid=uuid).exists()
