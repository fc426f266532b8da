from collections.abc import Callable
from datetime import datetime
from typing import TypeAlias

import pytest
from allauth.account.models import EmailAddress
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from progress.planner.models import Reminder
from progress.planner.reminders.sending import send_reminders

EVERY_DAY = [0, 1, 2, 3, 4, 5, 6]

SendAt: TypeAlias = Callable[[datetime], int]


def confirm(user: User) -> None:
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)


@pytest.fixture
def has_mail(settings: Settings) -> None:
    settings.HAS_EMAIL = True


@pytest.fixture
def reminder(has_mail: None, learner: User) -> Reminder:
    """Return a reminder on each day at 12 in UTC, to a confirmed address."""
    confirm(learner)
    return Reminder.objects.create(user=learner, weekdays=EVERY_DAY, hour=12, browser_zone="UTC")


@pytest.fixture
def send_at(monkeypatch: pytest.MonkeyPatch) -> SendAt:
    """Return a function that sets the clock and sends the reminders of that moment."""

    def send(now: datetime) -> int:
        monkeypatch.setattr(timezone, "now", lambda: now)
        return send_reminders(now)

    return send
