"""The statements of Today and of the plan, written in SQL as those of `progress/page_sql.py`.

They take less than half the time of their ORM forms.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connections, router

from accounts.models import User
from progress.models import Completion
from progress.planner.models import DayList, OwnItem, Plan
from progress.practice.models import PracticeSession
from progress.recall.sql import as_uuid
from progress.sql import in_utc


class StoredList(NamedTuple):
    """The list of a day as it is stored, or as it would be."""

    day: date
    minutes: int
    parts: list[dict[str, Any]]


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


def active_plan(user: User) -> Plan | None:
    alias = router.db_for_read(Plan)
    with connections[alias].cursor() as cursor:
        cursor.execute(
            "SELECT id, uuid, begins_on, interview_on, minutes, layers, sections,"
            " practice_per_week, practice_minutes, created_at, updated_at FROM planner_plan"
            " WHERE user_id = %s AND archived_at IS NULL",
            [user.pk],
        )
        row = cursor.fetchone()
    if row is None:
        return None
    pk, uuid, begins_on, interview_on, *choices, per_week, practice_minutes, created, updated = row
    days = _as_date(begins_on), interview_on and _as_date(interview_on)
    lists = map(json.loads, choices)
    times = in_utc(created), in_utc(updated)
    values = pk, as_uuid(uuid), user.pk, *days, *lists, per_week, practice_minutes, *times
    return Plan.from_db(alias, PLAN_COLUMNS, values)


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


def left_out_of(plan: Plan) -> set[int]:
    """Return the primary keys of the articles that are left out of the plan."""
    with connections[router.db_for_read(Plan)].cursor() as cursor:
        cursor.execute("SELECT article_id FROM planner_plan_left_out WHERE plan_id = %s", [plan.pk])
        return {pk for (pk,) in cursor.fetchall()}


def own_items_of(user: User, done_since: datetime) -> list[StoredItem]:
    """Return the learner's own items that are to do or were done since then, the oldest first."""
    connection = connections[router.db_for_read(OwnItem)]
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


def reported_minutes(user: User) -> list[tuple[int, int]]:
    """Return each article on which the learner reported minutes, by its primary key, with them."""
    with connections[router.db_for_read(Completion)].cursor() as cursor:
        cursor.execute(
            "SELECT article_id, minutes FROM progress_completion"
            " WHERE user_id = %s AND minutes > 0",
            [user.pk],
        )
        return [(article_id, minutes) for article_id, minutes in cursor.fetchall()]


def finished_practice(user: User) -> list[datetime]:
    """Return when each of the learner's practice sessions was finished, the earliest first."""
    with connections[router.db_for_read(PracticeSession)].cursor() as cursor:
        cursor.execute(
            "SELECT finished_at FROM practice_practicesession"
            " WHERE user_id = %s AND finished_at IS NOT NULL ORDER BY finished_at",
            [user.pk],
        )
        return [in_utc(at) for (at,) in cursor.fetchall()]


def _as_date(stored: date | str) -> date:
    """Return the date, which SQLite returns as text."""
    return stored if isinstance(stored, date) else date.fromisoformat(stored)
