"""A reader and their progress: the same interface for a learner and for a visitor."""

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, ClassVar

from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from catalog.models import Article, Entry
from catalog.querysets import ArticleQuerySet, EntryQuerySet
from progress import statistics
from progress.models import StateName


class NothingToUndo(Exception):
    """The event is not the reader's, or is an undo itself."""


class Superseded(Exception):
    """The article's state was changed again after the event."""


class ReaderGone(Exception):
    """The session or the account that the request began with ended meanwhile."""


@dataclass(frozen=True)
class Change:
    """What a write did; `event_id` is None where the article was in that state already."""

    article: Article
    before: StateName
    after: StateName
    event_id: int | None = None


@dataclass(frozen=True)
class Past:
    """One change in an article's history."""

    event_id: int
    from_state: StateName
    to_state: StateName
    happened_at: datetime
    is_undo: bool = False


class ReaderProgress(ABC):
    is_visitor: ClassVar[bool]
    state_choices: ClassVar[list[tuple[str, Any]]] = StateName.choices
    controls: ClassVar[list[tuple[str, Any]]] = [
        *((state.value, state.label) for state in StateName if state != StateName.SKIPPED),
        (StateName.SKIPPED.value, _("Skip")),
    ]
    """The words on the buttons that set a state."""

    @abstractmethod
    def load_states(self) -> Mapping[int, str]:
        """State by article id, without those to do, in one query at most."""

    @abstractmethod
    def set(
        self, article: Article, state: StateName, *, only_from: StateName | None = None
    ) -> Change:
        """Puts the article into that state; sent twice it does the same thing once.

        With `only_from`, nothing happens where it is in another state than that. ReaderGone.
        """

    @abstractmethod
    def undo(self, event_id: int) -> Change:
        """Takes one event back; a second time changes nothing.

        NothingToUndo, Superseded, ReaderGone.
        """

    @abstractmethod
    def history(self, article: Article) -> list[Past]:
        """The article's changes, newest first."""

    @cached_property
    def states(self) -> Mapping[int, str]:
        return self.load_states()

    @cached_property
    def totals(self) -> statistics.Totals:
        return statistics.count(Entry.objects.outline(), self.states)

    def forget(self) -> None:
        """After a write: what was read before it no longer holds."""
        for name in ("states", "totals"):
            self.__dict__.pop(name, None)

    def state_of(self, article_id: int) -> StateName:
        return StateName(self.states.get(article_id, StateName.TODO))

    def filter(self, entries: EntryQuerySet, states: Collection[str]) -> EntryQuerySet:
        """The entries whose article is in one of these states."""
        chosen = Q(article__in=[pk for pk, state in self.states.items() if state in states])
        if StateName.TODO in states:
            chosen |= ~Q(article__in=list(self.states))
        return entries.filter(chosen)

    def next_entry(self) -> Entry | None:
        """What to read next: the first of the journey that is to do and can be read."""
        readable = Entry.objects.countable().exclude(article__url="")
        to_do = self.filter(readable, [StateName.TODO])
        return to_do.in_journey_order().with_place().first()

    def with_learner_count(self, articles: ArticleQuerySet) -> ArticleQuerySet:
        """Annotates `learner_count`: how many learners have a state on the article."""
        return articles.annotate(learner_count=Count("states", distinct=True))
