"""The catalogue: layers, sections, statuses, articles with their aliases, and entries."""

import uuid
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, URLValidator
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import slugify
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalog import identity
from catalog.history.records import ChangeHistory
from catalog.querysets import (
    AliasQuerySet,
    ArticleQuerySet,
    EntryQuerySet,
    LayerQuerySet,
    SectionQuerySet,
    StatusQuerySet,
)
from catalog.retirable import Retirable
from catalog.slugs import free_slug
from catalog.validators import validate_without_credentials

READING_MINUTES_MAX = 600


class Colour(models.TextChoices):
    """The hues that `static/css/tokens.css` names, of equal lightness and chroma in each theme."""

    TEAL = "teal", _("Teal")
    BLUE = "blue", _("Blue")
    VIOLET = "violet", _("Violet")
    ORANGE = "orange", _("Orange")
    GREEN = "green", _("Green")
    AMBER = "amber", _("Amber")
    ROSE = "rose", _("Rose")
    GREY = "grey", _("Grey")


class Layer(models.Model):
    """A step of the journey through the playbook, made of sections."""

    slug = models.SlugField(_("slug"), unique=True)
    number = models.PositiveSmallIntegerField(_("number"), validators=[MinValueValidator(1)])
    title = models.CharField(_("title"), max_length=100)
    tagline = models.CharField(_("tagline"), max_length=200, blank=True)
    colour = models.CharField(_("colour"), max_length=10, choices=Colour.choices)

    objects = LayerQuerySet.as_manager()
    history = ChangeHistory()

    class Meta:
        ordering = ["number", "pk"]
        verbose_name = _("layer")
        verbose_name_plural = _("layers")

    def __str__(self) -> str:
        return self.title

    def natural_key(self) -> tuple[str]:
        return (self.slug,)

    def get_absolute_url(self) -> str:
        return reverse("catalog:layer_detail", args=[self.slug])


class Section(Retirable):
    """A titled table of entries, in one layer."""

    slug = models.SlugField(_("slug"), unique=True, max_length=100)
    layer = models.ForeignKey(
        Layer, on_delete=models.PROTECT, related_name="sections", verbose_name=_("layer")
    )
    number = models.PositiveSmallIntegerField(
        _("number"),
        default=1,
        help_text=_("The position in the playbook, counted over all layers."),
    )
    emoji = models.CharField(_("emoji"), max_length=16, blank=True)
    title = models.CharField(_("title"), max_length=150)

    objects = SectionQuerySet.as_manager()
    history = ChangeHistory()

    class Meta:
        ordering = ["number", "pk"]
        verbose_name = _("section")
        verbose_name_plural = _("sections")

    def __str__(self) -> str:
        return self.title

    def natural_key(self) -> tuple[str]:
        return (self.slug,)

    def get_absolute_url(self) -> str:
        return reverse("catalog:section_detail", args=[self.slug])


class Status(models.Model):
    """An editorial status: whether articles with it are public and count towards progress."""

    slug = models.SlugField(_("slug"), unique=True)
    number = models.PositiveSmallIntegerField(_("number"), default=1)
    label = models.CharField(_("label"), max_length=50)
    colour = models.CharField(_("colour"), max_length=10, choices=Colour.choices)
    is_public = models.BooleanField(_("seen by the public"), default=True)
    is_countable = models.BooleanField(_("counts towards progress"), default=False)

    objects = StatusQuerySet.as_manager()
    history = ChangeHistory()

    class Meta:
        ordering = ["number", "pk"]
        verbose_name = _("status")
        verbose_name_plural = _("statuses")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(is_public=True) | Q(is_countable=False),
                name="check_status_countable_is_public",
                violation_error_message=_(
                    "Articles that the public cannot see cannot count towards progress."
                ),
            )
        ]

    def __str__(self) -> str:
        return self.label

    def natural_key(self) -> tuple[str]:
        return (self.slug,)


class CatalogVersion(models.Model):
    """The single row whose random value every change of the catalogue replaces."""

    value = models.CharField(max_length=32)

    objects = models.Manager()

    class Meta:
        # The table keeps its old name: the release before this one reads it during an upgrade.
        db_table = "catalog_stamp"
        default_permissions = ()

    def __str__(self) -> str:
        return self.value


