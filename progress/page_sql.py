"""The statements of My progress and of the article page, written in SQL as those of `sql.py`."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connections, router
from django.urls import reverse

from accounts.models import User
from catalog.suggestions.models import Suggestion
from progress.kept_rows import reading
from progress.models import Completion, Event, State
from progress.sql import as_uuid, in_utc
from progress.states import STUDY, Stage, StateName


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
            "SELECT event.happened_at, event.article_id, event.to_state,"  # noqa: S608 - placeholders only
            " section.layer_id FROM progress_event AS event"
            " LEFT JOIN catalog_entry AS entry"
            " ON entry.article_id = event.article_id AND entry.retired_at IS NULL"
            " LEFT JOIN catalog_section AS section ON section.id = entry.section_id"
            " LEFT JOIN catalog_layer AS layer ON layer.id = section.layer_id"
            f" WHERE event.user_id = %s AND {LASTING} AND event.to_state IN"
            f" ({placeholders(study)}) ORDER BY layer.number",
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


class EventChange(NamedTuple):
    """The part of an event that those of other learners share (`EventQuerySet.with_can_undo`)."""

    from_state: StateName
    to_state: StateName
    undoes_id: bool
    """True if it is an undo; `Event` has the same name for it."""
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


class RecentEvent(NamedTuple):
    pk: int
    happened_at: datetime
    change: EventChange


def recent_events_of(user: User, limit: int) -> list[RecentEvent]:
    """Return the learner's newest events."""
    newer_is_lasting = LASTING.replace("event.", "newer.")
    with connections[router.db_for_read(Event)].cursor() as cursor:
        cursor.execute(
            "SELECT event.id, event.happened_at, event.from_state, event.to_state,"  # noqa: S608 - placeholders only
            " event.undoes_id IS NOT NULL, undone_by.id IS NOT NULL,"
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
    return [RecentEvent(pk, in_utc(at), _change(*change)) for pk, at, *change in rows]


def _change(
    before: str, after: str, is_undo: bool, is_undone: bool, can_undo: bool, *article: Any
) -> EventChange:
    title, slug, is_public, is_retired = article
    return EventChange(
        StateName(before),
        StateName(after),
        bool(is_undo),
        bool(is_undone),
        bool(can_undo),
        EventArticle(title, slug, bool(is_public), bool(is_retired)),
    )


@reading("progress_state")
def started_at_of(user: User) -> Mapping[int, datetime]:
    """Return the time of the state of each started article, by article id."""
    started = StateName.at(Stage.STARTED)
    with connections[router.db_for_read(State)].cursor() as cursor:
        cursor.execute(
            "SELECT article_id, changed_at FROM progress_state WHERE user_id = %s"  # noqa: S608 - placeholders only
            f" AND state IN ({placeholders(started)}) ORDER BY id",
            [user.pk, *started],
        )
        return {article_id: in_utc(at) for article_id, at in cursor.fetchall()}


class StoredCompletion(NamedTuple):
    """The row of a completion without its text."""

    uuid: UUID
    minutes: int | None
    confidence: int | None
    point_count: int


@reading("progress_completion")
def completions_of(user: User) -> Mapping[int, StoredCompletion]:
    """Return the learner's completions, by article id."""
    with connections[router.db_for_read(Completion)].cursor() as cursor:
        cursor.execute(
            "SELECT article_id, uuid, minutes, confidence, CASE WHEN key_points = '' THEN 0"
            " ELSE 1 + length(key_points) - length(replace(key_points, %s, '')) END"
            " FROM progress_completion WHERE user_id = %s",
            ["\n", user.pk],
        )
        return {
            article_id: StoredCompletion(as_uuid(uuid), minutes, confidence, point_count)
            for article_id, uuid, minutes, confidence, point_count in cursor.fetchall()
        }


def decisions_of(user: User) -> tuple[tuple[int, datetime | None], ...]:
    """Return the learner's suggestions, each with the time at which an editor decided it."""
    with connections[router.db_for_read(Suggestion)].cursor() as cursor:
        cursor.execute(
            "SELECT id, decided_at FROM suggestions_suggestion WHERE learner_id = %s ORDER BY id",
            [user.pk],
        )
        return tuple(cursor.fetchall())


class StoredReport(NamedTuple):
    """The report that a learner made when they finished an article."""

    key_points: str
    minutes: int | None
    confidence: int | None

    @property
    def points(self) -> list[str]:
        """The key points, one for each line that is not empty."""
        return [line for line in map(str.strip, self.key_points.splitlines()) if line]


def reports_of(user: User, article_ids: Collection[int]) -> Mapping[int, StoredReport]:
    """Return the learner's reports about these articles, by article id."""
    if not article_ids:
        return {}
    with connections[router.db_for_read(Completion)].cursor() as cursor:
        cursor.execute(
            "SELECT article_id, key_points, minutes, confidence FROM progress_completion"  # noqa: S608 - placeholders only
            f" WHERE user_id = %s AND article_id IN ({placeholders(article_ids)})",
            [user.pk, *article_ids],
        )
        return {article_id: StoredReport(*report) for article_id, *report in cursor.fetchall()}


def placeholders(values: Collection[object]) -> str:
    return ", ".join(["%s"] * len(values))
