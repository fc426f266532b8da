from __future__ import annotations

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
