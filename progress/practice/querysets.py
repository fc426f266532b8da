from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Self

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User

if TYPE_CHECKING:
    from progress.practice.models import DroppedScratch, PracticeSession

DROPPED_TEXTS_KEPT = timedelta(days=30)


def kept_since() -> datetime:
    return timezone.now() - DROPPED_TEXTS_KEPT


class PracticeSessionQuerySet(QuerySet["PracticeSession"]):
    def for_user(self, user: User) -> Self:
        return self.filter(user=user)

    def finished(self) -> Self:
        return self.exclude(finished_at=None)

    def unfinished(self) -> Self:
        return self.filter(finished_at=None)


class DroppedScratchQuerySet(QuerySet["DroppedScratch"]):
    def for_user(self, user: User) -> Self:
        return self.filter(scratch__practice_session__user=user)

    def kept(self) -> Self:
        return self.filter(dropped_at__gte=kept_since())

    def expired(self) -> Self:
        return self.filter(dropped_at__lt=kept_since())
