"""Write reviews: rate a card, undo a rating. Each write names its target, and counts once."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from progress.kept_rows import Rows
from progress.learner import LearnerProgress
from progress.operations import UsedOperation
from progress.reader import NothingToUndo, Superseded
from progress.recall.aiming import is_in_pass, retention_of
from progress.recall.deck import changed_since_review
from progress.recall.deck_cards import is_due
from progress.recall.finding import NoSuchCard, find_card, key_of, lock_for_card
from progress.recall.models import Card, Rating, Review
from progress.recall.scheduling import after_review, fold_reviews
from progress.recall.sql import stored_cards, with_review, write_review
from progress.short_write import ShortWrite
from progress.sql import lock_article


class NotDue(Exception):
    """The card was reviewed on this study day already, or its day has not come."""


@dataclass(frozen=True)
class Reviewed:
    """The result of a rating: the review and its card."""

    review: Review
    card: Card


def review_card(progress: LearnerProgress, key: UUID, rating: Rating, operation: UUID) -> Reviewed:
    """Rate a card of the deck on the current study day.

    The same operation with the same rating again returns the review that it made and changes
    nothing. Raise `NoSuchCard`, `NotDue`, `UsedOperation` or `ReaderGone`.
    """
    write = _ReviewWrite(progress, key, rating, operation)
    try:
        progress.write(write)
    except (NoSuchCard, NotDue):
        # What was read before can be old by now.
        with transaction.atomic():
            lock_for_card(progress, key)
            if earlier := _earlier(progress, key, rating, operation):
                return earlier
            progress.write(write)
    return Reviewed(write.review, write.review.card)


class _ReviewWrite(ShortWrite):
    """A review of one card."""

    changes = frozenset({"recall_card", "recall_review"})

    def __init__(
        self, progress: LearnerProgress, key: UUID, rating: Rating, operation: UUID
    ) -> None:
        self._progress = progress
        self._key = key
        self._rating = rating
        self._operation = operation

    def prepare(self) -> None:
        """Make the review. Raise `NoSuchCard` or `NotDue`."""
        progress, rating = self._progress, self._rating
        self._cards = progress.rows(stored_cards)
        card = _due_card(progress, self._key)
        today, before = progress.today, card.state
        retention = retention_of(progress.user, today)
        card.state = after_review(before, rating, today, retention)
        self.review = Review(
            uuid=self._operation,
            user=progress.user,
            card=card,
            rating=rating,
            reviewed_on=today,
            reviewed_at=timezone.now(),
            due_on=before.due_on if before else None,
            predicted_recall=before.recall_on(today) if before else None,
            retention=retention,
        )

    def lock(self) -> bool:
        """Lock the article. A merge of it raises the version, as the learner has rows about it."""
        lock_article(self.review.card.article_id)
        return True

    def store(self) -> None:
        """Raise `UsedOperation` if there is a review of this operation already."""
        if not write_review(self.review):
            raise UsedOperation

    def known_rows(self) -> Rows:
        return {stored_cards: with_review(self._cards, self.review.card)}


def _due_card(progress: LearnerProgress, key: UUID) -> Card:
    card = find_card(progress, key)
    if card is None or card.dropped_at:
        raise NoSuchCard
    state, today, aim = card.state, progress.today, progress.user.recall_aims_at
    if state is None:
        return card
    is_changed = card.pk in progress.derive(changed_since_review)
    is_offered = is_changed or is_in_pass(state.last_reviewed_on, state.stability, today, aim)
    if not is_due(state.last_reviewed_on, state.due_on, today, is_offered=is_offered):
        raise NotDue
    return card


def _earlier(
    progress: LearnerProgress, key: UUID, rating: Rating, operation: UUID
) -> Reviewed | None:
    """Return the review of the card with this rating that the operation made before, if it did.

    Raise `UsedOperation` if it was undone, or is one of another card.
    """
    reviews = Review.objects.for_user(progress.user).select_related("card__prompt")
    review = reviews.filter(uuid=operation).first()
    if review and (review.undone_at or key_of(review.card) != key):
        raise UsedOperation
    # Two tabs can show one page with one operation, and the learner can rate in both.
    return Reviewed(review, review.card) if review and review.rating == rating else None


@transaction.atomic
def undo_review(progress: LearnerProgress, operation: UUID) -> UUID:
    """Undo a review, given its operation UUID, and return the key of its card.

    Undoing it again changes nothing.

    The state of the card is folded from the reviews that are left, so it is exactly what it was.
    Raise `NothingToUndo`, `Superseded` or `ReaderGone`.
    """
    progress.lock()
    reviews = Review.objects.for_user(progress.user)
    review = reviews.select_related("card__article", "card__prompt").filter(uuid=operation).first()
    if review is None:
        raise NothingToUndo
    card = review.card
    if review.undone_at:
        return key_of(card)
    lasting = list(card.reviews.lasting())
    if lasting[-1] != review:
        raise Superseded
    review.undone_at = timezone.now()
    review.save(update_fields=["undone_at"])
    card.state = fold_reviews(lasting[:-1])
    card.save()
    progress.forget()
    return key_of(card)
