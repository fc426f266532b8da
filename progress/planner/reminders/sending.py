"""Send the reminders whose hour it is, each at most once a study day.

A worker claims a reminder in the database before it sends it, so of several one sends it. What
could not be sent is given back, and the next run tries again until the hour is over. The run
fails after it tried all of them, so that operators see it.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from django.conf import settings
from django.core.mail import get_connection
from django.utils import timezone, translation

from playbook.study_day import study_day, time_on
from progress.planner.models import Reminder
from progress.planner.reminders.mail import mail_of
from progress.planner.reminders.to_do import to_do_today

logger = logging.getLogger(__name__)

SENT_WITHIN = timedelta(hours=1)
ONE_DAY = timedelta(days=1)


class NotAllSent(Exception):
    """Some reminders could not be made or sent. The others were, and stay settled."""

    def __init__(self, failed: int, sent: int) -> None:
        super().__init__(f"Reminders not sent: {failed}, see the log. Reminders sent: {sent}.")


class _NotSent(Exception):
    """The reminder could not be made or sent, and was given back."""


def send_reminders(now: datetime) -> int:
    """Send the reminders of this hour, and return how many were sent.

    Raise `NotAllSent` after all were tried, if any could not be sent.
    """
    if not settings.HAS_EMAIL:
        return 0
    sent = failed = 0
    for reminder, day in list(_due(now)):
        try:
            sent += _remind(reminder, day)
        except _NotSent:
            failed += 1
    if failed:
        raise NotAllSent(failed, sent)
    return sent


def _due(now: datetime) -> Iterator[tuple[Reminder, date]]:
    for reminder in Reminder.objects.sendable().exclude(weekdays=[]).select_related("user"):
        with timezone.override(reminder.zone):
            day = study_day(now)
            if is_due(reminder, day, now):
                yield reminder, day


def is_due(reminder: Reminder, day: date, now: datetime) -> bool:
    """Return whether it is the hour of a reminder that was not settled on this study day."""
    if day.weekday() not in reminder.weekdays:
        return False
    if reminder.settled_on and day <= reminder.settled_on <= day + ONE_DAY:
        return False
    at = time_on(day, time(reminder.hour)).astimezone(UTC)
    return at <= now < at + SENT_WITHIN


def _remind(reminder: Reminder, day: date) -> bool:
    """Send one reminder if there is something to do, and return whether it was sent.

    Raise `_NotSent` for a failure, which is logged and not settled.
    """
    if not claim(reminder, day):
        return False
    try:
        with timezone.override(reminder.zone), translation.override(settings.LANGUAGE_CODE):
            return _send(reminder)
    except OSError as error:  # smtplib raises subclasses of it.
        logger.error("A reminder could not be sent; check EMAIL_URL: %s", error)
    except Exception:
        # One learner's reminder must not keep the others from theirs.
        logger.exception("A reminder could not be made")
    release(reminder, day)
    raise _NotSent


def _send(reminder: Reminder) -> bool:
    to_do = to_do_today(reminder.user)
    if to_do is None:
        return False
    return bool(mail_of(reminder, reminder.address, to_do, get_connection()).send())


def claim(reminder: Reminder, day: date) -> bool:
    """Settle the reminder for this day. Return whether nobody else did, in one statement."""
    claimed = Reminder.objects.filter(pk=reminder.pk).unsettled(day)
    return bool(claimed.exclude(weekdays=[]).update(settled_on=day))


def release(reminder: Reminder, day: date) -> None:
    """Give a claimed reminder back, for the next run."""
    mine = Reminder.objects.filter(pk=reminder.pk, settled_on=day)
    mine.update(settled_on=reminder.settled_on)
