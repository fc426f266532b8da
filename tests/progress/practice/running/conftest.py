from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from accounts.models import User
from catalog.cases.models import Case
from catalog.cases.stages import StageOrder
from progress.practice.models import PracticeSession
from progress.practice.stage_plan import planned_stages
from progress.practice.starting import start_session

# Of today: a sign-in from another year would be over.
STARTED_AT = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0)
SetClock = Callable[[float], None]
StartSession = Callable[..., PracticeSession]


@pytest.fixture
def cases(playbook: None) -> list[Case]:
    """Return the cases in their order: three, with texts that appear nowhere else."""
    Case.objects.all().delete()
    return [
        Case.objects.create(
            slug=slug,
            number=number,
            title=slug.capitalize(),
            brief=f"Design {slug}. THE REST OF THE BRIEF.",
            question_lines="How many?\nANSWER ONE.\n\nHow long?\nANSWER TWO.",
            stage_lines="Requirements: 15\nHigh-level design: 20\nWrap-up: 10",
            twist="THE TWIST.",
            twist_minute=18,
            rubric_lines="Requirements: THE RUBRIC.\nDeep dive: THE RUBRIC.",
            requirements="THE REFERENCE",
        )
        for number, slug in enumerate(("seats", "wallet", "timeline"), start=1)
    ]


@pytest.fixture
def seats(cases: list[Case]) -> Case:
    return cases[0]


@pytest.fixture
def set_clock(monkeypatch: pytest.MonkeyPatch) -> SetClock:
    """Return a function that sets the system's clock to some minutes after the start."""

    def set_to(minutes: float) -> None:
        at = STARTED_AT + timedelta(minutes=minutes)
        monkeypatch.setattr(timezone, "now", lambda: at)

    return set_to


@pytest.fixture
def start(learner: User, set_clock: SetClock) -> StartSession:
    """Return a function that starts a session of 45 minutes, at minute 0 of `set_clock`."""

    def start(case: Case, user: User = learner, *, at: float = 0) -> PracticeSession:
        set_clock(at)
        stages = planned_stages(case.stages, StageOrder.INTERVIEW, 45)
        return start_session(user, case, StageOrder.INTERVIEW, stages, uuid4())

    return start
