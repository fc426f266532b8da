"""A reader and their progress: the same interface for a learner and for a visitor."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Hashable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import ClassVar

from catalog.models import Article, Entry
from catalog.snapshot import CatalogSnapshot, IndexedEntry, current
from playbook.http import Reader
from progress import news, statistics
from progress.states import StateName

HISTORY_SHOWN = 10


class NothingToUndo(Exception):
    """The event is not the reader's, or is an undo itself."""


class Superseded(Exception):
    """The article's state was changed again after the event."""


class ReaderGone(Exception):
    """The session or the account that the request began with ended meanwhile."""


@dataclass(frozen=True)
class StateChange:
    """What a write did; `event_id` is None where the article was in that state already."""

    article: Article
    before: StateName
    after: StateName
    event_id: int | None = None


@dataclass(frozen=True)
class HistoryItem:
    """One change in an article's history."""

    event_id: int
    from_state: StateName
    to_state: StateName
    happened_at: datetime
    is_undo: bool = False


def countable_index_of(snapshot: CatalogSnapshot) -> statistics.CountableIndex:
    return statistics.CountableIndex(snapshot.indexed_entries)


def readable_of(snapshot: CatalogSnapshot) -> list[IndexedEntry]:
    """What counts and has a link."""
    return [
        place
        for place in snapshot.indexed_entries
        if place.is_countable and place.entry.article.url
    ]


class ReaderProgress(ABC):
    user: Reader
    is_visitor: ClassVar[bool]

    @property
    @abstractmethod
    def version(self) -> Hashable:
        """Another one whenever a page could show something else of this reader."""

    @property
    @abstractmethod
    def marks_on_open(self) -> bool:
        """Whether opening an article marks it as reading."""

    @abstractmethod
    def load_states(self) -> Mapping[int, str]:
        """State by article id, without those to do, in one query at most."""

    @abstractmethod
    def set(
        self, article: Article, state: StateName, *, only_from: StateName | None = None
    ) -> StateChange:
        """Puts the article into that state; sent twice it does the same thing once.

        With `only_from`, nothing happens where it is in another state than that. ReaderGone.
        """

    @abstractmethod
    def undo(self, event_id: int) -> StateChange:
        """Takes one event back; a second time changes nothing.

        NothingToUndo, Superseded, ReaderGone.
        """

    @abstractmethod
    def history(self, article: Article) -> list[HistoryItem]:
        """The article's changes, newest first: the last HISTORY_SHOWN of them."""

    @cached_property
    def snapshot(self) -> CatalogSnapshot:
        """The request's, which its middleware sets; without a request, the one of now."""
        return current(self.user)

    @cached_property
    def states(self) -> Mapping[int, str]:
        return self.load_states()

    @cached_property
    def totals(self) -> statistics.Totals:
        return statistics.count(
            self.snapshot.derive("countable-index", countable_index_of), self.states
        )

    @cached_property
    def new_articles(self) -> Collection[int]:
        """What counts now and did not at their last visit, by primary key."""
        return ()

    @cached_property
    def changed_articles(self) -> Mapping[int, news.ArticleUpdate]:
        return {}

    @cached_property
    def growth(self) -> news.Growth | None:
        return None

    def forget(self) -> None:
        """What was read before a write no longer holds."""
        for name in ("states", "totals", "changed_articles", "growth"):
            self.__dict__.pop(name, None)

    def remember(self, states: Mapping[int, str]) -> None:
        """After a write: what it left, without reading it again."""
        self.forget()
        self.states = {pk: state for pk, state in states.items() if state != StateName.TODO}

    def state_of(self, article_id: int) -> StateName:
        return StateName(self.states.get(article_id, StateName.TODO))

    def is_in(self, states: Collection[str]) -> Callable[[int], bool]:
        """Tells of an article's id whether its state is one of them."""
        own = {pk for pk, state in self.states.items() if state in states}
        if StateName.TODO not in states:
            return own.__contains__
        others = self.states.keys() - own
        return lambda article_id: article_id not in others

    def next_entry(self) -> Entry | None:
        """What to read next: the first of the journey that is to do and can be read."""
        readable: list[IndexedEntry] = self.snapshot.derive("readable", readable_of)
        return next((p.entry for p in readable if p.article_id not in self.states), None)
