"""The signed address in a reminder that stops further ones, for whoever has the mail."""

from __future__ import annotations

from uuid import UUID

from django.core import signing
from django.db import transaction
from django.urls import reverse

from playbook.http import full_address
from progress.planner.models import Reminder
from progress.planner.reminders.saving import save_reminder

signer = signing.Signer(salt="progress.planner.reminders")


def address_of(reminder: Reminder) -> str:
    """Return the address, which stays the same for a learner."""
    return full_address(reverse("planner:reminder_stop", args=[signer.sign(reminder.uuid.hex)]))


def uuid_in(token: str) -> UUID | None:
    """Return the reminder's UUID. None if the token is not signed by this site."""
    try:
        return UUID(hex=signer.unsign(token))
    except (signing.BadSignature, ValueError):
        return None


@transaction.atomic
def stop(uuid: UUID) -> None:
    """Send this learner no more reminders. Stopping twice, or after the account, is fine."""
    reminder = Reminder.objects.select_related("user").filter(uuid=uuid).first()
    if reminder and reminder.weekdays:
        save_reminder(reminder.user, {"weekdays": []})
