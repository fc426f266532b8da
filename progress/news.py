"""Find the articles that are new to a learner, and those that changed after they read them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from accounts.models import User
from catalog.history.article_history import article_history_of
from catalog.history.field_changes import FieldChange
from catalog.models import Article, Entry
from catalog.snapshot import CatalogSnapshot
from progress.models import State
from progress.states import Stage, StateName
from progress.statistics import Figure

if TYPE_CHECKING:
    from progress.reader import ReaderProgress

NEWS_SHOWN = 5


@dataclass(frozen=True)
class ArticleUpdate:
    """An article that changed after the learner finished it."""

    article: Article
    read_at: datetime
    changed_at: datetime
    changes: tuple[FieldChange, ...]


@dataclass(frozen=True)
class Growth:
    """Progress with the articles that were there when the learner joined, if there are more now."""

    added: int
    started_with: int
    finished: int
    """The number of those articles that the learner has finished."""


def changed_articles(
    user: User, snapshot: CatalogSnapshot, states: Mapping[int, str]
) -> Mapping[int, ArticleUpdate]:
    """Return the articles that changed after the learner finished them, the latest change first.

    By primary key of the article. One query; none if no finished article ever changed.
    """
    history = article_history_of(snapshot)
    finished = StateName.at(Stage.FINISHED)
    changed = history.changed_at.keys() & states.keys() & snapshot.by_pk.keys()
    may_differ = [pk for pk in changed if states[pk] in finished]
    if not may_differ:
        return {}
    rows = State.objects.for_user(user).finished().filter(article__in=may_differ).with_read_at()
    updates = []
    for pk, read_at, seen_at in rows.values_list("article_id", "read_at", "changes_seen_at"):
        article = snapshot.by_pk[pk]
        changes = history.changes(article, max(read_at, seen_at or read_at))
        if changes and not article.is_retired:
            updates.append(ArticleUpdate(article, read_at, history.changed_at[pk], changes))
    updates.sort(key=lambda update: update.changed_at, reverse=True)
    return {update.article.pk: update for update in updates}


def growth(
    snapshot: CatalogSnapshot, joined_at: datetime, states: Mapping[int, str], whole: Figure
) -> Growth | None:
    """Return the growth since the learner joined.

    None if they have dealt with all new articles, or had finished nothing that these could dilute.
    """
    added = article_history_of(snapshot).new_since(joined_at)
    by_stage = Counter(StateName(states.get(pk, StateName.TODO)).stage for pk in added)
    finished, excluded = by_stage[Stage.FINISHED], by_stage[Stage.EXCLUDED]
    started_with = whole.required - (len(added) - excluded)
    if finished + excluded == len(added) or whole.finished == finished:
        return None
    return Growth(len(added), started_with, whole.finished - finished)


@dataclass(frozen=True)
class News:
    """New and changed articles, for My progress. New ones have their first entry in the journey."""

    new: list[Entry]
    changed: list[ArticleUpdate]

    shown: ClassVar[str] = f":{NEWS_SHOWN}"
    """The argument of the `slice` filter in the template."""

    @classmethod
    def of(cls, progress: ReaderProgress) -> News:
        new = progress.new_articles
        entries = {
            indexed.article_id: indexed.entry
            for indexed in reversed(progress.snapshot.indexed_entries if new else ())
            if indexed.article_id in new
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
