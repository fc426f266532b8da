"""Start a practice session: once for each operation, and one at a time for each case."""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from catalog.cases.models import Case
from catalog.cases.stages import StageOrder
from progress.operations import create_once
from progress.practice.case_copy import CaseCopy
from progress.practice.models import DRAWING, PracticeSession, Scratch
from progress.practice.stage_plan import PlannedStage, twist_minute
from progress.reader import ReaderGone
from progress.sql import lock_learner


class AlreadyRunning(Exception):
    """The learner has a session of this case that is not finished."""

    def __init__(self, practice_session: PracticeSession) -> None:
        super().__init__()
        self.practice_session = practice_session


@transaction.atomic
def start_session(
    user: User, case: Case, order: StageOrder, stages: Sequence[PlannedStage], operation: UUID
) -> PracticeSession:
    """Start a session, whose UUID is that of the operation, so that two presses make one.

    Raise `AlreadyRunning`, `UsedOperation` or `ReaderGone`; nothing is changed then.
    """
    if not lock_learner(user):
        raise ReaderGone
    own = PracticeSession.objects.for_user(user)
    if started := own.filter(uuid=operation).first():
        return started
    if running := own.unfinished().filter(case=case).first():
        raise AlreadyRunning(running)
    length = sum(stage.minutes for stage in stages)
    practice_session = create_once(
        PracticeSession,
        operation,
        user=user,
        case=case,
        case_at_start=CaseCopy.of(case).as_json(),
        order=order,
        length_seconds=length * 60,
        twist_after_seconds=twist_minute(case.twist_minute, length) * 60,
        started_at=timezone.now(),
    )
    _add_scratches(practice_session, stages)
    return practice_session


def _add_scratches(practice_session: PracticeSession, stages: Sequence[PlannedStage]) -> None:
    kept = [(stage.stage.value, stage.minutes) for stage in stages if stage.minutes]
    Scratch.objects.bulk_create(
        Scratch(practice_session=practice_session, position=position, stage=stage, minutes=minutes)
        for position, (stage, minutes) in enumerate([*kept, (DRAWING, 0)], start=1)
    )
