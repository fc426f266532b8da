from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Self

from allauth.account.models import EmailAddress
from django.db.models import OuterRef, QuerySet, Subquery

from accounts.models import User

if TYPE_CHECKING:
    from progress.planner.models import CalendarFeed, DayList, OwnItem, Plan, Reminder


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

    def done(self) -> Self:
        """Return the items that are done, the last one first."""
        return self.exclude(done_at=None).order_by("-done_at", "-pk")


class DayListQuerySet(QuerySet["DayList"]):
    def for_user(self, user: User) -> Self:
        return self.filter(plan__user=user)

    def on(self, day: date) -> Self:
        return self.filter(day=day)


class CalendarFeedQuerySet(QuerySet["CalendarFeed"]):
    def for_user(self, user: User) -> Self:
        return self.filter(user=user)

    def with_secret(self, secret_hash: str) -> Self:
        """Filter to the feed of an active learner with this secret, for whoever has it."""
        return self.filter(secret_hash=secret_hash, user__is_active=True).select_related("user")


class ReminderQuerySet(QuerySet["Reminder"]):
    def for_user(self, user: User) -> Self:
        return self.filter(user=user)

    def sendable(self) -> Self:
        """Return the reminders of active learners whose e-mail address is confirmed.

        Each has that address as `address`.
        """
        confirmed = EmailAddress.objects.filter(user=OuterRef("user"), verified=True, primary=True)
        with_address = self.annotate(address=Subquery(confirmed.values("email")[:1]))
        return with_address.filter(user__is_active=True, address__isnull=False)

    def unsettled(self, day: date) -> Self:
        """Return the reminders that were not dealt with on this study day.

        One that was two days later or more is from a system clock that was set back since.
        """
        latest = day + timedelta(days=1)
        return self.exclude(settled_on__gte=day, settled_on__lte=latest)
