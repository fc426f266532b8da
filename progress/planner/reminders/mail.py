"""The text and the headers of a reminder."""

from __future__ import annotations

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from playbook.http import full_address
from progress.planner.models import Reminder
from progress.planner.reminders.to_do import ToDo
from progress.planner.reminders.unsubscribing import address_of


def mail_of(
    reminder: Reminder, address: str, to_do: ToDo, connection: BaseEmailBackend
) -> EmailMessage:
    """Return the reminder as a mail that its reader can stop with one press (RFC 8058)."""
    stop = address_of(reminder)
    context = {
        "to_do": to_do,
        "today": full_address(reverse("planner:today_detail")),
        "settings": full_address(reverse("planner:reminder_edit")),
        "stop": stop,
    }
    headers = {
        "List-Unsubscribe": f"<{stop}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Auto-Submitted": "auto-generated",
    }
    text = render_to_string("planner/mail/reminder.txt", context)
    subject = f"{_('System Design Playbook')}: {_subject(to_do)}"
    return EmailMessage(subject, text, to=[address], connection=connection, headers=headers)


def _subject(to_do: ToDo) -> str:
    if to_do.minutes:
        return _("Study: %(n)s min") % {"n": to_do.minutes}
    due = ngettext("%(n)s card due", "%(n)s cards due", to_do.due_count)
    return due % {"n": to_do.due_count}
