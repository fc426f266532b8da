from typing import ClassVar
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.models import Article
from catalog.prompts.models import Prompt
from progress.recall.querysets import CardQuerySet, ReviewQuerySet
from progress.recall.scheduling import STATE_FIELDS, CardState, needs_rewrite

QUESTION_MAX_LENGTH = 500
ANSWER_MAX_LENGTH = 3000


class CardKind(models.TextChoices):
    PROMPT = "prompt", _("Prompt of the playbook")
    KEY_POINTS = "key-points", _("My key points")
    OWN = "own", _("My own")


class Rating(models.IntegerChoices):
    """A rating of how well a card was recalled, with the numbers and names of FSRS."""

    AGAIN = 1, _("Again")
    HARD = 2, _("Hard")
    GOOD = 3, _("Good")
    EASY = 4, _("Easy")


class Card(models.Model):
    """A question in a learner's deck, and when it is due.

    The card of a prompt has no row until it is first reviewed, rewritten or dropped. The columns
    of `STATE_FIELDS` are the result of the card's reviews (`scheduling.fold_reviews`).
    """

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="cards"
    )
    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="cards")
    kind = models.CharField(max_length=10, choices=CardKind.choices)
    prompt = models.ForeignKey(
        Prompt, on_delete=models.PROTECT, null=True, blank=True, related_name="cards"
    )
    # Empty while the card shows the texts of its prompt, or of the learner's key points.
    question = models.CharField(max_length=QUESTION_MAX_LENGTH, blank=True)
    answer = models.TextField(max_length=ANSWER_MAX_LENGTH, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)
    dropped_at = models.DateTimeField(null=True, blank=True)

    stability = models.FloatField(null=True, blank=True)
    difficulty = models.FloatField(null=True, blank=True)
    due_on = models.DateField(null=True, blank=True)
    first_reviewed_on = models.DateField(null=True, blank=True)
    last_reviewed_on = models.DateField(null=True, blank=True)
    lapse_count = models.PositiveSmallIntegerField(default=0)
    # The lapses up to the time when the learner rewrote the card.
    lapses_before_rewrite = models.PositiveSmallIntegerField(default=0)

    objects = CardQuerySet.as_manager()

    class Meta:
        verbose_name = _("card")
        verbose_name_plural = _("cards")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "prompt"], name="unique_card_user_prompt"),
            models.UniqueConstraint(
                fields=["user", "article"],
                condition=Q(kind=CardKind.KEY_POINTS),
                name="unique_card_user_article",
            ),
            models.CheckConstraint(
                condition=Q(kind=CardKind.PROMPT, prompt__isnull=False)
                | (~Q(kind=CardKind.PROMPT) & Q(prompt=None)),
                name="check_card_prompt",
            ),
            models.CheckConstraint(
                condition=~Q(kind=CardKind.OWN) | ~Q(question=""), name="check_card_question"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.article}"

    @property
    def state(self) -> CardState | None:
        """The result of the card's reviews, or None if it has none."""
        if self.last_reviewed_on is None:
            return None
        return CardState(**{name: getattr(self, name) for name in STATE_FIELDS})

    @state.setter
    def state(self, state: CardState | None) -> None:
        for name in STATE_FIELDS:
            setattr(self, name, getattr(state, name) if state else None)
        self.lapse_count = state.lapse_count if state else 0

    @property
    def needs_rewrite(self) -> bool:
        return needs_rewrite(self.lapse_count, self.lapses_before_rewrite)


class Review(models.Model):
    """One rating of one card on one study day. An undone review stays, and does not count."""

    # The operation UUID that the page sent, so that a review sent twice counts once.
    uuid = models.UUIDField(default=uuid4)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="reviews"
    )
    card = models.ForeignKey(Card, on_delete=models.CASCADE, related_name="reviews")
    rating = models.PositiveSmallIntegerField(choices=Rating.choices)
    reviewed_on = models.DateField()
    reviewed_at = models.DateTimeField(default=timezone.now)
    # The day on which the card was due, and the recall that was predicted. None for a new card.
    due_on = models.DateField(null=True, blank=True)
    predicted_recall = models.FloatField(null=True, blank=True)
    # The share of cards that the learner wanted to recall, in per cent, when this was scheduled.
    retention = models.PositiveSmallIntegerField()
    undone_at = models.DateTimeField(null=True, blank=True)

    objects = ReviewQuerySet.as_manager()

    class Meta:
        ordering = ["reviewed_on", "pk"]
        verbose_name = _("review")
        verbose_name_plural = _("reviews")
        indexes: ClassVar = [
            models.Index(fields=["user", "reviewed_on"], name="review_user_reviewed_on")
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "uuid"], name="unique_review_user_uuid"),
            models.UniqueConstraint(
                fields=["card", "reviewed_on"],
                condition=Q(undone_at=None),
                name="unique_review_card_reviewed_on",
            ),
            models.CheckConstraint(
                condition=Q(rating__in=Rating.values), name="check_review_rating"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.card}: {self.get_rating_display()}"
