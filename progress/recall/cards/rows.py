"""The rows in which pages show cards of a deck."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from uuid import UUID

from catalog.models import Article, Entry
from progress.recall.deck import Deck
from progress.recall.deck_cards import DeckCard
from progress.recall.faces import CardFace, faces_of
from progress.states import Stage


@dataclass(frozen=True)
class CardRow:
    """A card with its texts, and with the day on which it is due."""

    card: DeckCard
    face: CardFace
    entry: Entry | None
    """The first entry of the card's article, which has the colour of its layer."""
    due_on: date | None
    days: int
    """The days until it is due. 0 is today."""

    @property
    def first_line(self) -> str:
        """The first line of the answer."""
        return next(iter(self.face.answer.splitlines()), "")

    @property
    def lapse_count(self) -> int:
        return self.card.state.lapse_count if self.card.state else 0


def rows_of(deck: Deck, cards: Iterable[DeckCard], faces: Mapping[UUID, CardFace]) -> list[CardRow]:
    return [_row(deck, card, faces[card.key]) for card in cards]


def _row(deck: Deck, card: DeckCard, face: CardFace) -> CardRow:
    entry = next(iter(deck.snapshot.entries_of(card.article.pk)), None)
    due_on = card.due_day(deck.day)
    return CardRow(card, face, entry, due_on, (due_on - deck.day).days if due_on else 0)


class RestingCards(NamedTuple):
    """The number of cards of one article that rest."""

    article: Article | None
    """None for articles that are drafts by now."""
    card_count: int
    is_finished: bool
    """The cards of a finished article rest because what they ask was removed."""


def resting_cards(deck: Deck) -> list[RestingCards]:
    """Return the cards that rest, in the order of the journey."""
    counts = Counter(row.article_id for row in deck.resting_rows)
    present = sorted(counts.keys() & deck.snapshot.by_pk.keys(), key=deck.snapshot.place_of)
    hidden_count = sum(counts[pk] for pk in counts.keys() - set(present))
    resting = [
        RestingCards(
            deck.snapshot.by_pk[pk],
            counts[pk],
            deck.progress.state_of(pk).stage is Stage.FINISHED,
        )
        for pk in present
    ]
    return [*resting, RestingCards(None, hidden_count, False)] if hidden_count else resting


class ArticleCards:
    """A learner's cards of one article, and those of them that can be reviewed now."""

    def __init__(self, deck: Deck, article: Article) -> None:
        cards = deck.of_article(article)
        self.rows = rows_of(deck, cards, faces_of(deck.user, deck.snapshot, cards))
        waiting = [card for card in deck.due if card.article.pk == article.pk]
        self.due = [card for card in waiting if not card.is_new]
        self.new = [card for card in waiting if card.is_new]

    @property
    def first(self) -> DeckCard | None:
        """The card with which to start."""
        return next(iter([*self.due, *self.new]), None)
