from typing import ClassVar, NamedTuple
from uuid import UUID, uuid4

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator, URLValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.history.records import ChangeHistory
from catalog.models import Article
from catalog.prompts.querysets import PromptQuerySet
from catalog.retirable import Retirable
from catalog.validators import validate_port, validate_visible, validate_without_credentials

QUESTION_MAX_LENGTH = 300
ANSWER_MAX_LENGTH = 1000
VALIDATORS = (
    URLValidator(schemes=["http", "https"]),
    validate_without_credentials,
    validate_port,
    validate_visible,
)
"""The checks that the address of a source must pass."""


class Source(NamedTuple):
    """A document that supports an answer."""

    title: str
    url: str


def sources_in(text: str) -> list[Source]:
    """Return the sources of a text with a title and an address on each line.

    Raise `ValueError` with the line that has no address at its end.
    """
    sources = []
    for line in filter(None, map(str.strip, text.splitlines())):
        title, _space, url = line.rpartition(" ")
        if not url.startswith(("http://", "https://")):
            raise ValueError(line)
        sources.append(Source(title.strip() or url, url))
    return sources


def validate_sources(text: str) -> None:
    try:
        sources = sources_in(text)
    except ValueError as error:
        message = _("“%(line)s” must end with an address that begins with http:// or https://.")
        raise ValidationError(message, params={"line": str(error)}) from error
    for source in sources:
        for validate in VALIDATORS:
            validate(source.url)


class Prompt(Retirable):
    """A question about an article, with the answer, for learners who recall what they read."""

    uuid = models.UUIDField(_("identity"), default=uuid4, unique=True, editable=False)
    article = models.ForeignKey(
        Article, on_delete=models.PROTECT, related_name="prompts", verbose_name=_("article")
    )
    number = models.PositiveSmallIntegerField(
        _("number"), default=1, validators=[MinValueValidator(1)]
    )
    question = models.CharField(_("question"), max_length=QUESTION_MAX_LENGTH)
    answer = models.TextField(_("answer"), max_length=ANSWER_MAX_LENGTH)
    source_lines = models.TextField(
        _("sources"),
        max_length=2000,
        blank=True,
        validators=[validate_sources],
        help_text=_("One on each line: a title, a space and the address."),
    )
    added_at = models.DateTimeField(_("added at"), default=timezone.now, editable=False)

    objects = PromptQuerySet.as_manager()
    history = ChangeHistory()

    class Meta:
        ordering = ["article", "number", "pk"]
        verbose_name = _("prompt")
        verbose_name_plural = _("prompts")
        indexes: ClassVar = [models.Index(fields=["article", "number"], name="prompt_article")]

    def __str__(self) -> str:
        return self.question

    def natural_key(self) -> tuple[UUID]:
        return (self.uuid,)

    @property
    def sources(self) -> list[Source]:
        return sources_in(self.source_lines)
