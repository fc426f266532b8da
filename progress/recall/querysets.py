from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Self, TypedDict

from django.db.models import Count, QuerySet

if TYPE_CHECKING:
    from accounts.models import User
    from progress.recall.models import Card, Review


class ReviewCount(TypedDict):
    reviewed_on: date
    reviews: int


class CardQuerySet(QuerySet["Card"]):
    def for_user(self, user: User) -> Self:
        return self.filter(user=user)


class ReviewQuerySet(QuerySet["Review"]):
    def for_user(self, user: User) -> Self:
        return self.filter(user=user)

    def lasting(self) -> Self:
        """Filter to the reviews that were not undone."""
        return self.filter(undone_at=None)

    def by_day(self) -> QuerySet[Review, ReviewCount]:
        """Group by study day (`reviewed_on`), with the number of `reviews`."""
        days = self.order_by().values("reviewed_on").annotate(reviews=Count("pk"))
        return days.order_by("reviewed_on")

    def of_known_cards(self) -> Self:
        """Filter to the reviews of cards that had been reviewed before, which have a prediction."""
        return self.exclude(predicted_recall=None)

    def counts_by_day(self, user: User) -> Mapping[date, int]:
        """Return the number of a learner's lasting reviews, by study day."""
        days = self.for_user(user).lasting().by_day()
        return {day["reviewed_on"]: day["reviews"] for day in days}
