"""The cards of a learner's deck, as the plan counts them."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

from progress.learner import LearnerProgress
from progress.planner.plan_parts import DeckForecast
from progress.recall.aiming import retention_of
from progress.recall.deck import Deck
from progress.recall.scheduling import good_intervals


def deck_forecast(progress: LearnerProgress) -> DeckForecast:
    """Return the cards that come by themselves from today on."""
    deck, user = progress.derive(Deck), progress.user
    return DeckForecast(
        due=due_by_day(deck),
        new=deck.due_cards.new_count,
        intervals=good_intervals(retention_of(user, deck.day)),
        daily_reviews=user.daily_review_limit,
        daily_new=user.daily_new_card_limit,
        today=deck.day,
        reviewed=deck.reviewed_count,
        reviewed_new=deck.new_count,
    )


def due_by_day(deck: Deck) -> Counter[date]:
    """Return the number of known cards by the day on which they are due; today's if overdue.

    It makes no `DeckCard`, since every view of Today asks for it.
    """
    due_today = {row.pk for row in deck.due_cards.known}
    later = Counter(
        row.due_on for row in deck.active_rows if row.last_reviewed_on and row.pk not in due_today
    )
    tomorrow = deck.day + timedelta(days=1)
    days = Counter({deck.day: len(due_today)} if due_today else {})
    for due_on, cards in later.items():
        days[max(date.fromisoformat(due_on), tomorrow)] += cards
    return days
