"""The statements of a state change and of every page, written in SQL.

Each takes at most half the time of its ORM form, which spends most of it on building the query. The
comments give the medians of both, measured on SQLite with `python -m bench.statements`.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeAlias
from uuid import UUID

from django.db import connections, router
from django.db.models import Model

from accounts.models import User
from progress.kept_rows import reading
from progress.models import Event, State
from progress.states import StateName

Row: TypeAlias = tuple[int, str, str, datetime, bool]
"""The primary key of an event, the states before and after, its time, and whether it is an undo."""


# 30 µs in SQL, 229 µs with the ORM.
@reading("progress_state")
def states_of(user: User) -> Mapping[int, str]:
    """Return the state by article id, without articles to do."""
    with connections[router.db_for_read(State)].cursor() as cursor:
        cursor.execute("SELECT article_id, state FROM progress_state WHERE user_id = %s", [user.pk])
        return dict(cursor.fetchall())


# 50 µs in SQL, 492 µs with the ORM.
def history_of(user: User, article_id: int, limit: int) -> list[Row]:
    """Return the newest events of one article."""
    with connections[router.db_for_read(Event)].cursor() as cursor:
        cursor.execute(
            "SELECT id, from_state, to_state, happened_at, undoes_id IS NOT NULL"
            " FROM progress_event WHERE user_id = %s AND article_id = %s"
            " ORDER BY happened_at DESC, id DESC LIMIT %s",
            [user.pk, article_id, limit],
        )
        rows = cursor.fetchall()
    return [
        (pk, before, after, in_utc(at), bool(is_undo)) for pk, before, after, at, is_undo in rows
    ]


def in_utc(at: datetime) -> datetime:
    """Return a time of the database with its time zone, without which SQLite returns it."""
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def as_uuid(stored: UUID | str) -> UUID:
    """Return the UUID, which SQLite returns as text."""
    return stored if isinstance(stored, UUID) else UUID(stored)


# 34 µs in SQL, 258 µs with the ORM.
def lock_and_resolve(article_ids: Collection[int]) -> Mapping[int, int]:
    """Map each of these articles that exists to the one it was merged into, or to itself.

    Lock the articles, so that none is merged before the transaction ends. Call this before
    `lock_learner`: a merge locks in the same order.
    """
    connection = connections[router.db_for_write(State)]
    keys = list(article_ids)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT id, coalesce(merged_into_id, id) FROM catalog_article"
                " WHERE id = ANY(%s) ORDER BY id FOR SHARE",
                [keys],
            )
        else:
            cursor.execute(
                "SELECT id, coalesce(merged_into_id, id) FROM catalog_article"
                " WHERE id IN (SELECT value FROM json_each(%s))",
                [json.dumps(keys)],
            )
        return dict(cursor.fetchall())


def lock_article(article_id: int) -> None:
    """Lock the article as `lock_and_resolve` does. SQLite has one writer at a time anyway."""
    if connections[router.db_for_write(State)].vendor == "postgresql":
        lock_and_resolve([article_id])


# 17 µs in SQL, 166 µs with the ORM.
def lock_learner(user: User) -> bool:
    """Lock the learner's row until the transaction ends, and increase their progress version.

    Return whether the account still exists.
    """
    return _increase_version("id = %s", [user.pk])


def lock_learner_at(user: User, version: int) -> bool:
    """Lock the learner if their progress version is this one, and return whether it was."""
    return _increase_version("id = %s AND progress_version = %s", [user.pk, version])


def _increase_version(condition: str, parameters: list[int]) -> bool:
    with connections[router.db_for_write(User)].cursor() as cursor:
        cursor.execute(
            "UPDATE accounts_user SET progress_version = progress_version + 1"  # noqa: S608 - of above
            f" WHERE {condition}",
            parameters,
        )
        return bool(cursor.rowcount)


def insert(model: type[Model], statement: str, values: Sequence[Any]) -> int | None:
    """Insert a row, and return its primary key; None if nothing was inserted.

    SQLite knows the key without `RETURNING`, which it answers in one more step. Each step of a
    transaction can wait for other threads of the process.
    """
    connection = connections[router.db_for_write(model)]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(statement, values)
            return cursor.lastrowid if cursor.rowcount else None
        cursor.execute(f"{statement} RETURNING id", values)
        row = cursor.fetchone()
    return row[0] if row else None


# 52 µs in SQL, 106 µs with the ORM.
def write_event(event: Event) -> None:
    """Insert the event and set its primary key.

    It is not earlier than the events of the same learner and article, whatever the clock says: the
    events of an article are a chain.
    """
    connection = connections[router.db_for_write(Event)]
    latest = "greatest" if connection.vendor == "postgresql" else "max"
    happened_at = connection.ops.adapt_datetimefield_value(event.happened_at)
    of_article = [event.user_id, event.article_id]
    event.pk = insert(
        Event,
        "INSERT INTO progress_event"  # noqa: S608 - the name of a function
        " (user_id, article_id, from_state, to_state, undoes_id, happened_at)"
        f" VALUES (%s, %s, %s, %s, %s, {latest}(%s, coalesce((SELECT max(happened_at)"
        " FROM progress_event WHERE user_id = %s AND article_id = %s), %s)))",
        [
            *of_article,
            event.from_state,
            event.to_state,
            event.undoes_id,
            happened_at,
            *of_article,
            happened_at,
        ],
    )


# 41 µs in SQL, 121 µs with the ORM.
def write_state(state: State) -> None:
    """Insert or update the row of the learner's state; delete the row if the state is to do."""
    connection = connections[router.db_for_write(State)]
    changed_at = connection.ops.adapt_datetimefield_value(state.changed_at)
    of_article = [state.user_id, state.article_id]
    with connection.cursor() as cursor:
        if state.state == StateName.TODO:
            cursor.execute(
                "DELETE FROM progress_state WHERE user_id = %s AND article_id = %s", of_article
            )
            return
        cursor.execute(
            "INSERT INTO progress_state (user_id, article_id, state, changed_at)"
            " VALUES (%s, %s, %s, %s) ON CONFLICT (user_id, article_id)"
            " DO UPDATE SET state = excluded.state, changed_at = excluded.changed_at",
            [*of_article, state.state, changed_at],
        )
