"""The statements of every page of a learner, and of a rating, written in SQL.

They take less than half the time of their ORM forms, which spend most of it on building the query
and on converting values that are not needed.
"""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection, router

from accounts.models import User
from progress.kept_rows import reading
from progress.recall.models import Card, Review
from progress.recall.scheduling import (
    STATE_FIELDS,
    CardState,
    forgetting,
    needs_rewrite,
    recall_after,
)
from progress.sql import as_uuid, insert


class StoredCard(NamedTuple):
    """The row of a card without its texts, as the database returns it.

    Days are text (ISO 8601), which orders as they do. Only what is looked at is converted.
    """

    pk: int
    uuid: UUID | str
    article_id: int
    kind: str
    prompt_id: int | None
    is_dropped: bool
    has_own_text: bool
    lapses_before_rewrite: int
    stability: float
    difficulty: float
    due_on: str
    first_reviewed_on: str
    last_reviewed_on: str
    """Empty if the card was never reviewed."""
    lapse_count: int

    @property
    def key(self) -> UUID:
        return as_uuid(self.uuid)

    @property
    def state(self) -> CardState | None:
        if not self.last_reviewed_on:
            return None
        days = self.due_on, self.first_reviewed_on, self.last_reviewed_on
        due_on, first_reviewed_on, last_reviewed_on = map(date.fromisoformat, days)
        return CardState(
            self.stability,
            self.difficulty,
            due_on,
            first_reviewed_on,
            last_reviewed_on,
            self.lapse_count,
        )

    def forgetting_on(self, day: date) -> float:
        return forgetting(_days_between(self.last_reviewed_on, day), self.stability)

    def recall_on(self, day: date) -> float:
        """Return the predicted probability of recalling the card on a study day."""
        return recall_after(_days_between(self.last_reviewed_on, day), self.stability)

    @property
    def needs_rewrite(self) -> bool:
        return needs_rewrite(self.lapse_count, self.lapses_before_rewrite)


@lru_cache(maxsize=1_000)
def _days_between(first: str, day: date) -> int:
    return (day - date.fromisoformat(first)).days


@reading("recall_card")
def stored_cards(user: User) -> Sequence[StoredCard]:
    """Return the learner's cards in the order in which they were made."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, uuid, article_id, kind, prompt_id, dropped_at IS NOT NULL, question <> '',"
            " lapses_before_rewrite, stability, difficulty, coalesce(CAST(due_on AS TEXT), ''),"
            " coalesce(CAST(first_reviewed_on AS TEXT), ''),"
            " coalesce(CAST(last_reviewed_on AS TEXT), ''), lapse_count"
            " FROM recall_card WHERE user_id = %s ORDER BY id",
            [user.pk],
        )
        return list(map(StoredCard._make, cursor.fetchall()))


IDENTITY = ("id", "uuid", "user_id", "article_id", "kind", "prompt_id")
STATE = (*STATE_FIELDS, "lapses_before_rewrite")
"""The columns of a card that its stored row has as they are, in the order of the model."""

NO_STATE = (None, None, None, None, None, 0)
"""The `STATE_FIELDS` of a card without reviews."""


def card_from(row: StoredCard, user: User) -> Card:
    """Return the card of a stored row, to write to it. It reads its other columns when asked."""
    identity = row.pk, row.key, user.pk, row.article_id, row.kind, row.prompt_id
    state = *(row.state or NO_STATE), row.lapses_before_rewrite
    alias = router.db_for_write(Card)
    if row.is_dropped:
        return Card.from_db(alias, (*IDENTITY, *STATE), (*identity, *state))
    return Card.from_db(alias, (*IDENTITY, "dropped_at", *STATE), (*identity, None, *state))


def with_review(rows: Sequence[StoredCard], card: Card) -> Sequence[StoredCard]:
    """Return the learner's stored cards as they are after a review of this card."""
    before = next((row for row in rows if row.pk == card.pk), None)
    after = _row_of(card, has_own_text=before is not None and before.has_own_text)
    # Rows are in the order in which they were made.
    return [after if row is before else row for row in rows] if before else [*rows, after]


def _row_of(card: Card, *, has_own_text: bool) -> StoredCard:
    state = card.state
    assert state
    return StoredCard(
        card.pk,
        card.uuid,
        card.article_id,
        card.kind,
        card.prompt_id,
        card.dropped_at is not None,
        has_own_text,
        card.lapses_before_rewrite,
        state.stability,
        state.difficulty,
        state.due_on.isoformat(),
        state.first_reviewed_on.isoformat(),
        state.last_reviewed_on.isoformat(),
        state.lapse_count,
    )


def write_review(review: Review) -> bool:
    """Store a review and the state of its card, and set their primary keys.

    Return whether it was stored: its operation can have made a review before.
    """
    card = review.card
    if card.pk is None:
        card.save()
        review.card = card
    review.pk = insert(
        Review,
        "INSERT INTO recall_review (uuid, user_id, card_id, rating, reviewed_on, reviewed_at,"
        " due_on, predicted_recall, retention)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
        _review_values(review),
    )
    if review.pk is None:
        return False
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE recall_card SET stability = %s, difficulty = %s, due_on = %s,"
            " first_reviewed_on = %s, last_reviewed_on = %s, lapse_count = %s WHERE id = %s",
            _state_values(card),
        )
    return True


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
