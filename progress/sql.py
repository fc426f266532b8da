"""The statements of a mark and of the pages that everybody reads, written out.

The ORM takes several times as long to phrase each of them as the database to carry it out.
"""

import json
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import TypeAlias

from django.db import connections, router

from accounts.models import User
from progress.models import Event, State
from progress.states import StateName

Row: TypeAlias = tuple[int, str, str, datetime, bool]
"""An event's key, the states before and after, when it was, whether it is an undo."""


def states_of(user: User) -> Mapping[int, str]:
    """State by article id, without those to do."""
    with connections[router.db_for_read(State)].cursor() as cursor:
        cursor.execute("SELECT article_id, state FROM progress_state WHERE user_id = %s", [user.pk])
        return dict(cursor.fetchall())


def history_of(user: User, article_id: int, limit: int) -> list[Row]:
    """The newest events of one article."""
    with connections[router.db_for_read(Event)].cursor() as cursor:
        cursor.execute(
            "SELECT id, from_state, to_state, happened_at, undoes_id IS NOT NULL"
            " FROM progress_event WHERE user_id = %s AND article_id = %s"
            " ORDER BY happened_at DESC, id DESC LIMIT %s",
            [user.pk, article_id, limit],
        )
        rows = cursor.fetchall()
    # SQLite has no time zones: what it gives is in UTC.
    return [
        (pk, before, after, at if at.tzinfo else at.replace(tzinfo=UTC), bool(is_undo))
        for pk, before, after, at, is_undo in rows
    ]


def where_now(article_ids: Collection[int]) -> Mapping[int, int]:
    """Of each of these articles that exists, the one that it was merged into, or itself.

    Until the transaction ends, none of them is merged. Before `lock_learner`: as a merge does it.
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


def lock_learner(user: User) -> bool:
    """Holds the learner's row until the transaction ends, with their progress' next version on it.

    False where the account is gone.
    """
    with connections[router.db_for_write(User)].cursor() as cursor:
        cursor.execute(
            "UPDATE accounts_user SET progress_version = progress_version + 1 WHERE id = %s",
            [user.pk],
        )
        return bool(cursor.rowcount)


def write_event(event: Event) -> None:
    """Gives it its primary key."""
    connection = connections[router.db_for_write(Event)]
    happened_at = connection.ops.adapt_datetimefield_value(event.happened_at)
    change = [event.from_state, event.to_state, happened_at, event.undoes_id]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO progress_event"
            " (user_id, article_id, from_state, to_state, happened_at, undoes_id)"
            " VALUES (%s, %s, %s, %s, %s, %s) RETURNING id",
            [event.user_id, event.article_id, *change],
        )
        (event.pk,) = cursor.fetchone()


def write_state(state: State) -> None:
    """In the place of the one that the learner had; to do is none."""
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
