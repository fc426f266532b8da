"""The parts that come by themselves: the cards of a day, and practice in a week."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta

from progress.planner.plan_parts import (
    MINUTES_FOR_A_CARD,
    DeckForecast,
    Part,
    PartKind,
    PracticeWish,
)


class Cards:
    """The cards of a deck from day to day, if every one of them is recalled."""

    def __init__(self, deck: DeckForecast) -> None:
        self.deck = deck
        self.coming = Counter(deck.due)
        self.arriving: Counter[date] = Counter()
        self.waiting, self.new = 0, deck.new

    def add_new(self, cards: int, day: date) -> None:
        self.arriving[day] += cards

    def of_day(self, day: date, minutes: int) -> Part | None:
        self.waiting += self.coming.pop(day, 0)
        self.new += self.arriving.pop(day, 0)
        reviewed, reviewed_new = self.deck.reviewed_on(day)
        room = min(minutes // MINUTES_FOR_A_CARD, max(self.deck.daily_reviews - reviewed, 0))
        known = min(self.waiting, room)
        new = min(self.new, room - known, max(self.deck.daily_new - reviewed_new, 0))
        self.waiting -= known
        self.new -= new
        for interval in self.deck.intervals if new else ():
            self.coming[day + timedelta(days=interval)] += new
        cards = known + new
        if not cards:
            return None
        taken = cards * MINUTES_FOR_A_CARD
        return Part(PartKind.RECALL, taken, before=reviewed, total=taken, cards=cards)


class Practice:
    """The days on which a learner practises: in each week those with the most minutes."""

    def __init__(self, wish: PracticeWish) -> None:
        self.minutes = wish.minutes
        self.per_week = wish.per_week
        self.wished = max(wish.per_week - wish.done_this_week, 0)
        self.chosen: set[date] = set()
        self.waiting = 0

    def begin_week(self, days: Sequence[tuple[date, int]]) -> None:
        long_enough = (each for each in days if each[1] >= self.minutes)
        best = sorted(long_enough, key=lambda each: (-each[1], each[0]))[: self.wished]
        self.chosen = {day for day, _minutes in best}
        self.waiting = 0
        self.wished = self.per_week

    def of_day(self, day: date, minutes: int) -> Part | None:
        if day in self.chosen:
            self.waiting += 1
        if not self.waiting or minutes < self.minutes:
            return None
        self.waiting -= 1
        return Part(PartKind.PRACTICE, self.minutes, total=self.minutes)
