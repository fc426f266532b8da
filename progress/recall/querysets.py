from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db.models import QuerySet

if TYPE_CHECKING:
    from accounts.models import User
    from progress.recall.models import Card, Review


class CardQuerySet(QuerySet["Card"]):
    def for_user(self, user: User) -> Self:
        return self.filter(user=user)


class ReviewQuerySet(QuerySet["Review"]):
    def for_user(self, user: User) -> Self:
        return self.filter(user=user)

    def lasting(self) -> Self:
        """Filter to the reviews that were not undone."""
        return self.filter(undone_at=None)

    def of_known_cards(self) -> Self:
        """Filter to the reviews of cards that had been reviewed before, which have a prediction."""
        return self.exclude(predicted_recall=None)
