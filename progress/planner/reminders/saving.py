"""The writes of reminders."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from progress.planner.models import Reminder
from progress.planner.saving import lock


@transaction.atomic
def save_reminder(user: User, values: dict[str, Any]) -> None:
    """Store these columns of the learner's reminder. Raise `ReaderGone`."""
    lock(user)
    reminders = Reminder.objects.for_user(user)
    reminders.update_or_create(user=user, defaults={**values, "updated_at": timezone.now()})
