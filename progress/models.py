from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.models import Article
from progress.querysets import EventQuerySet, StateQuerySet
from progress.states import StateName


class State(models.Model):
    """The state of one article for one learner. An article that is to do has none."""

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
