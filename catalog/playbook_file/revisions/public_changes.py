"""Changes of the playbook as readers see them: by revision, and by day for hand edits."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from catalog.catalog_data import ArticleData, EntryData, carried
from catalog.history.field_changes import ChangeKind, FieldChange
from catalog.models import Article
from catalog.playbook_file.models import Revision
from catalog.playbook_file.revisions.hand_edits import ArticleEdits, hand_edits
from catalog.snapshot import CatalogSnapshot

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

UPDATES_SHOWN = 20
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


class Tag(NamedTuple):
    """The kind of a change of an article, as a coloured word."""

    colour: str
    label: StrOrPromise


WHOLE_TAGS = {
    ChangeKind.NEW: Tag("green", _("New")),
    ChangeKind.BACK: Tag("green", _("Restored")),
    ChangeKind.RETIRED: Tag("rose", _("Retired")),
}
MOVED_TAG, CHANGED_TAG = Tag("violet", _("Moved")), Tag("blue", _("Changed"))


@dataclass(frozen=True)
class PublicArticleChange:
    article: Article
    changes: list[FieldChange]

    @property
    def whole_change(self) -> ChangeKind | None:
        """New, restored or retired; `None` if only some fields changed."""
        return next((change.kind for change in self.changes if change.is_whole), None)

    @property
    def details(self) -> list[FieldChange]:
        """The changes that its tags do not say already."""
        return [change for change in self.changes if not change.is_whole]

    @property
    def tags(self) -> list[Tag]:
        """New, Restored or Retired; else Moved, Changed or both."""
        if self.whole_change:
            return [WHOLE_TAGS[self.whole_change]]
        is_moved = [change.kind is ChangeKind.MOVED for change in self.changes]
        return [MOVED_TAG] * any(is_moved) + [CHANGED_TAG] * (not all(is_moved))


@dataclass(frozen=True)
class PublicUpdate:
    """A revision, or what editors changed by hand on one day (UTC)."""

    anchor: str
    changed_at: datetime
    articles: list[PublicArticleChange]
    undone_at: datetime | None = None
    """When the revision that this one undoes was applied."""
    is_by_hand: bool = False

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


def public_updates(snapshot: CatalogSnapshot) -> list[PublicUpdate]:
    """Return the latest changes of this snapshot's articles, newest first."""
    return snapshot.derive("public_updates", _public_updates)


def _public_updates(snapshot: CatalogSnapshot) -> list[PublicUpdate]:
    updates = [*_revisions(snapshot), *_days_of_hand_edits(snapshot)]
    updates.sort(key=attrgetter("changed_at"), reverse=True)
    return updates[:UPDATES_SHOWN]


def _revisions(snapshot: CatalogSnapshot) -> Iterator[PublicUpdate]:
    by_uuid = {str(article.uuid): article for article in snapshot.articles.values()}
    revisions = Revision.objects.applied().without_contents().with_undone_at()
    for revision in revisions[:UPDATES_SHOWN]:
        articles = list(_changed(revision.plan["changed"], by_uuid))
        if revision.applied_at and articles:
            anchor = f"revision-{revision.pk}"
            yield PublicUpdate(anchor, revision.applied_at, articles, revision.undone_at)


def _days_of_hand_edits(snapshot: CatalogSnapshot) -> Iterator[PublicUpdate]:
    by_day: dict[date, list[ArticleEdits]] = defaultdict(list)
    for edits in hand_edits():
        if edits.article_id in snapshot.by_pk:
            by_day[edits.day].append(edits)
    for day, of_day in by_day.items():
        of_day.sort(key=attrgetter("last_at"), reverse=True)
        changes: dict[int, list[FieldChange]] = defaultdict(list)
        for edits in of_day:
            changes[edits.article_id] += edits.changes
        articles = [PublicArticleChange(snapshot.by_pk[pk], each) for pk, each in changes.items()]
        yield PublicUpdate(f"edits-{day}", of_day[0].last_at, articles, is_by_hand=True)


def _changed(
    rows: list[Mapping[str, Any]], articles: Mapping[str, Article]
) -> Iterator[PublicArticleChange]:
    for row in rows:
        article = articles.get(row["uuid"])
        # An article and its entry are usually retitled together: show that once.
        distinct = {
            (change["kind"], change["old"], change["new"]): FieldChange(
                ChangeKind(change["kind"]), change["old"], change["new"]
            )
            for change in row["changes"]
            if change["kind"] in PUBLIC_KINDS
        }
        if article and row["is_public"] and distinct:
            yield PublicArticleChange(article, list(distinct.values()))
