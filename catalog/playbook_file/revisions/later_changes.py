"""Changes made after a revision was applied, and their editors.

The undo of the revision reverts them too, and a file may take them back.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from catalog.catalog_data import CatalogData
from catalog.catalog_rows import CaseData, PrerequisiteData, PromptData
from catalog.history.field_changes import ChangeKind
from catalog.history.records import records_of
from catalog.models import Article, Entry, Layer, Section
from catalog.playbook_file.models import Revision
from catalog.playbook_file.revisions.changed_rows import CatalogDiff, ChangedRow
from catalog.playbook_file.revisions.diff import difference
from catalog.stored_catalog import MODELS


@dataclass(frozen=True)
class LaterChange:
    """The later changes of one layer, section, article or case."""

    what: str
    editors: tuple[str, ...]
    """In alphabetical order. Empty if only commands and deleted accounts changed it."""
    changed_at: datetime | None
    """None for a change without a historical record."""

    @property
    def who(self) -> str:
        return names_of(self.editors)


@dataclass(frozen=True)
class LaterChanges:
    """The rows that a revision changes back and that were changed by hand before, by slug.

    Articles and cases are by UUID.
    """

    layers: dict[str, LaterChange]
    sections: dict[str, LaterChange]
    articles: dict[str, LaterChange]
    cases: dict[str, LaterChange]
    is_undo: bool

    @property
    def all(self) -> list[LaterChange]:
        kinds = (self.layers, self.sections, self.articles, self.cases)
        return [change for changes in kinds for change in changes.values()]

    def __bool__(self) -> bool:
        return bool(self.all)

    @property
    def count(self) -> int:
        return len(self.all)

    @property
    def who(self) -> str:
        names = sorted({name for change in self.all for name in change.editors})
        return names_of(names, has_others=not all(change.editors for change in self.all))


def names_of(editors: Iterable[str], has_others: bool = False) -> str:
    names = list(editors)
    if has_others or not names:
        names.append(_("a command or a deleted account"))
    return get_text_list(names, _("and"))


def later_changes(revision: Revision, now: CatalogData, diff: CatalogDiff) -> LaterChanges | None:
    """Return the later changes that `revision`, not applied yet, would revert by its `diff`.

    These are the changes since the revision that it undoes or, for a file, since the last one.
    None before the first. Takes eight queries, and one for the last revision.
    """
    base = revision.undoes or Revision.objects.applied().defer("file", "catalogue_before").first()
    if base is None or not diff:
        return None
    reverts = is_reverted_by_undo if revision.undoes else is_reverted_by_file
    later = difference(base.after, now)
    since = base.applied_at
    articles = [
        *records(Article, "uuid", since),
        *records(Entry, "article__uuid", since),
        *records(MODELS[PromptData], "article__uuid", since),
        *records(MODELS[PrerequisiteData], "article__uuid", since),
    ]
    return LaterChanges(
        layers=by_key(later.layers, diff.layers, records(Layer, "slug", since), reverts),
        sections=by_key(later.sections, diff.sections, records(Section, "slug", since), reverts),
        articles=by_key(later.articles, diff.articles, articles, reverts),
        cases=by_key(later.cases, diff.cases, records(MODELS[CaseData], "uuid", since), reverts),
        is_undo=revision.undoes is not None,
    )


OPPOSITES = {
    ChangeKind.BACK: ChangeKind.RETIRED,
    ChangeKind.RETIRED: ChangeKind.BACK,
    ChangeKind.LISTED: ChangeKind.UNLISTED,
    ChangeKind.UNLISTED: ChangeKind.LISTED,
    ChangeKind.ASKED: ChangeKind.NOT_ASKED,
    ChangeKind.ASKED_AGAIN: ChangeKind.NOT_ASKED,
    ChangeKind.NOT_ASKED: ChangeKind.ASKED_AGAIN,
    ChangeKind.REQUIRED: ChangeKind.NOT_REQUIRED,
    ChangeKind.REQUIRED_AGAIN: ChangeKind.NOT_REQUIRED,
    ChangeKind.NOT_REQUIRED: ChangeKind.REQUIRED_AGAIN,
}


def is_reverted_by_undo(kind: ChangeKind, kinds: set[ChangeKind]) -> bool:
    # An additional key stays with its article.
    return kind != ChangeKind.JOINED


def is_reverted_by_file(kind: ChangeKind, kinds: set[ChangeKind]) -> bool:
    """Return whether a file that makes changes of these `kinds` to a row reverts the change.

    A file keeps what it does not say, such as the status.
    """
    if kind == ChangeKind.NEW:  # Every field of the row was entered by hand.
        return bool(kinds - {ChangeKind.JOINED})
    return kind != ChangeKind.JOINED and not kinds.isdisjoint({kind, OPPOSITES.get(kind, kind)})


Record = tuple[str, str | None, datetime]
"""The key of a row, the name of the editor if there is one, and the time of the change."""


def records(model: Any, key: str, since: datetime | None) -> Iterator[Record]:
    later = records_of(model).filter(history_date__gt=since)
    for key_, editor, changed_at in later.values_list(
        key, "history_user__username", "history_date"
    ):
        yield str(key_), editor, changed_at


def by_key(
    later: Iterable[ChangedRow],
    diff: Iterable[ChangedRow],
    records: Iterable[Record],
    reverts: Callable[[ChangeKind, set[ChangeKind]], bool],
) -> dict[str, LaterChange]:
    editors: dict[str, set[str]] = defaultdict(set)
    times: dict[str, datetime] = {}
    for key, editor, changed_at in records:
        times[key] = max(changed_at, times.get(key, changed_at))
        if editor:
            editors[key].add(editor)
    changing = {row.key: {change.kind for change in row.changes} for row in diff}
    changes = {}
    for row in later:
        if row.key not in changing:
            continue
        kinds = [change.kind for change in row.changes if reverts(change.kind, changing[row.key])]
        if kinds:
            what = ", ".join(dict.fromkeys(kind.label for kind in kinds))
            names = tuple(sorted(editors[row.key]))
            changes[row.key] = LaterChange(what, names, times.get(row.key))
    return changes
