"""Changes made after a revision was applied, and their editors: an undo reverts them too."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from catalog.catalog_data import MODELS, CatalogData, PromptData
from catalog.history.field_changes import ChangeKind
from catalog.history.records import records_of
from catalog.models import Article, Entry, Layer, Section
from catalog.playbook_file.models import Revision
from catalog.playbook_file.revisions.diff import CatalogDiff, ChangedRow, difference


@dataclass(frozen=True)
class LaterChange:
    """The later changes of one layer, section or article."""

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
    """The rows that an undo changes and that were changed after the undone revision, by slug.

    Articles are by UUID.
    """

    layers: dict[str, LaterChange]
    sections: dict[str, LaterChange]
    articles: dict[str, LaterChange]

    @property
    def all(self) -> list[LaterChange]:
        return [*self.layers.values(), *self.sections.values(), *self.articles.values()]

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


def later_changes(undone: Revision, now: CatalogData, undo: CatalogDiff) -> LaterChanges:
    """Return the changes since `undone` that `undo` would revert, in five queries."""
    later = difference(undone.after, now)
    since = undone.applied_at
    articles = [
        *records(Article, "uuid", since),
        *records(Entry, "article__uuid", since),
        *records(MODELS[PromptData], "article__uuid", since),
    ]
    return LaterChanges(
        layers=by_key(later.layers, undo.layers, records(Layer, "slug", since)),
        sections=by_key(later.sections, undo.sections, records(Section, "slug", since)),
        articles=by_key(later.articles, undo.articles, articles),
    )


Record = tuple[str, str | None, datetime]
"""The key of a row, the name of the editor if there is one, and the time of the change."""


def records(model: Any, key: str, since: datetime | None) -> Iterator[Record]:
    later = records_of(model).filter(history_date__gt=since)
    for key_, editor, changed_at in later.values_list(
        key, "history_user__username", "history_date"
    ):
        yield str(key_), editor, changed_at


def by_key(
    later: Iterable[ChangedRow], undone: Iterable[ChangedRow], records: Iterable[Record]
) -> dict[str, LaterChange]:
    editors: dict[str, set[str]] = defaultdict(set)
    times: dict[str, datetime] = {}
    for key, editor, changed_at in records:
        times[key] = max(changed_at, times.get(key, changed_at))
        if editor:
            editors[key].add(editor)
    reverted = {row.key for row in undone}
    changes = {}
    for row in later:
        # An additional key stays with its article.
        kinds = [change.kind for change in row.changes if change.kind != ChangeKind.JOINED]
        if kinds and row.key in reverted:
            what = ", ".join(dict.fromkeys(kind.label for kind in kinds))
            names = tuple(sorted(editors[row.key]))
            changes[row.key] = LaterChange(what, names, times.get(row.key))
    return changes
