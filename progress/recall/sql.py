"""The statements of every page of a learner, and of a rating, written in SQL.

They take less than half the time of their ORM forms, which spend most of it on building the query
and on converting values that are not needed.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from accounts.models import User
from progress.recall.models import Card, Review
from progress.recall.scheduling import CardState, needs_rewrite


class StoredCard(NamedTuple):
    """The row of a card, without its texts."""

    pk: int
    uuid: UUID | str
    """As the database returns it. `key` converts it where it is needed."""
    article_id: int
    kind: str
    prompt_id: int | None
    is_dropped: bool
    has_own_text: bool
    needs_rewrite: bool
    state: CardState | None

    @property
    def key(self) -> UUID:
        return as_uuid(self.uuid)


def stored_cards(user: User) -> list[StoredCard]:
    """Return the learner's cards in the order in which they were made."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, uuid, article_id, kind, prompt_id, dropped_at IS NOT NULL, question <> '',"
            " lapses_before_rewrite, stability, difficulty, due_on,"
            " first_reviewed_on, last_reviewed_on, lapse_count"
            " FROM recall_card WHERE user_id = %s ORDER BY created_at, id",
            [user.pk],
        )
        rows = cursor.fetchall()
    return [_stored(row) for row in rows]


def _stored(row: tuple[Any, ...]) -> StoredCard:
    pk, uuid, article_id, kind, prompt_id, is_dropped, has_own_text, lapses_before, *values = row
    stability, difficulty, due_on, first_reviewed_on, last_reviewed_on, lapse_count = values
    state = None
    if last_reviewed_on:
        first, last = _date(first_reviewed_on), _date(last_reviewed_on)
        state = CardState(stability, difficulty, _date(due_on), first, last, lapse_count)
    return StoredCard(
        pk,
        uuid,
        article_id,
        kind,
        prompt_id,
        bool(is_dropped),
        bool(has_own_text),
        needs_rewrite(lapse_count, lapses_before),
        state,
    )


def _date(stored: date | str) -> date:
    """Return the date, which SQLite returns as text."""
    return stored if isinstance(stored, date) else date.fromisoformat(stored)


def completions_with_points(user: User) -> Mapping[int, UUID]:
    """Return the UUID of each of the learner's completions with key points, by article id."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT article_id, uuid FROM progress_completion"
            " WHERE user_id = %s AND key_points <> ''",
            [user.pk],
        )
        return {pk: as_uuid(uuid) for pk, uuid in cursor.fetchall()}


def as_uuid(stored: UUID | str) -> UUID:
    """Return the UUID, which SQLite returns as text."""
    return stored if isinstance(stored, UUID) else UUID(stored)


def write_review(review: Review) -> None:
    """Store a review and the state of its card, and set their primary keys."""
    card = review.card
    if card.pk is None:
        card.save()
        review.card = card
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO recall_review (uuid, user_id, card_id, rating, reviewed_on, reviewed_at,"
            " due_on, predicted_recall, retention)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING id",
            _review_values(review),
        )
        (review.pk,) = cursor.fetchone()
        cursor.execute(
            "UPDATE recall_card SET stability = %s, difficulty = %s, due_on = %s,"
            " first_reviewed_on = %s, last_reviewed_on = %s, lapse_count = %s WHERE id = %s",
            _state_values(card),
        )


def _review_values(review: Review) -> list[Any]:
    adapt_date = connection.ops.adapt_datefield_value
    return [
        Review._meta.get_field("uuid").get_db_prep_save(review.uuid, connection),
        review.user_id,
        review.card.pk,
        review.rating,
        adapt_date(review.reviewed_on),
        connection.ops.adapt_datetimefield_value(review.reviewed_at),
        adapt_date(review.due_on),
        review.predicted_recall,
        review.retention,
    ]


def _state_values(card: Card) -> list[Any]:
    adapt_date = connection.ops.adapt_datefield_value
    return [
        card.stability,
        card.difficulty,
        adapt_date(card.due_on),
        adapt_date(card.first_reviewed_on),
        adapt_date(card.last_reviewed_on),
        card.lapse_count,
        card.pk,
    ]