class Article(Retirable):
    """A piece of reading. Its identity is described in docs/architecture.md."""

    uuid = models.UUIDField(_("identity"), default=uuid.uuid4, unique=True, editable=False)
    slug = models.SlugField(
        _("slug"),
        unique=True,
        max_length=150,
        blank=True,
        help_text=_("The last part of its address on this site. Leave empty to use the title."),
    )
    title = models.CharField(_("title"), max_length=250)
    url = models.URLField(
        _("link"),
        max_length=2000,
        blank=True,
        validators=[URLValidator(schemes=["http", "https"]), validate_without_credentials],
        help_text=_("Leave empty until the article is published."),
    )
    status = models.ForeignKey(
        Status, on_delete=models.PROTECT, related_name="articles", verbose_name=_("status")
    )
    merged_into = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        db_index=False,
        related_name="merged",
        verbose_name=_("merged into"),
    )
    reading_minutes = models.PositiveSmallIntegerField(
        _("reading minutes"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(READING_MINUTES_MAX)],
        help_text=_("How long it takes to read. Empty if nobody knows."),
    )
    added_at = models.DateTimeField(_("added at"), default=timezone.now, editable=False)
    updated_at = models.DateTimeField(_("updated at"), default=timezone.now, editable=False)

    objects = ArticleQuerySet.as_manager()
    # Each historical record has a date of its own.
    history = ChangeHistory(excluded_fields=["updated_at"])

    class Meta:
        ordering = ["title", "pk"]
        verbose_name = _("article")
        verbose_name_plural = _("articles")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(url="") | Q(url__startswith="http://") | Q(url__startswith="https://"),
                name="check_article_url_scheme",
                violation_error_message=_("An address must start with http:// or https://."),
            ),
            models.CheckConstraint(
                condition=Q(merged_into=None) | Q(retired_at__isnull=False),
                name="check_article_merged_is_retired",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def natural_key(self) -> tuple[str]:
        return (self.slug,)

    def get_absolute_url(self) -> str:
        return reverse("catalog:article_detail", args=[self.slug])

    @property
    def is_countable(self) -> bool:
        return self.status.is_countable and not self.is_retired

    @property
    def key(self) -> str:
        """The current identity key."""
        return identity.url_key(self.url) if self.url else identity.title_key(self.title)

    @property
    def host(self) -> str:
        """The site that the link leads to, as readers know it."""
        return identity.host_of(self.url)

    def clean(self) -> None:
        self.refuse_if_merged()
        self.slug = self.slug or article_slug(self.title)
        if taken := Alias.objects.held_by_another(self):
            raise ValidationError({"url" if self.url else "title": taken.taken_message()})

    @transaction.atomic
    def save(self, **options: Any) -> None:
        """Save and record the current key as an alias.

        Raise `ValidationError` if another article has that key.
        """
        if self.merged_into_id:
            super().save(**options)  # Its aliases belong to the other article.
            return
        if taken := Alias.objects.held_by_another(self):
            raise ValidationError(taken.taken_message())
        if not options.get("update_fields"):
            self.slug = self.slug or article_slug(self.title)
            self.updated_at = timezone.now()
        super().save(**options)
        self.aliases.get_or_create(key=self.key)

    def restore(self) -> None:
        self.refuse_if_merged()
        super().restore()

    def refuse_if_merged(self) -> None:
        if self.merged_into_id:
            raise ValidationError(self.merged_message())

    def merged_message(self) -> SafeString:
        """Return a message for editors that links to the article this one was merged into."""
        assert self.merged_into is not None
        message = gettext('It was merged into <a href="{}">{}</a>. Change that article instead.')
        address = reverse("admin:catalog_article_change", args=[self.merged_into_id])
        return format_html(message, address, self.merged_into.title)


def article_slug(title: str) -> str:
    """Return a slug made from the title that no article has yet."""
    stem = slugify(title)[:140].strip("-") or "article"
    taken = set(Article.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    return free_slug(stem, taken)


class Alias(models.Model):
    """An identity key that an article has or had. No two articles share one."""

    article = models.ForeignKey(
        Article, on_delete=models.CASCADE, related_name="aliases", verbose_name=_("article")
    )
    key = models.CharField(_("key"), max_length=identity.KEY_MAX_LENGTH)
    added_at = models.DateTimeField(_("added at"), default=timezone.now, editable=False)

    objects = AliasQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("alias")
        verbose_name_plural = _("aliases")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["key"], name="unique_alias_key"),
        ]

    def __str__(self) -> str:
        return self.key

    def natural_key(self) -> tuple[str]:
        return (self.key,)

    def taken_message(self) -> SafeString:
        """Return why another article cannot have this key, with a link to the article that does."""
        return format_html(
            gettext(
                'This is already the article <a href="{}">{}</a>. List that article here instead.'
            ),
            reverse("admin:catalog_article_change", args=[self.article_id]),
            self.article.title,
        )


class Entry(Retirable):
    """An article's row in a section, with its own number, title and what you'll learn."""

    section = models.ForeignKey(
        Section, on_delete=models.PROTECT, related_name="entries", verbose_name=_("section")
    )
    article = models.ForeignKey(
        Article, on_delete=models.PROTECT, related_name="entries", verbose_name=_("article")
    )
    number = models.PositiveSmallIntegerField(
        _("number"), default=1, validators=[MinValueValidator(1)]
    )
    title = models.CharField(_("title"), max_length=250)
    what_you_learn = models.CharField(_("what you’ll learn"), max_length=500, blank=True)
    # The database has the default too, because the release before this one does not set it.
    added_at = models.DateTimeField(
        _("added at"), default=timezone.now, db_default=Now(), editable=False
    )

    objects = EntryQuerySet.as_manager()
    history = ChangeHistory(excluded_fields=["added_at"])

    class Meta:
        ordering = ["number", "pk"]
        verbose_name = _("entry")
        verbose_name_plural = _("entries")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["section", "article", "title"],
                condition=Q(retired_at=None),
                name="unique_entry_section_article_title",
                violation_error_message=_(
                    "This section lists that article under that title already."
                ),
            )
        ]

    def __str__(self) -> str:
        return self.title

    def natural_key(self) -> tuple[str, str, str]:
        return (self.section.slug, self.article.slug, self.title)

    def get_absolute_url(self) -> str:
        return self.article.get_absolute_url()

    def clean(self) -> None:
        # A form without `retired_at` skips the constraints whose condition names that field.
        self.validate_constraints()
