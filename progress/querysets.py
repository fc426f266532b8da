from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db.models import QuerySet

if TYPE_CHECKING:
    from accounts.models import User
    from progress.models import Event, State


class StateQuerySet(QuerySet["State"]):
    def for_user(self, user: User) -> Self:
        return self.filter(user=user)


class EventQuerySet(QuerySet["Event"]):
    def for_user(self, user: User) -> Self:
        return self.filter(user=user)

    def lasting(self) -> Self:
        """Neither undone nor an undo: what a statistic may count."""
        return self.filter(undoes=None, undone_by=None)

    def study(self) -> Self:
        """The lasting ones that moved an article forward: started or finished."""
        return self.lasting().filter(to_state__in=["reading", "done"])
