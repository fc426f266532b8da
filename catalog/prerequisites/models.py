from collections.abc import Sequence
from typing import ClassVar
from uuid import UUID, uuid4

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalog.graph import cycle_with
from catalog.history.records import ChangeHistory
from catalog.models import Article
from catalog.prerequisites.querysets import PrerequisiteQuerySet
from catalog.retirable import Retirable

REASON_MAX_LENGTH = 200


class Prerequisite(Retirable):
    """An article that is better read before another one, and why."""

    uuid = models.UUIDField(_("identity"), default=uuid4, unique=True, editable=False)
    article = models.ForeignKey(
        Article,
        on_delete=models.PROTECT,
        related_name="prerequisites",
        verbose_name=_("article"),
    )
    requires = models.ForeignKey(
        Article,
        on_delete=models.PROTECT,
        related_name="leads_to",
        verbose_name=_("requires"),
    )
    reason = models.CharField(
        _("reason"),
        max_length=REASON_MAX_LENGTH,
        help_text=_("One clause: “it needs the log as the source of truth”."),
    )
    added_at = models.DateTimeField(_("added at"), default=timezone.now, editable=False)

    objects = PrerequisiteQuerySet.as_manager()
    history = ChangeHistory()

    class Meta:
        ordering = ["article", "pk"]
        verbose_name = _("prerequisite")
        verbose_name_plural = _("prerequisites")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["article", "requires"],
                name="unique_prerequisite_article_requires",
                violation_error_message=_("This article is required already."),
            ),
            models.CheckConstraint(
                condition=~Q(article=F("requires")),
                name="check_prerequisite_article",
                violation_error_message=_("An article cannot require itself."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.article} ← {self.requires}"

    def natural_key(self) -> tuple[UUID]:
        return (self.uuid,)

    def clean(self) -> None:
        """Refuse a merged article and a cycle, and name the articles in it."""
        if self.is_retired or not (self.article_id and self.requires_id):
            return
        for article in (self.article, self.requires):
            article.refuse_if_merged()
        others = Prerequisite.objects.current().exclude(pk=self.pk)
        cycle = cycle_with(others.edges(), self.article_id, self.requires_id)
        if cycle:
            raise ValidationError(cycle_message(cycle))


def cycle_message(cycle: Sequence[int]) -> str:
    """Return why a prerequisite is refused, with the titles of the articles in the cycle."""
    if len(set(cycle)) == 1:
        return gettext("An article cannot require itself.")
    titles = Article.objects.in_bulk(cycle)
    names = " → ".join(f"“{titles[pk].title}”" for pk in cycle)
    message = gettext("That would form a cycle: %(names)s. Choose another article, or retire one.")
    return message % {"names": names}
