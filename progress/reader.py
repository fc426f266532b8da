"""A reader and their progress: the same interface for a learner and for a visitor."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, ClassVar, Self, TypeVar

from django.utils.functional import cached_property

from catalog.models import Article, Entry
from catalog.prerequisites.prerequisite_index import PrerequisiteIndex
from catalog.search.bitmaps import Bitmap
from catalog.search.entry_index import EntryIndex
from catalog.snapshot import CatalogSnapshot, IndexedEntry, current
from playbook.http import Reader
from playbook.study_day import end_of, study_day
from progress import news, statistics
from progress.states import Stage, StateName

_T = TypeVar("_T")

HISTORY_SHOWN = 10
STARTED = StateName.at(Stage.STARTED)
NEVER = datetime.min.replace(tzinfo=UTC)
FORGOTTEN = (
    "states",
    "totals",
    "changed_articles",
    "growth",
    "confidences",
    "behind",
    "current_article",
)
"""The cached properties that a write makes stale."""


class NothingToUndo(Exception):
    """The reader made no such change, or it is an undo."""


class Superseded(Exception):
    """The article or card was changed again after the change that was to be undone."""


class ReaderGone(Exception):
    """The session or the account of the request ended while it was running."""


class TooManyVisitors(Exception):
    """Too many visitors began to mark at the same network address."""


@dataclass(frozen=True)
class StateChange:
    """The result of a write. `event_id` is None if the article was in that state already."""

    article: Article
    before: StateName
    after: StateName
    event_id: int | None = None


@dataclass(frozen=True)
class HistoryItem:
    """A state change in the history of an article."""

    event_id: int
    from_state: StateName
    to_state: StateName
    happened_at: datetime
    is_undo: bool = False


def countable_index_of(snapshot: CatalogSnapshot) -> statistics.CountableIndex:
    return statistics.CountableIndex(snapshot.indexed_entries)


def readable_of(snapshot: CatalogSnapshot) -> list[IndexedEntry]:
    """Return the countable entries whose article has a link."""
    return [
        indexed
        for indexed in snapshot.indexed_entries
        if indexed.is_countable and indexed.entry.article.url
    ]


def without_to_do(states: Mapping[int, str]) -> Mapping[int, str]:
    """Return the states by article id as they are stored: without articles to do."""
    return {pk: state for pk, state in states.items() if state != StateName.TODO}


class ReaderProgress(ABC):
    """The progress of one reader, as one request sees it."""

    user: Reader
    is_visitor: ClassVar[bool]

    @property
    @abstractmethod
    def version(self) -> Hashable:
        """A value that changes whenever a page would show this reader something different."""

    @property
    @abstractmethod
    def marks_on_open(self) -> bool:
        """True if opening an article sets it to reading."""

    @abstractmethod
    def load_states(self) -> Mapping[int, str]:
        """Return the state by article id, without articles to do, in one query at most."""

    @abstractmethod
    def set(
        self, article: Article, state: StateName, *, only_from: StateName | None = None
    ) -> StateChange:
        """Set the state of the article. Setting it again changes nothing.

        With `only_from`, do nothing if the article is in a different state. Raise `ReaderGone` if
        the session or account ended.
        """

    @abstractmethod
    def set_all(self, articles: Iterable[Article], state: StateName) -> list[StateChange]:
        """Set the state of every one of the articles, in one transaction.

        The events of the change have increasing ids, and no other event of the reader is between
        them. Setting it again changes nothing. Raise `ReaderGone` if the session or account ended.
        """

    @abstractmethod
    def undo(self, event_id: int) -> StateChange:
        """Undo one event. Undoing it again changes nothing.

        Raise `NothingToUndo`, `Superseded` or `ReaderGone`.
        """

    @abstractmethod
    def undo_all(self, first_id: int, last_id: int) -> tuple[list[StateChange], int]:
        """Undo the events of a `set_all`, given its first and last event id.

        Keep the state of articles that were changed again since, and return their number with the
        changes. Undoing it again changes nothing. Raise `NothingToUndo` or `ReaderGone`.
        """

    @abstractmethod
    def history(self, article: Article) -> list[HistoryItem]:
        """Return the latest `HISTORY_SHOWN` changes of the article, newest first."""

    @abstractmethod
    def started_at(self) -> Mapping[int, datetime]:
        """Return the time of the state of each started article, by article id, in one query."""

    @cached_property
    def snapshot(self) -> CatalogSnapshot:
        """The snapshot of the request, or the current one without a request."""
        return current(self.user)

    @cached_property
    def today(self) -> date:
        """The reader's study day, the same for the whole request."""
        return study_day()

    @cached_property
    def day_ends_at(self) -> datetime:
        """The end of the study day of the request."""
        return end_of(self.today)

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
        """The primary keys of countable articles that were added since the reader's last visit."""
        return ()

    @cached_property
    def articles_with_notes(self) -> Collection[int]:
        """The primary keys of the articles about which the reader wrote a note."""
        return ()

    @cached_property
    def changed_articles(self) -> Mapping[int, news.ArticleUpdate]:
        return {}

    @cached_property
    def growth(self) -> news.Growth | None:
        return None

    @property
    def needs_reminder(self) -> bool:
        """True if a visitor is told again that progress is kept in one browser only."""
        return False

    def derive(self, make: Callable[[Self], _T]) -> _T:
        """Return the result of `make`, which is called once until the next write."""
        if make not in self._derived:
            self._derived[make] = make(self)
        derived: _T = self._derived[make]
        return derived

    @cached_property
    def _derived(self) -> dict[Callable[..., Any], Any]:
        return {}

    def forget(self) -> None:
        """Clear what was read before a write."""
        self._derived.clear()
        for name in FORGOTTEN:
            self.__dict__.pop(name, None)

    def remember(self, states: Mapping[int, str]) -> None:
        """Store the states that a write resulted in, so that they are not read again."""
        self.forget()
        self.states = without_to_do(states)

    def state_of(self, article_id: int) -> StateName:
        return StateName(self.states.get(article_id, StateName.TODO))

    @cached_property
    def confidences(self) -> Mapping[int, int]:
        """The confidence that the reader reported, by article id."""
        return {}

    def entries_with(
        self, field: str, values: Collection[str], snapshot: CatalogSnapshot
    ) -> Bitmap:
        """Return the entries whose article has one of the values of a reader filter."""
        if field == "confidence":
            chosen = {pk for pk, level in self.confidences.items() if str(level) in values}
            return EntryIndex.of(snapshot).of_articles(chosen)
        return self._entries_in(values, snapshot)

    def _entries_in(self, states: Collection[str], snapshot: CatalogSnapshot) -> Bitmap:
        index = EntryIndex.of(snapshot)
        own = {pk for pk, state in self.states.items() if state in states}
        if StateName.TODO not in states:
            return index.of_articles(own)
        return index.everything & ~index.of_articles(self.states.keys() - own)

    def next_entry(self) -> Entry | None:
        """Return the first entry of the journey whose article is to do and can be read next.

        If none can, return the first one to do. An article needs a link to be read.
        """
        readable: list[IndexedEntry] = self.snapshot.derive("readable", readable_of)
        to_do = (indexed for indexed in readable if indexed.article_id not in self.states)
        first = next(to_do, None)
        if first is None or self.is_next(first.article_id):
            return first.entry if first else None
        open_ = (indexed for indexed in to_do if self.is_next(indexed.article_id))
        return next(open_, first).entry

    def is_next(self, article_id: int) -> bool:
        """Return whether the article is to do and everything to read before it is finished."""
        if article_id in self.states:
            return False
        return PrerequisiteIndex.of(self.snapshot).is_open(article_id, self.behind)

    @cached_property
    def behind(self) -> Collection[int]:
        """The primary keys of the articles that the reader has finished or skipped."""
        behind = set(StateName.at(Stage.FINISHED, Stage.EXCLUDED))
        return {pk for pk, state in self.states.items() if state in behind}

    @cached_property
    def current_article(self) -> Article | None:
        """The article that the reader began to read last; else the next one."""
        reading = [pk for pk, state in self.states.items() if state in STARTED]
        articles = (self.snapshot.by_pk.get(pk) for pk in reading)
        shown = [article for article in articles if article and article.is_countable]
        if shown:
            began_at = self.started_at() if len(shown) > 1 else {}
            shown.sort(key=lambda article: self.snapshot.place_of(article.pk))
            return max(shown, key=lambda article: began_at.get(article.pk, NEVER))
        entry = self.next_entry()
        return entry.article if entry else None
