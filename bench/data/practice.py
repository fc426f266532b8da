"""Start practice sessions with written scratches and a drawing, whose clocks are running."""

from collections.abc import Sequence
from uuid import uuid4

from accounts.models import User
from catalog.cases.models import Case
from catalog.cases.stages import MINUTES, StageOrder
from playbook.diagrams.language import parse
from playbook.diagrams.svg import draw
from progress.practice.models import DRAWING, PracticeSession, Scratch
from progress.practice.stage_plan import planned_stages
from progress.practice.starting import start_session

TEXT = "A seat is held for ten minutes.\n\n- 2,000 requests a second\n- one writer for each event\n"
DRAWN = "client -> gateway\ngateway -> booking\nbooking -> database\nbooking -> queue\n"


def make_sessions(users: Sequence[User]) -> None:
    """Start a session of the first case for each learner, now."""
    case = Case.objects.order_by("pk").first()
    assert case is not None
    stages = planned_stages(case.stages, StageOrder.INTERVIEW, MINUTES)
    for user in users:
        start_session(user, case, StageOrder.INTERVIEW, stages, uuid4())
    scratches = Scratch.objects.filter(practice_session__user__in=users)
    scratches.exclude(stage=DRAWING).update(text=TEXT)
    svg = draw(parse(DRAWN), "Drawing as text")
    scratches.filter(stage=DRAWING).update(text=DRAWN, svg=svg)


def session_url(user: User) -> str:
    """Return the address of the learner's session, or nothing if there is none."""
    practice_session = PracticeSession.objects.for_user(user).first()
    return practice_session.get_absolute_url() if practice_session else ""
