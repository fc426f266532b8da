"""The numbers of recall: what comes back when, and whether the predictions hold.

Every function is pure: it gets the cards of a deck or plain reviews, and asks neither the database
nor the clock.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from catalog.models import Layer
from progress.recall.deck_cards import DeckCard
from progress.recall.models import Rating

FORECAST_DAYS = 30

REVIEWS_MIN = 20
"""With fewer reviews a share is chance, and none is shown."""

LATE_DAYS = 14
"""Predictions for cards that come later than this are too hopeful, so they are left out."""

BANDS_FROM = (0.0, 0.7, 0.8, 0.85, 0.9, 0.95)
"""The predicted recall from which a band applies."""


class PastReview(NamedTuple):
    """A review of a card that was known before."""

    article_id: int
    rating: int
    reviewed_on: date
    due_on: date
    predicted_recall: float

    @property
    def is_recalled(self) -> bool:
        return self.rating != Rating.AGAIN

    @property
    def is_late(self) -> bool:
        return (self.reviewed_on - self.due_on).days > LATE_DAYS


@dataclass(frozen=True)
class DayForecast:
    """The number of cards that are due on a day. Today's includes what is overdue."""

    date: date
    cards: int


@dataclass(frozen=True)
class Forecast:
    days: Sequence[DayForecast]
    later: int
    """The number of cards that are due after these days."""
    new: int
    """The number of new cards. Their first review decides when they come back."""

    @property
    def total(self) -> int:
        return sum(day.cards for day in self.days)

    @property
    def most(self) -> int:
        return max(day.cards for day in self.days)


def forecast(cards: Iterable[DeckCard], today: date) -> Forecast:
    """Return how many of the cards are due on each of the next days, without the daily limits."""
    active = [card for card in cards if not card.is_dropped]
    due = Counter(day for card in active if (day := card.due_day(today)))
    days = [today + timedelta(days=number) for number in range(FORECAST_DAYS)]
    return Forecast(
        [DayForecast(day, due[day]) for day in days],
        sum(count for day, count in due.items() if day > days[-1]),
        sum(card.is_new for card in active),
    )


@dataclass(frozen=True)
class RecallShare:
    """Reviews, how many were recalled, and how many were predicted to be."""

    reviews: int = 0
    recalled: int = 0
    predicted_sum: float = 0.0

    @property
    def is_enough(self) -> bool:
        return self.reviews >= REVIEWS_MIN

    @property
    def measured(self) -> int | None:
        """The share that was recalled, in per cent; None below the number that says something."""
        return round(100 * self.recalled / self.reviews) if self.is_enough else None

    @property
    def predicted(self) -> int | None:
        """The mean of the predictions, in per cent, under the same condition."""
        return round(100 * self.predicted_sum / self.reviews) if self.is_enough else None


def recall_share(reviews: Iterable[PastReview]) -> RecallShare:
    """Return the share of the reviews that were not late."""
    timely = [review for review in reviews if not review.is_late]
    return RecallShare(
        len(timely),
        sum(review.is_recalled for review in timely),
        sum(review.predicted_recall for review in timely),
    )


@dataclass(frozen=True)
class Band:
    """The reviews with a predicted recall from `low` up to, but without, `high`, in per cent."""

    low: int
    high: int
    share: RecallShare


@dataclass(frozen=True)
class Calibration:
    """Measured against predicted recall: all in all, and by predicted recall."""

    overall: RecallShare
    bands: Sequence[Band]
    """The bands with reviews."""
    late: int
    """The number of reviews that came too late to be compared."""


def calibration(reviews: Collection[PastReview]) -> Calibration:
    by_band: dict[int, list[PastReview]] = defaultdict(list)
    for review in reviews:
        by_band[bisect_right(BANDS_FROM, review.predicted_recall) - 1].append(review)
    limits = [round(100 * limit) for limit in (*BANDS_FROM, 1.0)]
    bands = [
        Band(limits[number], limits[number + 1], recall_share(by_band[number]))
        for number in sorted(by_band)
    ]
    return Calibration(
        recall_share(reviews),
        [band for band in bands if band.share.reviews],
        sum(review.is_late for review in reviews),
    )


@dataclass(frozen=True)
class LayerRecall:
    """A layer's cards, and the share of them that was recalled."""

    layer: Layer
    cards: int
    new: int
    due: int
    lapses: int
    share: RecallShare


def by_layer(
    layers: Iterable[Layer],
    layers_of: Mapping[int, Collection[str]],
    cards: Iterable[DeckCard],
    reviews: Iterable[PastReview],
    today: date,
) -> list[LayerRecall]:
    """Return the layers that have cards. An article in two layers counts in both.

    `layers_of` has the slugs of an article's layers, by article id.
    """
    active = [card for card in cards if not card.is_dropped]
    known = list(reviews)
    rows = []
    for layer in layers:
        own = [card for card in active if layer.slug in layers_of.get(card.article.pk, ())]
        of_layer = [row for row in known if layer.slug in layers_of.get(row.article_id, ())]
        if own:
            rows.append(_layer_recall(layer, own, of_layer, today))
    return rows


def _layer_recall(
    layer: Layer, cards: Collection[DeckCard], reviews: Collection[PastReview], today: date
) -> LayerRecall:
    return LayerRecall(
        layer,
        len(cards),
        sum(card.is_new for card in cards),
        sum(card.due_day(today) == today for card in cards),
        sum(card.state.lapse_count for card in cards if card.state),
        recall_share(reviews),
    )
