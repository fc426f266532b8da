"""What of the playbook is new to a learner, and what changed since they read it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from accounts.models import User
from catalog.article_history import article_history_of
from catalog.field_changes import FieldChange
from catalog.models import Article, Entry
from catalog.snapshot import CatalogSnapshot
from progress.models import State, StateName
from progress.statistics import Figure

if TYPE_CHECKING:
    from progress.reader import ReaderProgress

NEWS_SHOWN = 5


@dataclass(frozen=True)
class ArticleUpdate:
    """One that they have read, and what is different now."""

    article: Article
    read_at: datetime
    changed_at: datetime
    changes: tuple[FieldChange, ...]


@dataclass(frozen=True)
class Growth:
    """How far a learner is with what the playbook held when they joined, where it grew since."""

    added: int
    started_with: int
    done: int
    """Of those that they started with."""


def changed_articles(
    user: User, snapshot: CatalogSnapshot, states: Mapping[int, str]
) -> Mapping[int, ArticleUpdate]:
    """Those that they have done and that differ now, by primary key; the latest change first.

    One query, and none where nothing that they have done ever changed.
    """
    past = article_history_of(snapshot)
    known = past.changed_at.keys() & states.keys() & snapshot.by_pk.keys()
    may_differ = [pk for pk in known if states[pk] == StateName.DONE]
    if not may_differ:
        return {}
    done = State.objects.for_user(user).done().filter(article__in=may_differ).with_read_at()
    found = []
    for pk, read_at, seen_at in done.values_list("article_id", "read_at", "changes_seen_at"):
        article = snapshot.by_pk[pk]
        changes = past.changes(article, max(read_at, seen_at or read_at))
        if changes and not article.is_retired:
            found.append(ArticleUpdate(article, read_at, past.changed_at[pk], changes))
    found.sort(key=lambda changed: changed.changed_at, reverse=True)
    return {changed.article.pk: changed for changed in found}


def growth(
    snapshot: CatalogSnapshot, joined_at: datetime, states: Mapping[int, str], whole: Figure
) -> Growth | None:
    """None where nothing of what is new is left, or nothing was done that could seem less by it."""
    added = article_history_of(snapshot).new_since(joined_at)
    of_added = Counter(states.get(pk, StateName.TODO) for pk in added)
    done, skipped = of_added[StateName.DONE], of_added[StateName.SKIPPED]
    started_with = whole.required - (len(added) - skipped)
    if done + skipped == len(added) or whole.done == done:
        return None
    return Growth(len(added), started_with, whole.done - done)


@dataclass(frozen=True)
class News:
    """For a learner's own page: the new articles at their first place in the journey."""

    new: list[Entry]
    changed: list[ArticleUpdate]

    shown: ClassVar[str] = f":{NEWS_SHOWN}"
    """As the template's `slice` takes it."""

    @classmethod
    def of(cls, progress: ReaderProgress) -> News:
        entries = {
            place.article_id: place.entry
            for place in reversed(progress.snapshot.indexed_entries)
            if place.article_id in progress.new_articles
        }
        return cls(list(entries.values())[::-1], list(progress.changed_articles.values()))

    @property
    def new_left(self) -> int:
        return max(len(self.new) - NEWS_SHOWN, 0)

    @property
    def changed_left(self) -> int:
        return max(len(self.changed) - NEWS_SHOWN, 0)

    def __bool__(self) -> bool:
        return bool(self.new or self.changed)
