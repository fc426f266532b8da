from typing import ClassVar
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.models import Article
from playbook.uuids import RandomUUID
from progress.querysets import CompletionQuerySet, EventQuerySet, StateQuerySet
from progress.states import StateName


class State(models.Model):
    """The state of one article for one learner. An article that is to do has none."""

    # The database makes it: `sql.py` writes rows without the ORM.
    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="states"
    )
    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="states")
    state = models.CharField(max_length=8, choices=StateName.choices)
    changed_at = models.DateTimeField(default=timezone.now)
    # The learner has acknowledged every change of the article up to this time.
    changes_seen_at = models.DateTimeField(null=True, editable=False)

    objects = StateQuerySet.as_manager()

    class Meta:
        verbose_name = _("state")
        verbose_name_plural = _("states")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "article"], name="unique_state_user_article"),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in StateName.stored()]),
                name="check_state_state",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.article}: {self.get_state_display()}"


class Event(models.Model):
    """One change of a state. Events are never deleted, except with the account."""

    # The database makes it: `sql.py` writes rows without the ORM.
    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="events"
    )
    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="events")
    from_state = models.CharField(max_length=8, choices=StateName.choices)
    to_state = models.CharField(max_length=8, choices=StateName.choices)
    happened_at = models.DateTimeField(default=timezone.now)
    undoes = models.OneToOneField(
        "self", on_delete=models.CASCADE, null=True, blank=True, related_name="undone_by"
    )

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["-happened_at", "-pk"]
        indexes: ClassVar = [
            models.Index(fields=["user", "-happened_at"], name="event_user_happened_at"),
            models.Index(fields=["user", "article"], name="event_user_article"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(from_state=F("to_state")), name="check_event_change"
            )
        ]

    def __str__(self) -> str:
        return f"{self.article}: {self.get_from_state_display()} → {self.get_to_state_display()}"


KEY_POINTS_MAX = 7
KEY_POINT_MAX_LENGTH = 300
MINUTES_MAX = 1000


def lines_of(text: str) -> list[str]:
    """Return the lines that are not empty, without spaces around them."""
    return [line for line in map(str.strip, text.splitlines()) if line]


class Confidence(models.IntegerChoices):
    """A learner's confidence that they could explain the article."""

    NOT_AT_ALL = 1, _("1: not at all")
    A_LITTLE = 2, _("2: a little")
    HALF = 3, _("3: half of it")
    MOSTLY = 4, _("4: most of it")
    FULLY = 5, _("5: all of it")


class Completion(models.Model):
    """A learner's own report on finishing an article: key points, minutes and confidence."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="completions"
    )
    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="completions")
    # One on each line, at most KEY_POINTS_MAX.
    key_points = models.TextField(blank=True)
    minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    confidence = models.PositiveSmallIntegerField(choices=Confidence.choices, null=True, blank=True)
    completed_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    objects = CompletionQuerySet.as_manager()

    class Meta:
        verbose_name = _("completion")
        verbose_name_plural = _("completions")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user", "article"], name="unique_completion_user_article"
            ),
            models.CheckConstraint(
                condition=Q(confidence=None) | Q(confidence__in=Confidence.values),
                name="check_completion_confidence",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.article}"

    @property
    def points(self) -> list[str]:
        """The key points, one for each line that is not empty."""
        return lines_of(self.key_points)
