"""Changes of the playbook as readers see them: by revision, and by day for hand edits."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from operator import attrgetter, itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from catalog.catalog_rows import ArticleData, EntryData, carried
from catalog.history.field_changes import ChangeKind, FieldChange
from catalog.models import Article
from catalog.playbook_file.models import Revision
from catalog.playbook_file.revisions.hand_edits import ArticleEdits, hand_edits
from catalog.playbook_file.revisions.prompt_edits import prompt_edits
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
    ChangeKind.LISTED,
    ChangeKind.UNLISTED,
    *(
        field.change
        for data in (ArticleData, EntryData)
        for field in carried(data).values()
        if field.is_public
    ),
}
"""The kinds of change that readers see. Numbers and keys are for the admin only."""
PROMPT_KINDS = {
    ChangeKind.ASKED,
    ChangeKind.ASKED_AGAIN,
    ChangeKind.NOT_ASKED,
    ChangeKind.QUESTION,
    ChangeKind.ANSWER,
    ChangeKind.SOURCES,
}
"""The kinds of change that only editors see, with the question that they concern."""


class Tag(NamedTuple):
    """The kind of a change of an article, as a coloured word."""

    colour: str
    label: StrOrPromise


ARTICLES_SHOWN = 100
"""The number of articles that the list of updates and the feed show of each."""

WHOLE_TAGS = {
    ChangeKind.NEW: Tag("green", _("New")),
    ChangeKind.BACK: Tag("green", _("Restored")),
    ChangeKind.RETIRED: Tag("rose", _("Retired")),
}
MOVED_TAG, CHANGED_TAG = Tag("violet", _("Moved")), Tag("blue", _("Changed"))
MERGED_TAG = Tag("rose", _("Merged"))


@dataclass(frozen=True)
class PublicArticleChange:
    article: Article
    changes: list[FieldChange]
    kept: Article | None = None
    """The article that this one is merged into."""

    @property
    def merged_into(self) -> Article | None:
        """The article that is kept, if this one was retired because it is a duplicate."""
        return self.kept if self.whole_change is ChangeKind.RETIRED else None

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
        """New, Restored, Retired or Merged; else Moved, Changed or both."""
        if self.merged_into:
            return [MERGED_TAG]
        if self.whole_change:
            return [WHOLE_TAGS[self.whole_change]]
        is_moved = [change.kind is ChangeKind.MOVED for change in self.changes]
        return [MOVED_TAG] * any(is_moved) + [CHANGED_TAG] * (not all(is_moved))


@dataclass(frozen=True)
class PublicUpdate:
    """A revision, or what editors changed by hand on one day (UTC) between two revisions."""

    anchor: str
    changed_at: datetime
    articles: list[PublicArticleChange]
    undone_at: datetime | None = None
    """The time at which the revision that this one undoes was applied."""
    is_by_hand: bool = False
    is_whole: bool = False
    """True if all its articles are shown, and not only the first ones."""

    @property
    def shown_articles(self) -> list[PublicArticleChange]:
        return self.articles if self.is_whole else self.articles[:ARTICLES_SHOWN]

    @property
    def hidden_count(self) -> int:
        return len(self.articles) - len(self.shown_articles)

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
    kinds = PUBLIC_KINDS | (PROMPT_KINDS if snapshot.with_drafts else set())
    for revision in revisions[:UPDATES_SHOWN]:
        articles = list(_changed(revision.plan["changed"], by_uuid, kinds))
        if revision.applied_at and articles:
            anchor = f"revision-{revision.pk}"
            yield PublicUpdate(anchor, revision.applied_at, articles, revision.undone_at)


def _days_of_hand_edits(snapshot: CatalogSnapshot) -> Iterator[PublicUpdate]:
    by_period: dict[tuple[date, int], list[ArticleEdits]] = defaultdict(list)
    for edits in _hand_edits(snapshot):
        if edits.article_id in snapshot.by_pk:
            by_period[edits.day, edits.period].append(edits)
    days: Counter[date] = Counter()
    for (day, _period), of_period in sorted(by_period.items(), key=itemgetter(0)):
        days[day] += 1
        anchor = f"edits-{day}" if days[day] == 1 else f"edits-{day}-{days[day]}"
        of_period.sort(key=attrgetter("last_at"), reverse=True)
        articles = [_edited(snapshot, edits) for edits in of_period]
        yield PublicUpdate(anchor, of_period[0].last_at, articles, is_by_hand=True)


def _hand_edits(snapshot: CatalogSnapshot) -> list[ArticleEdits]:
    """Return the edits of each article, day and period; for editors with those of prompts."""
    if not snapshot.with_drafts:
        return hand_edits()
    joined: dict[tuple[int, date, int], ArticleEdits] = {}
    for edits in (*hand_edits(), *prompt_edits()):
        run = edits.article_id, edits.day, edits.period
        known = joined.get(run, edits._replace(changes=[]))
        joined[run] = edits._replace(
            last_at=max(known.last_at, edits.last_at), changes=[*known.changes, *edits.changes]
        )
    return list(joined.values())


def _edited(snapshot: CatalogSnapshot, edits: ArticleEdits) -> PublicArticleChange:
    kept = snapshot.by_pk.get(snapshot.merged.get(edits.article_id, 0))
    return PublicArticleChange(snapshot.by_pk[edits.article_id], edits.changes, kept)


def _changed(
    rows: list[Mapping[str, Any]], articles: Mapping[str, Article], kinds: Collection[str]
) -> Iterator[PublicArticleChange]:
    for row in rows:
        article = articles.get(row["uuid"])
        # An article and its entry are usually retitled together: show that once.
        distinct = dict.fromkeys(
            FieldChange(ChangeKind(change["kind"]), change["old"], change["new"], _where(change))
            for change in row["changes"]
            if change["kind"] in kinds
        )
        if article and row["is_public"] and distinct:
            yield PublicArticleChange(article, list(distinct))


def _where(change: Mapping[str, Any]) -> str:
    """Return the question that a change concerns. Sections are not shown here."""
    return str(change["where"]) if change["kind"] in PROMPT_KINDS else ""
