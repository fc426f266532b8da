from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Self

from django.db.models import QuerySet

from accounts.models import User

if TYPE_CHECKING:
    from progress.planner.models import DayList, OwnItem, Plan


class PlanQuerySet(QuerySet["Plan"]):
    def for_user(self, user: User) -> Self:
        return self.filter(user=user)

    def active(self) -> Self:
        return self.filter(archived_at=None)


class OwnItemQuerySet(QuerySet["OwnItem"]):
    def for_user(self, user: User) -> Self:
        return self.filter(user=user)

    def to_do(self) -> Self:
        return self.filter(done_at=None)


class DayListQuerySet(QuerySet["DayList"]):
    def for_user(self, user: User) -> Self:
        return self.filter(plan__user=user)

    def on(self, day: date) -> Self:
        return self.filter(day=day)
