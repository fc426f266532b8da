from typing import ClassVar
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.models import Article
from progress.notes.querysets import DroppedTextQuerySet, NoteQuerySet

NOTE_MAX_LENGTH = 20_000


class Note(models.Model):
    """A learner's note about an article, in Markdown, as it was typed and as it is shown."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notes"
    )
    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="notes")
    text = models.TextField(max_length=NOTE_MAX_LENGTH, blank=True)
    html = models.TextField(blank=True, editable=False)
    # Increased with every change of the text. A save names the version it was based on.
    version = models.PositiveIntegerField(default=1)
    # The open page that saved this version, and the number of that save: what a page sends later
    # replaces what it sent itself, even if it never got the answer.
    saved_by = models.UUIDField(null=True, editable=False)
    saved_number = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    has_dropped_texts = False
    """Set by `stored_note`."""

    objects = NoteQuerySet.as_manager()

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "article"], name="unique_note_user_article")
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.article}"


class DroppedText(models.Model):
    """A text that lost a conflict of two tabs or devices, kept for 30 days."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    note = models.ForeignKey(Note, on_delete=models.CASCADE, related_name="dropped_texts")
    text = models.TextField(max_length=NOTE_MAX_LENGTH)
    dropped_at = models.DateTimeField(default=timezone.now)

    objects = DroppedTextQuerySet.as_manager()

    class Meta:
        ordering = ["-dropped_at", "-pk"]
        verbose_name = _("dropped text")
        verbose_name_plural = _("dropped texts")

    def __str__(self) -> str:
        return f"{self.note}: {self.dropped_at}"
