"""A plan as an iCalendar file (RFC 5545, RFC 7986).

The same plan gives the same bytes on every poll: nothing in it is random or the current time.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, Timezone

from playbook.http import full_address
from playbook.study_day import time_on
from progress.learner import LearnerProgress
from progress.planner.calendar.changes import changed_at
from progress.planner.calendar.days import CalendarDay, calendar_days
from progress.planner.models import CalendarFeed, Plan
from progress.planner.page_sql import active_plan
from progress.planner.planning import Planning

POLLED_EVERY = timedelta(hours=12)
SEQUENCE_SINCE = datetime(2026, 1, 1, tzinfo=UTC)


def ics_of(feed: CalendarFeed) -> bytes:
    """Return the calendar of the learner's active plan, without events if there is none."""
    with timezone.override(feed.zone), translation.override(settings.LANGUAGE_CODE):
        calendar = _calendar(feed)
        if plan := active_plan(feed.user):
            days = calendar_days(Planning(plan, LearnerProgress(feed.user)))
            _add_events(calendar, feed, plan, days)
        content: bytes = calendar.to_ical()
        return content


def _calendar(feed: CalendarFeed) -> Calendar:
    calendar, name = Calendar(), _("Study plan")
    calendar.add("prodid", "-//System Design Playbook//Plan//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("uid", _uid(str(feed.uuid)))
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", POLLED_EVERY, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT12H")
    return calendar


def _add_events(
    calendar: Calendar, feed: CalendarFeed, plan: Plan, days: Sequence[CalendarDay]
) -> None:
    zone = timezone.get_current_timezone_name()
    if feed.starts_at and days and zone != "UTC":
        calendar.add_component(_vtimezone(zone, days[0].date.year, days[-1].date.year))
    at = changed_at(plan, _described(feed, zone, days))
    for day in days:
        event = _event(plan, day, feed.starts_at)
        event.add("dtstamp", at.replace(microsecond=0))
        event.add("sequence", _sequence(at))
        calendar.add_component(event)


def _described(feed: CalendarFeed, zone: str, days: Sequence[CalendarDay]) -> str:
    """Return everything that the events are made of, as text."""
    starts = [str(feed.starts_at), zone] if feed.starts_at else []
    return " ".join([*starts, *(f"{day.date}:{day.minutes}" for day in days)])


def _event(plan: Plan, day: CalendarDay, starts_at: time | None) -> Event:
    event, address = Event(), full_address(reverse("planner:today_detail"))
    event.add("uid", _uid(f"{plan.uuid}-{day.date:%Y%m%d}"))
    # A calendar may keep the first title it gets for ever, so it says nothing that changes often.
    event.add("summary", _("Study: %(n)s min") % {"n": day.minutes})
    event.add("description", _("What to do today: %(address)s") % {"address": address})
    event.add("url", address)
    if starts_at is None:
        event.add("dtstart", day.date)
        event.add("transp", "TRANSPARENT")
    else:
        event.add("dtstart", time_on(day.date, starts_at))
        event.add("duration", timedelta(minutes=day.minutes))
    return event


def _uid(name: str) -> str:
    return f"{name}@{urlsplit(settings.SITE_URL).hostname}"


def _sequence(changed_at: datetime) -> int:
    """Return a number that grows with each change of the events. It has 31 bits until 2094."""
    return int((changed_at - SEQUENCE_SINCE).total_seconds())


@lru_cache(maxsize=128)
def _vtimezone(zone: str, first_year: int, last_year: int) -> Timezone:
    """Return the changes of a zone's clock in whole years. A zone without any takes 60 ms."""
    return Timezone.from_tzid(
        zone, first_date=date(first_year, 1, 1), last_date=date(last_year + 1, 12, 31)
    )
