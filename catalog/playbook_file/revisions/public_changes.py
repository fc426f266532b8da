"""The changes of a revision that readers may see."""

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
"""The kinds of change that readers see. Numbers and keys are for editors only."""


@dataclass(frozen=True)
class PublicArticleChange:
    article: Article
    changes: list[FieldChange]

    @property
    def whole_change(self) -> ChangeKind | None:
        """New, restored or retired; `None` if only some fields changed."""
        return next((change.kind for change in self.changes if change.is_whole), None)


@dataclass(frozen=True)
class PublicRevision:
    number: int
    applied_at: datetime
    undone_at: datetime | None
    """When the revision that this one undoes was applied."""
    articles: list[PublicArticleChange]

    @property
    def summary(self) -> str:
        """The number of articles by kind of change: “2 new, 3 changed, 1 retired”."""
        counts = Counter(changed.whole_change for changed in self.articles)
        messages = (
            (ChangeKind.NEW, ngettext("%d new", "%d new", counts[ChangeKind.NEW])),
            (ChangeKind.BACK, ngettext("%d restored", "%d restored", counts[ChangeKind.BACK])),
            (None, ngettext("%d changed", "%d changed", counts[None])),
            (ChangeKind.RETIRED, ngettext("%d retired", "%d retired", counts[ChangeKind.RETIRED])),
        )
        return ", ".join(message % counts[kind] for kind, message in messages if counts[kind])


def public_revisions(snapshot: CatalogSnapshot) -> list[PublicRevision]:
    """Return the latest revisions that changed articles of this snapshot, newest first."""
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
        # An article and its entry are mostly retitled together: show that once.
        distinct = {
            (change["kind"], change["old"], change["new"]): FieldChange(
                ChangeKind(change["kind"]), change["old"], change["new"]
            )
            for change in row["changes"]
            if change["kind"] in PUBLIC_KINDS
        }
        if article and row["is_public"] and distinct:
            yield PublicArticleChange(article, list(distinct.values()))
