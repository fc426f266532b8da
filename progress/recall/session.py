"""One card at a time: what the recall page shows of a learner's deck."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid4

from django.utils.functional import cached_property

from catalog.models import Entry
from progress.learner import LearnerProgress
from progress.recall.aiming import retention_of
from progress.recall.deck import Deck
from progress.recall.deck_cards import DeckCard
from progress.recall.faces import CardFace, faces_of
from progress.recall.hints import AnswerPart, compare
from progress.recall.models import Rating
from progress.recall.scheduling import after_review


@dataclass(frozen=True)
class RatingChoice:
    """A button that rates the card, and in how many days the card would come back."""

    rating: Rating
    days: int


class RecallSession:
    """The recall page: the card at its front, and how far the learner is today."""

    def __init__(
        self,
        progress: LearnerProgress,
        key: UUID | None = None,
        operation: UUID | None = None,
        typed: str = "",
    ) -> None:
        self.deck = progress.derive(Deck)
        self.progress = progress
        self.key = key
        self.operation = operation or uuid4()
        self.typed = typed

    @cached_property
    def card(self) -> DeckCard | None:
        """The card that was asked for if it is due, or else the first one that is due."""
        due = self.deck.due if self.key else ()
        return next((card for card in due if card.key == self.key), self.deck.first_due)

    @cached_property
    def is_asked_card(self) -> bool:
        return self.card is not None and self.card.key == self.key

    @cached_property
    def face(self) -> CardFace | None:
        card = self.card
        if card is None:
            return None
        return faces_of(self.progress.user, self.deck.snapshot, [card])[card.key]

    @property
    def entry(self) -> Entry | None:
        """The first entry of the card's article, which has the colour of its layer."""
        entries = self.deck.snapshot.entries_of(self.card.article.pk) if self.card else []
        return entries[0] if entries else None

    @property
    def number(self) -> int:
        """The number of the card among those of this day."""
        return self.deck.reviewed_count + 1

    @property
    def total(self) -> int:
        return self.deck.reviewed_count + self.deck.due_count

    @cached_property
    def answer_parts(self) -> list[AnswerPart]:
        assert self.face
        return compare(self.typed, self.face.answer, self.face.points)

    @cached_property
    def topics(self) -> list[AnswerPart]:
        assert self.face
        return compare(self.typed, "", self.face.topics) if self.face.topics else []

    @property
    def has_missing(self) -> bool:
        return any(part.is_missing for part in (*self.answer_parts, *self.topics))

    @cached_property
    def choices(self) -> list[RatingChoice]:
        assert self.card
        today = self.deck.day
        retention = retention_of(self.progress.user, today)
        choices = []
        for rating in Rating:
            due_on = after_review(self.card.state, rating, today, retention).due_on
            choices.append(RatingChoice(rating, (due_on - today).days))
        return choices

    @cached_property
    def next_due_on(self) -> date | None:
        """The next day on which a card is due, if none is due today."""
        days = (card.state.due_on for card in self.deck.active if card.state)
        return min((day for day in days if day > self.deck.day), default=None)
