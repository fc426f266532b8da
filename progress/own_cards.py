"""Cards of a learner's own, which other parts of the site add to the deck.

The sub-app of recall registers the function that adds them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias
from uuid import UUID

if TYPE_CHECKING:
    from catalog.models import Article
    from progress.learner import LearnerProgress


class TooManyCards(Exception):
    """The learner has as many cards of their own as the site keeps."""


@dataclass(frozen=True)
class CardTexts:
    question: str
    answer: str


AddCards: TypeAlias = Callable[["LearnerProgress", "Article", Sequence[CardTexts], UUID], int]

_registered: list[AddCards] = []


def register(add_cards: AddCards) -> None:
    _registered.append(add_cards)


def add(
    progress: LearnerProgress, article: Article, texts: Sequence[CardTexts], operation: UUID
) -> int:
    """Add the cards about the article, and return how many are new.

    The same operation with the same texts adds them once. Raise `TooManyCards` or `ReaderGone`.
    """
    return sum(add_cards(progress, article, texts, operation) for add_cards in _registered)
