"""The statements of every page with rows, and of a save, written in SQL as in `progress/sql.py`."""

from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import NamedTuple

from django.db import connections, router

from accounts.models import User
from progress.kept_rows import reading
from progress.notes.models import DroppedText, Note
from progress.sql import in_utc
from progress.texts.dropped import kept_since_for


# 34 µs in SQL, 290 µs with the ORM.
@reading("notes_note")
def articles_with_notes(user: User) -> AbstractSet[int]:
    """Return the primary keys of the articles about which the learner wrote."""
    with connections[router.db_for_read(Note)].cursor() as cursor:
        cursor.execute(
            "SELECT article_id FROM notes_note WHERE user_id = %s AND text <> ''", [user.pk]
        )
        return frozenset(article_id for (article_id,) in cursor.fetchall())


def text_of(user: User, article_id: int) -> str:
    """Return the text of the learner's note about the article; empty if there is none."""
    with connections[router.db_for_read(Note)].cursor() as cursor:
        cursor.execute(
            "SELECT text FROM notes_note WHERE user_id = %s AND article_id = %s",
            [user.pk, article_id],
        )
        row = cursor.fetchone()
    return row[0] if row else ""


def delete_expired_texts(user: User) -> None:
    """Delete the texts that the learner dropped more than 30 days ago."""
    connection = connections[router.db_for_write(DroppedText)]
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM notes_droppedtext WHERE dropped_at < %s"
            " AND note_id IN (SELECT id FROM notes_note WHERE user_id = %s)",
            [kept_since_for(connection), user.pk],
        )


def stored_note(user: User, article_id: int) -> Note | None:
    """Return the learner's note about the article, to write to it, with `has_dropped_texts`."""
    connection = connections[router.db_for_read(Note)]
    notes = Note.objects.raw(
        "SELECT *, EXISTS (SELECT 1 FROM notes_droppedtext WHERE note_id = notes_note.id"
        " AND dropped_at >= %s) AS has_dropped_texts"
        " FROM notes_note WHERE user_id = %s AND article_id = %s",
        [kept_since_for(connection), user.pk, article_id],
    )
    return next(iter(notes), None)


def write_note(note: Note) -> None:
    """Store the text of the note, and what is stored with each version of it."""
    if note.pk is None:
        note.save()
        return
    connection = connections[router.db_for_write(Note)]
    saved_by = Note._meta.get_field("saved_by").get_db_prep_save(note.saved_by, connection)
    updated_at = connection.ops.adapt_datetimefield_value(note.updated_at)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE notes_note SET text = %s, html = %s, version = %s, updated_at = %s,"
            " saved_by = %s, saved_number = %s WHERE id = %s",
            [
                note.text,
                note.html,
                note.version,
                updated_at,
                saved_by,
                note.saved_number,
                note.pk,
            ],
        )


class ShownNote(NamedTuple):
    """The part of a note that the article page shows."""

    pk: int
    user_id: int
    text: str
    html: str
    version: int
    updated_at: datetime
    has_dropped_texts: bool


def note_of(user: User, article_id: int) -> ShownNote | None:
    """Return the learner's note about the article."""
    connection = connections[router.db_for_read(Note)]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, text, html, version, updated_at, EXISTS"
            " (SELECT 1 FROM notes_droppedtext WHERE note_id = note.id AND dropped_at >= %s)"
            " FROM notes_note AS note WHERE user_id = %s AND article_id = %s",
            [kept_since_for(connection), user.pk, article_id],
        )
        row = cursor.fetchone()
    if row is None:
        return None
    pk, text, html, version, at, has_dropped = row
    return ShownNote(pk, user.pk, text, html, version, in_utc(at), bool(has_dropped))
