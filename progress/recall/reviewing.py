"""Write reviews: rate a card, undo a rating. Each write names its target, and counts once."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from progress.learner import LearnerProgress
from progress.recall.deck import is_changed_since, is_due
from progress.recall.finding import article_of, find_card, key_of
from progress.recall.models import Card, Rating, Review
from progress.recall.scheduling import after_review, fold
from progress.recall.sql import write_review
from progress.sql import lock_and_resolve


class NoSuchCard(Exception):
    """The card is not in the learner's deck, or it rests."""


class NotDue(Exception):
    """The card was reviewed on this study day already, or its day has not come."""


class NothingToUndo(Exception):
    """The learner has no such review."""


class Superseded(Exception):
    """The card was reviewed again after that review."""


@dataclass(frozen=True)
class Reviewed:
    """The result of a rating: the review and its card."""

    review: Review
    card: Card


@transaction.atomic
def review_card(progress: LearnerProgress, key: UUID, rating: Rating, operation: UUID) -> Reviewed:
    """Rate a card of the deck on the current study day.

    The same operation again returns the review that it made and changes nothing. Raise
    `NoSuchCard`, `NotDue` or `ReaderGone`.
    """
    lock_card(progress, key)
    card = find_card(progress, key)
    if card is None or card.dropped_at:
        return _earlier(progress, operation, NoSuchCard)
    today, retention, before = progress.today, progress.user.retention, card.state
    if not is_due(before, today, is_changed=is_changed_since(progress, card.article_id, before)):
        return _earlier(progress, operation, NotDue)
    card.state = after_review(before, rating, today, retention)
    review = Review(
        uuid=operation,
        user=progress.user,
        card=card,
        rating=rating,
        reviewed_on=today,
        due_on=before.due_on if before else None,
        predicted_recall=before.recall_on(today) if before else None,
        retention=retention,
    )
    try:
        with transaction.atomic():
            write_review(review)
    except IntegrityError:  # It was sent before, and undone since.
        return _earlier(progress, operation, NotDue)
    progress.forget()
    return Reviewed(review, card)


def _earlier(progress: LearnerProgress, operation: UUID, refusal: type[Exception]) -> Reviewed:
    """Return the review that the operation made before, or raise the refusal."""
    reviews = Review.objects.for_user(progress.user).select_related("card")
    review = reviews.filter(uuid=operation).first()
    if review is None:
        raise refusal
    return Reviewed(review, review.card)


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
    card.state = fold(lasting[:-1])
    card.save()
    progress.forget()
    return key_of(card)


def lock_card(progress: LearnerProgress, key: UUID) -> None:
    """Lock the article of a card, if the deck has it, and then the learner."""
    if article_id := article_of(progress, key):
        lock_and_resolve([article_id])
    progress.lock()
