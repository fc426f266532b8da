"""The statements of Today and of the plan, written in SQL as those of `progress/page_sql.py`.

They take less than half the time of their ORM forms.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connections, router
from django.utils import timezone

from accounts.models import User
from progress.kept_rows import reading
from progress.planner.models import DayList, OwnItem, Plan
from progress.practice.models import PracticeSession
from progress.sql import as_uuid, in_utc


class StoredList(NamedTuple):
    """The list of a day as it is stored, or as it would be."""

    day: date
    minutes: int
    parts: list[dict[str, Any]]


ONE_LIST = timedelta(days=3)
"""Longer than any study day, even for a learner who changes time zones."""

PLAN_COLUMNS = (
    "id",
    "uuid",
    "user_id",
    "begins_on",
    "interview_on",
    "minutes",
    "layers",
    "sections",
    "practice_per_week",
    "practice_minutes",
    "created_at",
    "updated_at",
)
"""The columns of a plan that its pages need, in the order of the model. The others are deferred."""


class StoredItem(NamedTuple):
    """An own item as the plan needs it."""

    uuid: UUID
    title: str
    url: str
    minutes: int
    day: date | None
    is_done: bool


class StoredPractice(NamedTuple):
    """A practice session as the plan needs it."""

    uuid: UUID
    started_at: datetime
    finished_at: datetime | None


def active_plan(user: User) -> Plan | None:
    return plan_from(active_plan_row(user))


@reading("planner_plan")
def active_plan_row(user: User) -> tuple[Any, ...] | None:
    """Return the `PLAN_COLUMNS` of the learner's active plan, as the database returns them."""
    with connections[router.db_for_read(Plan)].cursor() as cursor:
        cursor.execute(
            "SELECT id, uuid, user_id, begins_on, interview_on, minutes, layers, sections,"
            " practice_per_week, practice_minutes, created_at, updated_at FROM planner_plan"
            " WHERE user_id = %s AND archived_at IS NULL",
            [user.pk],
        )
        row: tuple[Any, ...] | None = cursor.fetchone()
        return row


def plan_from(row: tuple[Any, ...] | None) -> Plan | None:
    """Return the plan of such a row."""
    if row is None:
        return None
    pk, uuid, user, begins_on, interview_on, *choices, per_week, minutes, created, updated = row
    days = _as_date(begins_on), interview_on and _as_date(interview_on)
    lists = map(json.loads, choices)
    times = in_utc(created), in_utc(updated)
    values = pk, as_uuid(uuid), user, *days, *lists, per_week, minutes, *times
    return Plan.from_db(router.db_for_read(Plan), PLAN_COLUMNS, values)


def lists_of(plan: Plan) -> Mapping[date, StoredList]:
    """Return the list of each day on which Today was shown."""
    with connections[router.db_for_read(DayList)].cursor() as cursor:
        cursor.execute(
            "SELECT day, minutes, parts FROM planner_daylist WHERE plan_id = %s ORDER BY day",
            [plan.pk],
        )
        rows = cursor.fetchall()
    lists = (StoredList(_as_date(day), minutes, json.loads(parts)) for day, minutes, parts in rows)
    return {each.day: each for each in lists}


@reading("planner_plan", "planner_plan_left_out")
def left_out_of(user: User) -> Collection[int]:
    """Return the primary keys of the articles that are left out of the learner's active plan."""
    with connections[router.db_for_read(Plan)].cursor() as cursor:
        cursor.execute(
            "SELECT article_id FROM planner_plan_left_out AS left_out JOIN planner_plan AS plan"
            " ON plan.id = left_out.plan_id WHERE plan.user_id = %s AND plan.archived_at IS NULL",
            [user.pk],
        )
        return frozenset(pk for (pk,) in cursor.fetchall())


@reading("planner_ownitem")
def own_items_of(user: User) -> Sequence[StoredItem]:
    """Return the learner's own items to do, and those done lately enough to be on today's list.

    The oldest come first.
    """
    connection = connections[router.db_for_read(OwnItem)]
    done_since = timezone.now() - ONE_LIST
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT uuid, title, url, minutes, day, done_at IS NOT NULL FROM planner_ownitem"
            " WHERE user_id = %s AND (done_at IS NULL OR done_at >= %s) ORDER BY created_at, id",
            [user.pk, connection.ops.adapt_datetimefield_value(done_since)],
        )
        rows = cursor.fetchall()
    return [
        StoredItem(
            as_uuid(uuid), title, url, minutes, _as_date(day) if day else None, bool(is_done)
        )
        for uuid, title, url, minutes, day, is_done in rows
    ]


@reading("practice_practicesession")
def practice_of(user: User) -> Sequence[StoredPractice]:
    """Return the learner's practice sessions, the one that was started first first."""
    with connections[router.db_for_read(PracticeSession)].cursor() as cursor:
        cursor.execute(
            "SELECT uuid, started_at, finished_at FROM practice_practicesession"
            " WHERE user_id = %s ORDER BY started_at, id",
            [user.pk],
        )
        rows = cursor.fetchall()
    return [
        StoredPractice(as_uuid(uuid), in_utc(started_at), finished_at and in_utc(finished_at))
        for uuid, started_at, finished_at in rows
    ]


def _as_date(stored: date | str) -> date:
    """Return the date, which SQLite returns as text."""
    return stored if isinstance(stored, date) else date.fromisoformat(stored)
