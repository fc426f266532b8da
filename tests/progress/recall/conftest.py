from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

import pytest
from django.utils import timezone

from accounts.models import User
from catalog.models import Article
from catalog.prompts.models import Prompt
from progress.learner import LearnerProgress
from progress.states import StateName

SetDay: TypeAlias = Callable[[float], None]

FIRST_DAY = datetime(2030, 11, 2, 20, tzinfo=UTC)


@pytest.fixture
def set_day(monkeypatch: pytest.MonkeyPatch) -> SetDay:
    """Return a function that sets the clock to the evening of a study day, counted from 0."""

    def set_to(day: float) -> None:
        now = FIRST_DAY + timedelta(days=day)
        monkeypatch.setattr(timezone, "now", lambda: now)

    set_to(0)
    return set_to


@pytest.fixture
def article(playbook: None) -> Article:
    return Article.objects.get(slug="ticket-booking-system")


@pytest.fixture
def prompts(article: Article) -> list[Prompt]:
    """Two prompts of an article, and no other prompts."""
    Prompt.objects.all().delete()
    return [
        Prompt.objects.create(article=article, number=1, question="Why first?", answer="Because."),
        Prompt.objects.create(article=article, number=2, question="Why next?", answer="So."),
    ]


@pytest.fixture
def progress(learner: User) -> LearnerProgress:
    return LearnerProgress(learner)


@pytest.fixture
def finished(
    set_day: SetDay, progress: LearnerProgress, article: Article, prompts: list[Prompt]
) -> Article:
    """Finish the article with the two prompts."""
    progress.set(article, StateName.DONE)
    return article
