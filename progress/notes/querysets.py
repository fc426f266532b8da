from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Self

from django.db.models import QuerySet
from django.utils import timezone

if TYPE_CHECKING:
    from accounts.models import User
    from progress.notes.models import DroppedText, Note

DROPPED_TEXTS_KEPT = timedelta(days=30)


def kept_since() -> datetime:
    return timezone.now() - DROPPED_TEXTS_KEPT


class NoteQuerySet(QuerySet["Note"]):
    def for_user(self, user: User) -> Self:
        return self.filter(user=user)

    def written(self) -> Self:
        """Filter to the notes with a text: an emptied note keeps its row and its version."""
        return self.exclude(text="")

    def with_article(self) -> Self:
        return self.select_related("article__status")


class DroppedTextQuerySet(QuerySet["DroppedText"]):
    def for_user(self, user: User) -> Self:
        return self.filter(note__user=user)

    def kept(self) -> Self:
        return self.filter(dropped_at__gte=kept_since())

    def expired(self) -> Self:
        return self.filter(dropped_at__lt=kept_since())
