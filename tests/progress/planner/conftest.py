from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import TypeAlias

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from catalog.cases.models import Case
from catalog.prompts.models import Prompt
from progress.planner.models import Plan

SetDay: TypeAlias = Callable[[int], None]

MONDAY = date(2030, 11, 4)
NOON = datetime(2030, 11, 4, 12, tzinfo=UTC)


@pytest.fixture
def set_day(monkeypatch: pytest.MonkeyPatch) -> SetDay:
    """Return a function that sets the clock to noon of a study day, counted from a Monday."""

    def set_to(day: int) -> None:
        now = NOON + timedelta(days=day)
        monkeypatch.setattr(timezone, "now", lambda: now)

    set_to(0)
    return set_to


@pytest.fixture
def reader(client: Client, learner: User, playbook: None, set_day: SetDay) -> Client:
    """Return the client of a learner with the playbook and without any prompts and cases."""
    Prompt.objects.all().delete()
    Case.objects.all().delete()
    client.force_login(learner)
    return client


@pytest.fixture
def other(db: None) -> User:
    return User.objects.create_user("other", "other@example.org", "another-learner's-password")


@pytest.fixture
def plan(reader: Client, learner: User) -> Plan:
    """Return a plan of 40 minutes on each day, without practice and without a date."""
    return Plan.objects.create(
        user=learner, begins_on=MONDAY, minutes=[40] * 7, practice_per_week=0
    )
