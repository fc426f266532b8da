"""The day on which a card comes back: a fold of its reviews with FSRS.

FSRS counts in periods of 24 hours, so it is given each study day at noon UTC. Learning steps and
fuzz are off: no card comes twice on a day, and the interval that a button shows is the one that is
saved.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from functools import cache
from typing import NamedTuple, Protocol

import fsrs

LAPSES_TO_REWRITE = 4
"""After this many lapses a card is offered to be rewritten."""

NOON = time(12)

DECAY = fsrs.Scheduler().parameters[20]
FACTOR = 0.9 ** (1 / -DECAY) - 1
"""The factor with which recall is 90 per cent after as many days as the stability."""


class ReviewValues(Protocol):
    """The values of a review that decide when its card comes back."""

    @property
    def rating(self) -> int: ...
    @property
    def reviewed_on(self) -> date: ...
    @property
    def retention(self) -> int: ...


class CardState(NamedTuple):
    """The result of a card's reviews. A card that was never reviewed has none."""

    stability: float
    """Days until the recall has fallen to 90 per cent."""
    difficulty: float
    due_on: date
    first_reviewed_on: date
    last_reviewed_on: date
    lapse_count: int

    def recall_on(self, day: date) -> float:
        """Return the predicted probability of recalling the card on a study day."""
        card = _card(self)
        return scheduler(90).get_card_retrievability(card, _noon(day))


STATE_FIELDS = CardState._fields
"""The columns of a card that hold its state."""


@cache
def scheduler(retention: int) -> fsrs.Scheduler:
    """Return the scheduler for a retention in per cent."""
    return fsrs.Scheduler(
        desired_retention=retention / 100,
        learning_steps=(),
        relearning_steps=(),
        enable_fuzzing=False,
    )


def after_review(
    before: CardState | None, rating: int, reviewed_on: date, retention: int
) -> CardState:
    """Return the state after a review on a study day, at a retention in per cent."""
    card, _log = scheduler(retention).review_card(
        _card(before), fsrs.Rating(rating), _noon(reviewed_on)
    )
    assert card.stability is not None
    assert card.difficulty is not None
    is_lapse = before is not None and rating == fsrs.Rating.Again
    return CardState(
        card.stability,
        card.difficulty,
        card.due.date(),
        before.first_reviewed_on if before else reviewed_on,
        reviewed_on,
        (before.lapse_count if before else 0) + is_lapse,
    )


@cache
def good_intervals(retention: int, horizon: int = 400) -> tuple[int, ...]:
    """Return the days from the first review to each later one, if every answer is good."""
    first = date(2000, 1, 1)
    state = after_review(None, fsrs.Rating.Good, first, retention)
    intervals: list[int] = []
    while (days := (state.due_on - first).days) <= horizon:
        intervals.append(days)
        state = after_review(state, fsrs.Rating.Good, state.due_on, retention)
    return tuple(intervals)


def forgetting(days: int, stability: float) -> float:
    """Return a value that orders cards as their recall does, the highest for the lowest recall.

    Recall depends on the ratio of elapsed days to stability only, which is quick to compute.
    """
    return days / stability


def recall_after(days: int, stability: float) -> float:
    """Return the predicted probability of recalling a card, as `CardState.recall_on` does.

    It is the formula of the library for its default parameters, without the objects that it takes.
    """
    recall: float = (1 + FACTOR * max(days, 0) / stability) ** -DECAY
    return recall


def needs_rewrite(lapse_count: int, lapses_before_rewrite: int) -> bool:
    """Return whether a card was forgotten so often since it was rewritten that this is offered."""
    return lapse_count - lapses_before_rewrite >= LAPSES_TO_REWRITE


def fold_reviews(reviews: Iterable[ReviewValues]) -> CardState | None:
    """Return the state after these reviews, given oldest first."""
    state: CardState | None = None
    for review in reviews:
        state = after_review(state, review.rating, review.reviewed_on, review.retention)
    return state


def _card(state: CardState | None) -> fsrs.Card:
    """Return the library's card. Its id is explicit: making one sleeps for a millisecond."""
    if state is None:
        return fsrs.Card(card_id=0)
    return fsrs.Card(
        card_id=0,
        state=fsrs.State.Review,
        step=None,
        stability=state.stability,
        difficulty=state.difficulty,
        due=_noon(state.due_on),
        last_review=_noon(state.last_reviewed_on),
    )


def _noon(day: date) -> datetime:
    # The library refuses every other object for UTC, such as ZoneInfo("UTC").
    return datetime.combine(day, NOON, tzinfo=UTC)
