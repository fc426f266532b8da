"""The statements of a session's page, and of a saved scratch, in SQL as in `progress/sql.py`."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db import connections, router

from accounts.models import User
from progress.practice.models import DroppedScratch, Pause, PracticeSession, Scratch
from progress.sql import in_utc
from progress.texts.dropped import kept_since_for

UUID_FIELD = PracticeSession._meta.get_field("uuid")


SESSION_COLUMNS = (
    "id",
    "uuid",
    "user_id",
    "case_at_start",
    "order",
    "length_seconds",
    "twist_after_seconds",
    "asked",
    "started_at",
    "finished_at",
)
"""The columns that a session's page shows."""


def session_of(user: User, uuid: UUID) -> PracticeSession | None:
    """Return the learner's session; None if they have no such one."""
    connection = connections[router.db_for_read(PracticeSession)]
    with connection.cursor() as cursor:
        cursor.execute(
            'SELECT id, case_at_start, "order", length_seconds, twist_after_seconds, asked,'
            " started_at, finished_at FROM practice_practicesession"
            " WHERE uuid = %s AND user_id = %s",
            [UUID_FIELD.get_db_prep_value(uuid, connection), user.pk],
        )
        row = cursor.fetchone()
    if row is None:
        return None
    pk, case, order, length, twist_after, asked, started_at, finished_at = row
    finished_at = finished_at and in_utc(finished_at)
    plan = json.loads(case), order, length, twist_after, json.loads(asked)
    values = pk, uuid, user.pk, *plan, in_utc(started_at), finished_at
    return PracticeSession.from_db(connection.alias, SESSION_COLUMNS, values)


class ShownPause(NamedTuple):
    """A pause as the page of its session shows it."""

    reason: str
    began_at: datetime
    ended_at: datetime | None


def pauses_of(practice_session: PracticeSession) -> list[ShownPause]:
    """Return the pauses of a session, the first one first."""
    with connections[router.db_for_read(Pause)].cursor() as cursor:
        cursor.execute(
            "SELECT reason, began_at, ended_at FROM practice_pause"
            " WHERE practice_session_id = %s ORDER BY began_at, id",
            [practice_session.pk],
        )
        rows = cursor.fetchall()
    return [
        ShownPause(reason, in_utc(began_at), ended_at and in_utc(ended_at))
        for reason, began_at, ended_at in rows
    ]


class ShownScratch(NamedTuple):
    """A scratch as the page of its session shows it."""

    position: int
    stage: str
    minutes: int
    text: str
    svg: str
    version: int
    updated_at: datetime
    has_dropped_texts: bool


def scratches_of(practice_session: PracticeSession) -> list[ShownScratch]:
    """Return the scratches of a session in their order."""
    connection = connections[router.db_for_read(Scratch)]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT position, stage, minutes, text, svg, version, updated_at, EXISTS"
            " (SELECT 1 FROM practice_droppedscratch"
            " WHERE scratch_id = practice_scratch.id AND dropped_at >= %s)"
            " FROM practice_scratch WHERE practice_session_id = %s ORDER BY position",
            [kept_since_for(connection), practice_session.pk],
        )
        rows = cursor.fetchall()
    return [
        ShownScratch(position, stage, minutes, text, svg, version, in_utc(at), bool(has_dropped))
        for position, stage, minutes, text, svg, version, at, has_dropped in rows
    ]


@dataclass
class StoredScratch:
    """The row of a scratch, and whether its session goes on."""

    pk: int
    stage: str
    text: str
    version: int
    saved_by: UUID | None
    saved_number: int
    updated_at: datetime
    is_finished: bool
    has_dropped_texts: bool


def scratch_of(user: User, session: UUID, position: int) -> StoredScratch | None:
    """Return a scratch of the learner's session; None if they have no such one."""
    connection = connections[router.db_for_write(Scratch)]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.id, s.stage, s.text, s.version, s.saved_by, s.saved_number, s.updated_at,"
            " p.finished_at IS NOT NULL,"
            " EXISTS (SELECT 1 FROM practice_droppedscratch"
            " WHERE scratch_id = s.id AND dropped_at >= %s)"
            " FROM practice_scratch AS s"
            " JOIN practice_practicesession AS p ON p.id = s.practice_session_id"
            " WHERE p.uuid = %s AND p.user_id = %s AND s.position = %s",
            [
                kept_since_for(connection),
                UUID_FIELD.get_db_prep_value(session, connection),
                user.pk,
                position,
            ],
        )
        row = cursor.fetchone()
    if row is None:
        return None
    pk, stage, text, version, saved_by, number, at, is_finished, has_dropped = row
    page = UUID(str(saved_by)) if saved_by else None
    return StoredScratch(
        pk, stage, text, version, page, number, in_utc(at), bool(is_finished), bool(has_dropped)
    )


def write_scratch(scratch: StoredScratch, svg: str) -> None:
    connection = connections[router.db_for_write(Scratch)]
    page = scratch.saved_by and UUID_FIELD.get_db_prep_value(scratch.saved_by, connection)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE practice_scratch SET text = %s, svg = %s, version = %s, saved_by = %s,"
            " saved_number = %s, updated_at = %s WHERE id = %s",
            [
                scratch.text,
                svg,
                scratch.version,
                page,
                scratch.saved_number,
                connection.ops.adapt_datetimefield_value(scratch.updated_at),
                scratch.pk,
            ],
        )


def delete_expired_scratches(user: User) -> None:
    """Delete the texts that the learner dropped more than 30 days ago."""
    DroppedScratch.objects.for_user(user).expired().delete()
