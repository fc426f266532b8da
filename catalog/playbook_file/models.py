import json
import zlib
from collections.abc import Iterator
from itertools import islice
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalog.catalog_data import CatalogData
from catalog.models import Article
from catalog.playbook_file.querysets import OpenQuestionQuerySet, RevisionQuerySet

ROWS_AT_ONCE = 500


class Revision(models.Model):
    """A change of the whole catalogue: an imported file, or the undo of another revision.

    It is prepared first, for a preview, and applied at most once.
    """

    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("made by"),
    )
    made_at = models.DateTimeField(_("made at"), default=timezone.now)
    applied_at = models.DateTimeField(_("applied at"), null=True)
    apply_began_at = models.DateTimeField(null=True)
    """The historical records from this time to `applied_at` are those of the revision. None if it
    was applied before this was stored."""
    file_name = models.CharField(_("file"), max_length=200, blank=True)
    file = models.BinaryField(blank=True)
    """The uploaded bytes. Empty for an undo."""
    undoes = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="undone_by"
    )
    decisions = models.JSONField(default=dict)
    catalog_version = models.CharField(max_length=32, db_column="stamp")
    """The catalog version at which the revision was prepared."""
    plan = models.JSONField(default=dict)
    """The applied changes, as returned by `Plan.as_json`. Empty until the revision is applied."""
    catalogue_before = models.BinaryField(default=bytes)
    catalogue_after = models.BinaryField(default=bytes)

    objects = RevisionQuerySet.as_manager()

    class Meta:
        ordering = ["-applied_at", "-pk"]
        verbose_name = _("revision")
        verbose_name_plural = _("revisions")
        default_permissions = ("add", "view")

    def __str__(self) -> str:
        if self.undoes_id:
            return gettext("Revision %(number)d: undoes %(other)d") % {
                "number": self.pk,
                "other": self.undoes_id,
            }
        return gettext("Revision %(number)d: %(file)s") % {
            "number": self.pk,
            "file": self.file_name,
        }

    def get_absolute_url(self) -> str:
        return reverse("admin:playbook_file_revision_change", args=[self.pk])

    @property
    def before(self) -> CatalogData:
        return unpacked(bytes(self.catalogue_before))

    @property
    def after(self) -> CatalogData:
        return unpacked(bytes(self.catalogue_after))


def packed(catalogue: CatalogData) -> bytes:
    """Return the catalogue as compressed JSON. Its text is never in memory as a whole."""
    compressor = zlib.compressobj()
    parts = [compressor.compress(text.encode()) for text in _json_texts(catalogue)]
    return b"".join([*parts, compressor.flush()])


def _json_texts(catalogue: CatalogData) -> Iterator[str]:
    """Yield the JSON of a catalogue in parts of some rows."""
    before_name = "{"
    for name, rows in catalogue.rows_by_name().items():
        yield f"{before_name}{json.dumps(name)}: ["
        before_name, before_rows = ", ", ""
        while some := list(islice(rows, ROWS_AT_ONCE)):
            yield before_rows + json.dumps(some, ensure_ascii=False)[1:-1]
            before_rows = ", "
        yield "]"
    yield "}"


def unpacked(stored: bytes) -> CatalogData:
    return CatalogData.from_json(json.loads(zlib.decompress(stored)))


class OpenQuestion(models.Model):
    """The question whether an article of a file is the same as an older one that is retired."""

    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="questions")
    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="+")
    candidates: models.ManyToManyField[Article, "OpenQuestion"] = models.ManyToManyField(
        Article, related_name="+"
    )
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )

    objects = OpenQuestionQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("uncertain match")
        verbose_name_plural = _("uncertain matches")
        default_permissions = ("change", "view")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["article"], name="unique_openquestion_article")
        ]

    def __str__(self) -> str:
        return self.article.title
