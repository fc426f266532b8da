"""What the public may know of a revision: what it saw before, and sees now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import ngettext

from catalog.catalog_data import ArticleData, EntryData, carried
from catalog.field_changes import ChangeKind, FieldChange
from catalog.models import Article
from catalog.playbook_file.models import Revision
from catalog.snapshot import CatalogSnapshot

REVISIONS_SHOWN = 20
PUBLIC_KINDS = {
    ChangeKind.NEW,
    ChangeKind.BACK,
    ChangeKind.RETIRED,
    ChangeKind.MOVED,
    ChangeKind.PLACED,
    *(
        field.change
        for data in (ArticleData, EntryData)
        for field in carried(data).values()
        if field.is_public
    ),
}
"""The changes that learners read of; numbers and keys are the editors' business."""


@dataclass(frozen=True)
class PublicArticleChange:
    article: Article
    changes: list[FieldChange]

    @property
    def sort(self) -> ChangeKind | None:
        """Whether it is new, back again or retired; None where something of it changed."""
        return next((change.kind for change in self.changes if change.is_whole), None)


@dataclass(frozen=True)
class PublicRevision:
    number: int
    applied_at: datetime
    takes_back: datetime | None
    """When the revision was applied that this one undoes."""
    articles: list[PublicArticleChange]

    @property
    def summary(self) -> str:
        """“2 new, 3 changed, 1 retired”, of articles."""
        counts = Counter(changed.sort for changed in self.articles)
        told = (
            (ChangeKind.NEW, ngettext("%d new", "%d new", counts[ChangeKind.NEW])),
            (ChangeKind.BACK, ngettext("%d back again", "%d back again", counts[ChangeKind.BACK])),
            (None, ngettext("%d changed", "%d changed", counts[None])),
            (ChangeKind.RETIRED, ngettext("%d retired", "%d retired", counts[ChangeKind.RETIRED])),
        )
        return ", ".join(words % counts[sort] for sort, words in told if counts[sort])


def public_revisions(snapshot: CatalogSnapshot) -> list[PublicRevision]:
    """The latest ones that changed something that this snapshot shows, the latest first."""
    by_uuid = {str(article.uuid): article for article in snapshot.articles.values()}
    revisions = Revision.objects.applied().without_contents().with_undone_at()[:REVISIONS_SHOWN]
    public = (
        PublicRevision(
            revision.pk,
            revision.applied_at,
            revision.undone_at,
            list(_changed(revision.plan["changed"], by_uuid)),
        )
        for revision in revisions
        if revision.applied_at
    )
    return [revision for revision in public if revision.articles]


def _changed(
    rows: list[Mapping[str, Any]], articles: Mapping[str, Article]
) -> Iterator[PublicArticleChange]:
    for row in rows:
        article = articles.get(row["uuid"])
        # An article and its place are mostly retitled together: that is told once.
        told = {
            (change["kind"], change["old"], change["new"]): FieldChange(
                ChangeKind(change["kind"]), change["old"], change["new"]
            )
            for change in row["changes"]
            if change["kind"] in PUBLIC_KINDS
        }
        if article and row["is_public"] and told:
            yield PublicArticleChange(article, list(told.values()))
