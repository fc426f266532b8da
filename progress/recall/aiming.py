"""Aim recall at the day of an interview: fewer reviews before it, and one pass in the last week.

Until a week before the day, cards come back at a lower retention than usual. In the last week every
card that would be recalled with less than 90 per cent on the day comes once more, the weakest
first, spread over the days that are left.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from typing import TYPE_CHECKING

from accounts.models import User

if TYPE_CHECKING:
    from progress.recall.sql import StoredCard

PASS_DAYS = 7
RETENTION_BEFORE = 85
"""The retention in per cent until the last week begins, unless the learner wants less."""


def days_to_aim(user: User, day: date) -> int | None:
    """Return the days up to the interview. None without one, and from its day on."""
    aim = user.recall_aims_at
    return (aim - day).days if aim and aim > day else None


def retention_of(user: User, day: date) -> int:
    """Return the retention, in per cent, at which a review on this day is scheduled."""
    days = days_to_aim(user, day)
    is_before = days is not None and days > PASS_DAYS
    return min(user.retention, RETENTION_BEFORE) if is_before else user.retention


def is_in_pass(last_reviewed_on: date, stability: float, day: date, aim: date | None) -> bool:
    """Return whether a card comes once more on this day or one of the days up to the interview.

    Its stability is the number of days after which it is recalled with 90 per cent.
    """
    if aim is None or not 0 < (aim - day).days <= PASS_DAYS:
        return False
    begins_on = aim - timedelta(days=PASS_DAYS)
    return last_reviewed_on < begins_on and (aim - last_reviewed_on).days > stability


def in_pass_today(cards: Collection[StoredCard], day: date, aim: date | None) -> Collection[int]:
    """Return the primary keys of the cards of the pass that come on this day, the weakest first."""
    if aim is None or not 0 < (aim - day).days <= PASS_DAYS:
        return ()
    reviewed = [card for card in cards if card.last_reviewed_on]
    left = [
        card
        for card in reviewed
        if is_in_pass(date.fromisoformat(card.last_reviewed_on), card.stability, day, aim)
    ]
    done = sum(
        card.last_reviewed_on == day.isoformat() != card.first_reviewed_on for card in reviewed
    )
    quota = -(-(len(left) + done) // (aim - day).days) - done
    weakest = sorted(left, key=lambda card: (-card.forgetting_on(aim), card.pk))
    return {card.pk for card in weakest[: max(quota, 0)]}
