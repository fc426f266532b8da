"""The page of a running practice session: the clock, the stages and what the interviewer said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from uuid import UUID

from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from accounts.models import User
from catalog.cases.case_lines import Question
from catalog.cases.stages import Stage, StageOrder
from playbook.rendering.fragments import fill, gap
from progress.practice.clock import Clock, PauseSpan, clock_face, minutes_of
from progress.practice.models import DRAWING, PracticeSession
from progress.practice.sql import (
    ShownPause,
    ShownScratch,
    pauses_of,
    scratches_of,
    session_of,
)
from progress.texts.editor import TextEditor


@dataclass(frozen=True)
class StageRow:
    """A stage in the list beside the scratch."""

    scratch: ShownScratch
    ends_at: datetime
    is_over: bool
    is_now: bool

    @property
    def stage(self) -> Stage:
        return Stage(self.scratch.stage)

    @property
    def label(self) -> str:
        return str(self.stage.label)

    @property
    def name(self) -> str:
        """The label inside a sentence."""
        label = self.label
        return label[:1].lower() + label[1:]


class SessionPage:
    """A learner's practice session as its page shows it, read in three queries."""

    def __init__(self, practice_session: PracticeSession, asked_position: str = "") -> None:
        self.practice_session = practice_session
        self.pauses = pauses_of(practice_session)
        scratches = scratches_of(practice_session)
        self.drawing = next(scratch for scratch in scratches if scratch.stage == DRAWING)
        self.scratches = [scratch for scratch in scratches if scratch.stage != DRAWING]
        self.clock = clock_of(practice_session, self.pauses, self.scratches)
        self.now = self.clock.now
        self._asked_position = asked_position

    @classmethod
    def of(cls, user: User, uuid: UUID, asked_position: str = "") -> SessionPage:
        """Return the page of the learner's session. Raise `Http404` if they have no such one."""
        practice_session = session_of(user, uuid)
        if practice_session is None:
            raise Http404(_("You have no such practice session."))
        return cls(practice_session, asked_position)

    @cached_property
    def rows(self) -> list[StageRow]:
        clock = self.clock
        return [
            StageRow(
                scratch,
                ends_at=clock.at(end),
                is_over=end <= clock.elapsed,
                is_now=position == clock.stage_now and not clock.is_up,
            )
            for position, (scratch, end) in enumerate(
                zip(self.scratches, clock.stage_ends, strict=True)
            )
        ]

    @cached_property
    def index(self) -> int:
        """The stage that is shown: the one that was asked for, or else the one of the clock."""
        asked = self._asked_position
        if asked.isascii() and asked.isdigit() and 1 <= int(asked[:4]) <= len(self.rows):
            return int(asked[:4]) - 1
        return self.clock.stage_now

    @property
    def number(self) -> int:
        """The number of the stage that is shown, as its address has it."""
        return self.index + 1

    @property
    def row(self) -> StageRow:
        return self.rows[self.index]

    @property
    def next_row(self) -> StageRow | None:
        return self.rows[self.index + 1] if self.index + 1 < len(self.rows) else None

    @property
    def is_estimates(self) -> bool:
        return self.row.scratch.stage == Stage.ESTIMATES

    @property
    def estimates_position(self) -> int:
        """The position of the scratch for estimates: the first one if no stage is for them."""
        stages = [scratch.stage for scratch in self.scratches]
        index = stages.index(Stage.ESTIMATES) if Stage.ESTIMATES in stages else 0
        return self.scratches[index].position

    @property
    def order_label(self) -> str:
        return str(StageOrder(self.practice_session.order).label).lower()

    @property
    def elapsed_minutes(self) -> int:
        return self.clock.elapsed // timedelta(minutes=1)

    @property
    def time_left(self) -> str:
        return clock_face(self.clock.left)

    @property
    def seconds_left(self) -> float:
        return self.clock.left.total_seconds()

    @property
    def stage_end_seconds(self) -> str:
        """The elapsed seconds at which the stages end, for static/js/practice-clock.js."""
        return " ".join(str(round(end.total_seconds())) for end in self.clock.stage_ends)

    @property
    def minutes_to_twist(self) -> int:
        return minutes_of(self.clock.twist_in)

    @property
    def pause(self) -> ShownPause | None:
        return next((pause for pause in self.pauses if not pause.ended_at), None)

    @cached_property
    def asked(self) -> list[Question]:
        """The questions that were asked, in the order of asking."""
        questions = self.practice_session.copy.questions
        return [questions[number] for number in self.practice_session.asked]

    @property
    def last_answer(self) -> str:
        return self.asked[-1].answer if self.asked else ""

    @cached_property
    def open_questions(self) -> list[tuple[int, str]]:
        """The questions that can still be asked, with their numbers and without answers."""
        asked = set(self.practice_session.asked)
        questions = enumerate(self.practice_session.copy.questions)
        return [(number, each.question) for number, each in questions if number not in asked]


def clock_of(
    practice_session: PracticeSession,
    pauses: Sequence[ShownPause],
    scratches: Sequence[ShownScratch],
) -> Clock:
    return Clock(
        started_at=practice_session.started_at,
        length=timedelta(seconds=practice_session.length_seconds),
        stages=[timedelta(minutes=scratch.minutes) for scratch in scratches],
        twist_after=timedelta(seconds=practice_session.twist_after_seconds),
        pauses=[PauseSpan(pause.began_at, pause.ended_at) for pause in pauses],
        now=timezone.now(),
        finished_at=practice_session.finished_at,
    )


def empty_editor(session: UUID | str, position: int, stage: str = "") -> TextEditor:
    """Return the editor of a scratch; the stage is for its name."""
    return TextEditor(
        id=editor_id(position),
        label=label_of(stage),
        url=_url_of("practice:scratch_save", session, position),
        reader="",
        has_preview=False,
        has_day=False,
    )


def editor_id(position: int) -> str:
    return f"scratch-{position}"


def earlier_url(session: UUID | str, position: int) -> str:
    return _url_of("practice:earlier_scratches", session, position)


def _url_of(name: str, session: UUID | str, position: int) -> str:
    """Return an address of a scratch in a tenth of the time of `reverse`."""
    return fill(_url_with_gap(name, position), uuid=str(session))


@lru_cache(100)
def _url_with_gap(name: str, position: int) -> str:
    return reverse(name, args=[gap("uuid"), position])


def label_of(stage: str) -> str:
    if stage == DRAWING:
        return _("Drawing")
    return str(Stage(stage).label) if stage else _("Scratch")
