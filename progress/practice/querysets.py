from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db.models import QuerySet

from accounts.models import User
from progress.texts.dropped import DroppedTextsQuerySet

if TYPE_CHECKING:
    from progress.practice.models import DroppedScratch, PracticeSession, ReviewLink


class PracticeSessionQuerySet(QuerySet["PracticeSession"]):
    def for_user(self, user: User) -> Self:
        return self.filter(user=user)

    def finished(self) -> Self:
        return self.exclude(finished_at=None)

    def unfinished(self) -> Self:
        return self.filter(finished_at=None)


class ReviewLinkQuerySet(QuerySet["ReviewLink"]):
    def for_user(self, user: User) -> Self:
        return self.filter(practice_session__user=user)


class DroppedScratchQuerySet(DroppedTextsQuerySet["DroppedScratch"]):
    def for_user(self, user: User) -> Self:
        return self.filter(scratch__practice_session__user=user)
