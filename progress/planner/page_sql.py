"""The statements of Today and of the plan, written in SQL as those of `progress/page_sql.py`.

They take less than half the time of their ORM forms.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import connections, router

from accounts.models import User
from progress.models import Completion
from progress.planner.models import DayList, OwnItem, Plan
from progress.practice.models import PracticeSession
from progress.sql import in_utc


class StoredList(NamedTuple):
    """The list of a day as it is stored, or as it would be."""

    day: date
    minutes: int
    parts: list[dict[str, Any]]


def active_plan(user: User) -> Plan | None:
    plans = Plan.objects.raw(
        "SELECT * FROM planner_plan WHERE user_id = %s AND archived_at IS NULL", [user.pk]
    )
    return next(iter(plans), None)


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


def own_items_to_do(user: User) -> list[OwnItem]:
    return list(
        OwnItem.objects.raw(
            "SELECT * FROM planner_ownitem WHERE user_id = %s AND done_at IS NULL"
            " ORDER BY created_at, id",
            [user.pk],
        )
    )


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
