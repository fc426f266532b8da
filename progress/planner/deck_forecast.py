"""The cards of a learner's deck, as the plan counts them."""

from __future__ import annotations

from collections import Counter

from progress.learner import LearnerProgress
from progress.planner.schedule import DeckForecast
from progress.recall.aiming import retention_of
from progress.recall.deck import Deck
from progress.recall.scheduling import good_intervals


def deck_forecast(progress: LearnerProgress) -> DeckForecast:
    """Return the cards that come by themselves from today on."""
    deck, user = progress.derive(Deck), progress.user
    active = deck.active
    return DeckForecast(
        due=Counter(day for card in active if (day := card.due_day(deck.day))),
        new=sum(card.is_new for card in active),
        intervals=good_intervals(retention_of(user, deck.day)),
        daily_reviews=user.daily_review_limit,
        daily_new=user.daily_new_card_limit,
    )
