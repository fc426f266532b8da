"""The cards of a deck, and when one of them is due."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import NamedTuple, TypeVar
from uuid import UUID

from catalog.models import Article
from catalog.prompts.models import Prompt
from catalog.prompts.prompt_index import PromptIndex
from catalog.snapshot import CatalogSnapshot
from progress.recall.models import CardKind
from progress.recall.scheduling import CardState
from progress.recall.sql import StoredCard

_Day = TypeVar("_Day", str, date)


class DeckCard(NamedTuple):
    """A card of a deck, whether it is stored or not."""

    key: UUID
    """The UUID of its prompt, of the completion with the key points, or of its own row."""
    kind: CardKind
    article: Article
    prompt: Prompt | None = None
    stored: StoredCard | None = None
    is_changed: bool = False
    """The article changed after the last review, so the card is offered once more."""
    is_before_interview: bool = False
    """The card comes once more in the week before the interview."""

    @property
    def state(self) -> CardState | None:
        return self.stored.state if self.stored else None

    @property
    def is_new(self) -> bool:
        return self.stored is None or not self.stored.last_reviewed_on

    @property
    def is_dropped(self) -> bool:
        return self.stored is not None and bool(self.stored.is_dropped)

    @property
    def needs_rewrite(self) -> bool:
        return self.stored is not None and self.stored.needs_rewrite

    def is_due(self, day: date) -> bool:
        stored = self.stored
        if stored is None or not stored.last_reviewed_on:
            return True
        last, due_on, today = stored.last_reviewed_on, stored.due_on, day.isoformat()
        is_offered = self.is_changed or self.is_before_interview
        return is_due(last, due_on, today, is_offered=is_offered)

    def due_day(self, today: date) -> date | None:
        """Return the day on which it is due: today if it is overdue. None if new or dropped."""
        if self.state is None or self.is_dropped:
            return None
        return today if self.is_due(today) else max(self.state.due_on, today + timedelta(days=1))


class PromptCards:
    """The cards of prompts before anybody reviews them, the same for every learner."""

    def __init__(self, snapshot: CatalogSnapshot) -> None:
        prompts = PromptIndex.of(snapshot).by_article
        self.by_article: Mapping[int, Mapping[int, DeckCard]] = {
            pk: {
                prompt.pk: DeckCard(prompt.uuid, CardKind.PROMPT, prompt.article, prompt)
                for prompt in own
            }
            for pk, own in prompts.items()
        }
        """The cards by the primary keys of their article and of their prompt."""
        self.article_of: Mapping[int | None, int] = {
            prompt: article for article, cards in self.by_article.items() for prompt in cards
        }

    @classmethod
    def of(cls, snapshot: CatalogSnapshot) -> PromptCards:
        return snapshot.derive("prompt-cards", cls)


def is_due(last_reviewed_on: _Day, due_on: _Day, day: _Day, *, is_offered: bool = False) -> bool:
    """Return whether a card that was reviewed before is to be reviewed: never twice on a day.

    A card that is offered comes although it is due later only. The days are dates, or all of them
    text as the database returns it (ISO 8601).
    """
    return last_reviewed_on < day and (due_on <= day or is_offered)
