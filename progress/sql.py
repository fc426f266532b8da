"""The statements of a state change and of every page, written in SQL.

Each takes at most half the time of its ORM form, which spends most of it on building the query. The
comments give the medians of both, measured on SQLite with `python -m bench.statements`.
"""

import json
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import NamedTuple, TypeAlias

from django.db import connections, router
from django.urls import reverse

from accounts.models import User
from catalog.suggestions.models import Suggestion
from progress.models import Completion, Event, State
from progress.states import STUDY, Stage, StateName

Row: TypeAlias = tuple[int, str, str, datetime, bool]
"""The primary key of an event, the states before and after, its time, and whether it is an undo."""


# 30 µs in SQL, 229 µs with the ORM.
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


class StudyRow(NamedTuple):
    """A lasting event that started or finished an article, once for each layer that lists it."""

    happened_at: datetime
    article_id: int
    is_finished: bool
    layer_id: int | None


LASTING = (
    "coalesce(event.undoes_id, 0) = 0"
    " AND NOT EXISTS (SELECT 1 FROM progress_event WHERE undoes_id = event.id)"
)
"""The condition of `EventQuerySet.lasting`, which says why it has the function."""


def study_of(user: User) -> list[StudyRow]:
    """Return the learner's study, by layer in the order of the journey."""
    study, finished = StateName.at(*STUDY), StateName.at(Stage.FINISHED)
    with connections[router.db_for_read(Event)].cursor() as cursor:
        cursor.execute(
            "SELECT event.happened_at, event.article_id, event.to_state,"  # noqa: S608
            " section.layer_id FROM progress_event AS event"
            " LEFT JOIN catalog_entry AS entry"
            " ON entry.article_id = event.article_id AND entry.retired_at IS NULL"
            " LEFT JOIN catalog_section AS section ON section.id = entry.section_id"
            " LEFT JOIN catalog_layer AS layer ON layer.id = section.layer_id"
            f" WHERE event.user_id = %s AND {LASTING} AND event.to_state IN"
            f" ({', '.join(['%s'] * len(study))}) ORDER BY layer.number",
            [user.pk, *study],
        )
        rows = cursor.fetchall()
    return [
        StudyRow(in_utc(at), article_id, state in finished, layer_id)
        for at, article_id, state, layer_id in rows
    ]


class EventArticle(NamedTuple):
    """An article as a list of events shows it, whether or not the public may see it."""

    title: str
    slug: str
    is_public: bool
    is_retired: bool

    def get_absolute_url(self) -> str:
        return reverse("catalog:article_detail", args=[self.slug])


class RecentEvent(NamedTuple):
    """An event as a row of a list: see `EventQuerySet.with_can_undo`."""

    pk: int
    happened_at: datetime
    from_state: StateName
    to_state: StateName
    undoes_id: int | None
    is_undone: bool
    can_undo: bool
    article: EventArticle

    # As `Event` names them, because rows of both are rendered by one template.
    @property
    def get_from_state_display(self) -> str:
        return str(self.from_state.label)

    @property
    def get_to_state_display(self) -> str:
        return str(self.to_state.label)


def recent_events_of(user: User, limit: int) -> list[RecentEvent]:
    """Return the learner's newest events."""
    newer_is_lasting = LASTING.replace("event.", "newer.")
    with connections[router.db_for_read(Event)].cursor() as cursor:
        cursor.execute(
            "SELECT event.id, event.happened_at, event.from_state, event.to_state,"  # noqa: S608
            " event.undoes_id, undone_by.id IS NOT NULL,"
            " event.undoes_id IS NULL AND undone_by.id IS NULL AND NOT EXISTS"
            " (SELECT 1 FROM progress_event AS newer WHERE newer.user_id = event.user_id"
            " AND newer.article_id = event.article_id AND newer.id > event.id"
            f" AND newer.happened_at >= event.happened_at AND {newer_is_lasting}),"
            " article.title, article.slug, status.is_public, article.retired_at IS NOT NULL"
            " FROM progress_event AS event"
            " JOIN catalog_article AS article ON article.id = event.article_id"
            " JOIN catalog_status AS status ON status.id = article.status_id"
            " LEFT JOIN progress_event AS undone_by ON undone_by.undoes_id = event.id"
            " WHERE event.user_id = %s ORDER BY event.happened_at DESC, event.id DESC LIMIT %s",
            [user.pk, limit],
        )
        rows = cursor.fetchall()
    return [
        RecentEvent(
            pk,
            in_utc(at),
            StateName(before),
            StateName(after),
            undoes_id,
            bool(is_undone),
            bool(can_undo),
            EventArticle(title, slug, bool(is_public), bool(is_retired)),
        )
        for pk, at, before, after, undoes_id, is_undone, can_undo, *article in rows
        for title, slug, is_public, is_retired in [article]
    ]


def started_at_of(user: User) -> Mapping[int, datetime]:
    """Return the time of the state of each started article, by article id."""
    started = StateName.at(Stage.STARTED)
    with connections[router.db_for_read(State)].cursor() as cursor:
        cursor.execute(
            "SELECT article_id, changed_at FROM progress_state WHERE user_id = %s"  # noqa: S608
            f" AND state IN ({', '.join(['%s'] * len(started))}) ORDER BY id",
            [user.pk, *started],
        )
        return {article_id: in_utc(at) for article_id, at in cursor.fetchall()}


def confidences_of(user: User) -> Mapping[int, int]:
    """Return the confidence that the learner reported, by article id."""
    with connections[router.db_for_read(Completion)].cursor() as cursor:
        cursor.execute(
            "SELECT article_id, confidence FROM progress_completion"
            " WHERE user_id = %s AND confidence IS NOT NULL",
            [user.pk],
        )
        return dict(cursor.fetchall())


def decisions_of(user: User) -> tuple[tuple[int, datetime | None], ...]:
    """Return the learner's suggestions, each with the time at which an editor decided it."""
    with connections[router.db_for_read(Suggestion)].cursor() as cursor:
        cursor.execute(
            "SELECT id, decided_at FROM suggestions_suggestion WHERE learner_id = %s ORDER BY id",
            [user.pk],
        )
        return tuple(cursor.fetchall())


def in_utc(at: datetime) -> datetime:
    """Return a time of the database with its time zone, without which SQLite returns it."""
    return at if at.tzinfo else at.replace(tzinfo=UTC)


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


# 17 µs in SQL, 166 µs with the ORM.
def lock_learner(user: User) -> bool:
    """Lock the learner's row until the transaction ends, and increase their progress version.

    Return whether the account still exists.
    """
    with connections[router.db_for_write(User)].cursor() as cursor:
        cursor.execute(
            "UPDATE accounts_user SET progress_version = progress_version + 1 WHERE id = %s",
            [user.pk],
        )
        return bool(cursor.rowcount)


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
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO progress_event"  # noqa: S608 - the name of a function
            " (user_id, article_id, from_state, to_state, undoes_id, happened_at)"
            f" VALUES (%s, %s, %s, %s, %s, {latest}(%s, coalesce((SELECT max(happened_at)"
            " FROM progress_event WHERE user_id = %s AND article_id = %s), %s))) RETURNING id",
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
        (event.pk,) = cursor.fetchone()


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
