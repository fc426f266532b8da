from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db.models import QuerySet

from progress.texts.dropped import DroppedTextsQuerySet

if TYPE_CHECKING:
    from accounts.models import User
    from progress.notes.models import DroppedText, Note


class NoteQuerySet(QuerySet["Note"]):
    def for_user(self, user: User) -> Self:
        return self.filter(user=user)

    def written(self) -> Self:
        """Filter to the notes with a text: an emptied note keeps its row and its version."""
        return self.exclude(text="")

    def with_article(self) -> Self:
        return self.select_related("article__status")


class DroppedTextQuerySet(DroppedTextsQuerySet["DroppedText"]):
    def for_user(self, user: User) -> Self:
        return self.filter(note__user=user)
