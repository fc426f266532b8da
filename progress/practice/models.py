from typing import ClassVar
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from catalog.cases.models import Case
from catalog.cases.stages import Criterion, StageOrder
from progress.practice.case_copy import CaseCopy
from progress.practice.querysets import (
    DroppedScratchQuerySet,
    PracticeSessionQuerySet,
    ReviewLinkQuerySet,
)

SCRATCH_MAX_LENGTH = 20_000
QUOTE_MAX_LENGTH = 500
REASON_MAX_LENGTH = 200
POINTS_MAX = 3


class PracticeSession(models.Model):
    """One timed attempt at a case. Its clock is computed from these columns and its pauses."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="practice_sessions"
    )
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="practice_sessions")
    # The case as it was at the start: what an editor changes later does not change this session.
    case_at_start = models.JSONField()
    order = models.CharField(max_length=10, choices=StageOrder.choices)
    length_seconds = models.PositiveIntegerField()
    twist_after_seconds = models.PositiveIntegerField()
    # The positions of the clarifying questions that were asked, in the order of asking.
    asked = models.JSONField(default=list)
    started_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)
    scored_at = models.DateTimeField(null=True, blank=True)

    objects = PracticeSessionQuerySet.as_manager()

    class Meta:
        ordering = ["-started_at", "-pk"]
        verbose_name = _("practice session")
        verbose_name_plural = _("practice sessions")

    def __str__(self) -> str:
        return f"{self.user}: {self.case}"

    def get_absolute_url(self) -> str:
        return reverse("practice:session_detail", args=[self.uuid])

    @cached_property
    def copy(self) -> CaseCopy:
        return CaseCopy.from_json(self.case_at_start)

    @property
    def length_minutes(self) -> int:
        return self.length_seconds // 60


class Pause(models.Model):
    """A time during which the clock of a practice session stands still, and why."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    practice_session = models.ForeignKey(
        PracticeSession, on_delete=models.CASCADE, related_name="pauses"
    )
    reason = models.CharField(max_length=REASON_MAX_LENGTH, blank=True)
    began_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["began_at", "pk"]
        verbose_name = _("pause")
        verbose_name_plural = _("pauses")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["practice_session"],
                condition=Q(ended_at=None),
                name="unique_pause_practice_session",
            )
        ]

    def __str__(self) -> str:
        return f"{self.practice_session}: {self.began_at}"


DRAWING = "drawing"
"""The stage of the scratch with the drawing."""


class Scratch(models.Model):
    """A learner's text of one stage, or their drawing, which has the last position."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    practice_session = models.ForeignKey(
        PracticeSession, on_delete=models.CASCADE, related_name="scratches"
    )
    position = models.PositiveSmallIntegerField()
    stage = models.CharField(max_length=12)
    """A `Stage`, or “drawing”."""
    minutes = models.PositiveSmallIntegerField(default=0)
    text = models.TextField(max_length=SCRATCH_MAX_LENGTH, blank=True)
    # The drawing of the text, made when it is saved, because the layout takes milliseconds.
    svg = models.TextField(blank=True, db_default="", editable=False)
    # As in a note: a save names the version it was based on, and the open page that sent it.
    version = models.PositiveIntegerField(default=1)
    saved_by = models.UUIDField(null=True, editable=False)
    saved_number = models.PositiveIntegerField(default=0, editable=False)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["position"]
        verbose_name = _("scratch")
        verbose_name_plural = _("scratches")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["practice_session", "position"],
                name="unique_scratch_practice_session_position",
            )
        ]

    def __str__(self) -> str:
        return f"{self.practice_session}: {self.stage}"


class DroppedScratch(models.Model):
    """A text that lost a conflict of two tabs or devices, kept for 30 days."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    scratch = models.ForeignKey(Scratch, on_delete=models.CASCADE, related_name="dropped_texts")
    text = models.TextField(max_length=SCRATCH_MAX_LENGTH)
    dropped_at = models.DateTimeField(default=timezone.now)

    objects = DroppedScratchQuerySet.as_manager()

    class Meta:
        ordering = ["-dropped_at", "-pk"]
        verbose_name = _("dropped scratch")
        verbose_name_plural = _("dropped scratches")

    def __str__(self) -> str:
        return f"{self.scratch}: {self.dropped_at}"


class ReviewLink(models.Model):
    """A link with which somebody without an account scores a practice session once."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    practice_session = models.ForeignKey(
        PracticeSession, on_delete=models.CASCADE, related_name="review_links"
    )
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)
    reviewer = models.CharField(max_length=100, blank=True)
    comment = models.TextField(max_length=2000, blank=True)

    objects = ReviewLinkQuerySet.as_manager()

    class Meta:
        ordering = ["created_at", "pk"]
        verbose_name = _("review link")
        verbose_name_plural = _("review links")

    def __str__(self) -> str:
        return f"{self.practice_session}: {self.created_at}"

    @property
    def is_expired(self) -> bool:
        return self.expires_at <= timezone.now()

    @property
    def is_open(self) -> bool:
        """Return whether somebody can still score through the link."""
        return not (self.used_at or self.revoked_at or self.is_expired)


class Score(models.Model):
    """The points of one line of the rubric: the learner's own, or those of a review link."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    practice_session = models.ForeignKey(
        PracticeSession, on_delete=models.CASCADE, related_name="scores"
    )
    review_link = models.ForeignKey(
        ReviewLink, on_delete=models.CASCADE, null=True, blank=True, related_name="scores"
    )
    criterion = models.CharField(max_length=20, choices=Criterion.choices)
    points = models.PositiveSmallIntegerField()
    quote = models.CharField(max_length=QUOTE_MAX_LENGTH, blank=True)
    """The words of the scratch that earned the points."""

    class Meta:
        ordering = ["pk"]
        verbose_name = _("score")
        verbose_name_plural = _("scores")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["practice_session", "criterion"],
                condition=Q(review_link=None),
                name="unique_score_practice_session_criterion",
            ),
            models.UniqueConstraint(
                fields=["review_link", "criterion"], name="unique_score_review_link_criterion"
            ),
            models.CheckConstraint(condition=Q(points__lte=POINTS_MAX), name="check_score_points"),
        ]

    def __str__(self) -> str:
        return f"{self.practice_session}: {self.get_criterion_display()} {self.points}"
