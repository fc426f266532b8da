from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from catalog.cases.models import Case
from catalog.cases.stages import Stage, StageOrder
from catalog.models import Article
from progress.practice.case_copy import CaseCopy
from progress.practice.models import PracticeSession, Scratch

MakeSession: TypeAlias = Callable[..., PracticeSession]

STARTED_AT = datetime(2030, 11, 2, 20, tzinfo=UTC)


@pytest.fixture
def case(playbook: None) -> Case:
    return Case.objects.create(
        slug="seats",
        title="Seats",
        brief="Design the booking of seats. A popular sale takes ten minutes.",
        question_lines="How long is a seat held?\nTen minutes.\n\nIs there a queue?\nYes.",
        stage_lines="Requirements: 15\nHigh-level design: 20\nWrap-up: 10",
        twist="One region is lost.",
        twist_minute=25,
        rubric_lines=(
            "Requirements: Asks how long a seat is held.\n"
            "High-level design: Names who decides about a seat.\n"
            "Deep dive: Compares a lock with a unique row."
        ),
        article_lines="ticket-booking-system\npayment-wallet",
    )


@pytest.fixture
def articles(playbook: None) -> list[Article]:
    """Return the articles of the case, in its order."""
    slugs = ["ticket-booking-system", "payment-wallet"]
    return [Article.objects.get(slug=slug) for slug in slugs]


@pytest.fixture
def reader(client: Client, learner: User) -> Client:
    client.force_login(learner)
    return client


@pytest.fixture
def other(db: None) -> User:
    return User.objects.create_user("other", "other@example.org", "another-learner's-password")


@pytest.fixture
def make_session(case: Case, learner: User) -> MakeSession:
    """Return a function that stores a session with two stages and a drawing."""

    def make(user: User = learner, *, is_finished: bool = True) -> PracticeSession:
        practice_session = PracticeSession.objects.create(
            user=user,
            case=case,
            case_at_start=CaseCopy.of(case).as_json(),
            order=StageOrder.INTERVIEW,
            length_seconds=45 * 60,
            twist_after_seconds=25 * 60,
            started_at=STARTED_AT,
            finished_at=STARTED_AT + timedelta(minutes=40) if is_finished else None,
        )
        texts = {
            Stage.REQUIREMENTS: "a seat is held for ten minutes\nno queue",
            Stage.DESIGN: "the database decides:  unique (event, seat)",
            "drawing": "client -> booking -> db",
        }
        for position, (stage, text) in enumerate(texts.items()):
            Scratch.objects.create(
                practice_session=practice_session, position=position, stage=stage, text=text
            )
        return practice_session

    return make


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """Return a function that sets the clock."""

    def set_to(at: datetime) -> None:
        monkeypatch.setattr(timezone, "now", lambda: at)

    return set_to
