"""Write reviews: rate a card, undo a rating. Each write names its target, and counts once."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from progress.learner import LearnerProgress
from progress.recall.deck import Deck, DeckCard, key_of
from progress.recall.models import Card, CardKind, Rating, Review
from progress.recall.scheduling import after_review, fold
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
    found = _find(progress, key)
    if found:
        lock_and_resolve([found.article.pk])
    progress.lock()
    reviews = Review.objects.for_user(progress.user).select_related("card")
    if earlier := reviews.filter(uuid=operation).first():
        return Reviewed(earlier, earlier.card)
    deck = Deck(progress)  # again: an earlier request may have changed it before the lock
    found = deck.card(key)
    if found is None or found.is_dropped:
        raise NoSuchCard
    if not found.is_due(deck.day):
        raise NotDue
    card = stored_card(progress, found)
    before = card.state
    review = Review.objects.create(
        uuid=operation,
        user=progress.user,
        card=card,
        rating=rating,
        reviewed_on=deck.day,
        due_on=before.due_on if before else None,
        predicted_recall=before.recall_on(deck.day) if before else None,
        retention=progress.user.retention,
    )
    card.state = after_review(before, rating, deck.day, progress.user.retention)
    card.save()
    return Reviewed(review, card)


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
    return key_of(card)


def stored_card(progress: LearnerProgress, card: DeckCard) -> Card:
    """Return the row of a card of the deck. The card of a prompt gets one when it is needed."""
    if card.stored:
        return Card.objects.select_related("prompt").get(pk=card.stored.pk)
    assert card.kind != CardKind.OWN
    return Card.objects.create(
        user=progress.user, article=card.article, kind=card.kind, prompt=card.prompt
    )


def _find(progress: LearnerProgress, key: UUID) -> DeckCard | None:
    return Deck(progress).card(key)
