from typing import ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.core.validators import URLValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalog.identity import url_key
from catalog.models import Article, Section
from catalog.suggestions.querysets import SuggestionQuerySet
from catalog.validators import validate_without_credentials
from playbook.uuids import RandomUUID

NOTES_MAX_LENGTH = 2000


class SuggestionKind(models.TextChoices):
    ARTICLE = "article", _("An article")
    CORRECTION = "correction", _("A correction")
    CASE_STUDY = "case-study", _("A case study")


class Decision(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")


class Suggestion(models.Model):
    """A learner's suggestion, as they wrote it, with the decision of an editor."""

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="suggestions",
        verbose_name=_("learner"),
    )
    kind = models.CharField(_("kind"), max_length=20, choices=SuggestionKind.choices)
    title = models.CharField(_("title"), max_length=250, blank=True)
    url = models.URLField(
        _("address"),
        max_length=2000,
        blank=True,
        validators=[URLValidator(schemes=["http", "https"]), validate_without_credentials],
    )
    # The article to correct; for other kinds, the article that accepting created.
    article = models.ForeignKey(
        Article,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="suggestions",
        verbose_name=_("article"),
    )
    section = models.ForeignKey(
        Section,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("section"),
    )
    notes = models.TextField(_("why, and notes"), max_length=NOTES_MAX_LENGTH, blank=True)
    suggested_at = models.DateTimeField(_("suggested at"), default=timezone.now, editable=False)

    decision = models.CharField(
        _("decision"), max_length=20, choices=Decision.choices, default=Decision.WAITING
    )
    reason = models.TextField(_("reason"), max_length=NOTES_MAX_LENGTH, blank=True)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )

    objects = SuggestionQuerySet.as_manager()

    class Meta:
        ordering = ["suggested_at", "pk"]
        verbose_name = _("suggestion")
        verbose_name_plural = _("suggestions")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(decision=Decision.WAITING, decided_at=None)
                | (~Q(decision=Decision.WAITING) & Q(decided_at__isnull=False)),
                name="check_suggestion_decided_at",
            )
        ]

    def __str__(self) -> str:
        """Return a title for editors only: that of the article may be a draft's."""
        return self.title or (self.article.title if self.article else gettext("Without a title"))

    @property
    def is_decided(self) -> bool:
        return self.decided_at is not None

    @property
    def is_correction(self) -> bool:
        return self.kind == SuggestionKind.CORRECTION

    @property
    def key(self) -> str:
        return url_key(self.url) if self.url else ""

    @property
    def public_article(self) -> Article | None:
        return self.article if self.article and self.article.status.is_public else None

    @property
    def details(self) -> list[tuple[str, str]]:
        """The values that the learner entered, as pairs of label and text."""
        entered = (
            (gettext("Title"), self.title if self.is_correction else ""),
            (gettext("Address"), self.url),
            (gettext("Section"), self.section.title if self.section else ""),
            (gettext("Notes"), self.notes),
        )
        return [(label, text) for label, text in entered if text]

    def decide(
        self,
        decision: Decision,
        editor: AbstractBaseUser,
        article: Article | None,
        reason: str = "",
    ) -> None:
        self.decision, self.decided_at, self.decided_by_id = decision, timezone.now(), editor.pk
        self.article, self.reason = article, reason
        self.save()
