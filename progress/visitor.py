from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import chain
from operator import attrgetter

from django.contrib import auth
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session
from django.db import DatabaseError
from django.utils import timezone

from catalog.models import Article
from progress.reader import (
    HISTORY_SHOWN,
    HistoryItem,
    NothingToUndo,
    ReaderGone,
    ReaderProgress,
    StateChange,
    Superseded,
    TooManyVisitors,
)
from progress.sessions import MARKS, SessionStore
from progress.states import Stage, StateName

MARKS_KEPT = 2000
"""Above this number a session keeps only the marks by which the last changes can be undone."""
REMINDED_FROM = 5
"""The number of marked articles from which a visitor is reminded that nothing else keeps them."""
REMINDER_DISMISSED = "reminder_dismissed"
UNUSED_AGE = 60 * 24 * 60 * 60
"""Seconds after which a session ends that nobody used."""
USED_ON = "used_on"
CLEARED = 20
"""The number of expired sessions that a new one deletes: a site without a schedule stays clean."""


@dataclass(frozen=True)
class Mark:
    """A state change in a visitor's session."""

    event_id: int  # microseconds since 1970, unique in the session
    article_id: int
    state: StateName
    is_undone: bool = False

    @property
    def happened_at(self) -> datetime:
        return datetime.fromtimestamp(self.event_id / 1_000_000, UTC)


def read_marks(session: SessionBase) -> list[Mark]:
    """Return the marks of a session, oldest first, including undone ones."""
    return [
        Mark(event_id, article_id, StateName(state), is_undone)
        for event_id, article_id, state, is_undone in session.get(MARKS, [])
    ]


def follow(marks: list[Mark], kept: Mapping[int, int]) -> list[Mark]:
    """Return the marks with merged articles replaced by the ones that were kept.

    `kept` maps an article id to the id of the kept article. The state with the higher rank wins; if
    it is not the last one, a mark with it is added.
    """
    if not any(kept.get(mark.article_id, mark.article_id) != mark.article_id for mark in marks):
        return marks
    ends: dict[int, dict[int, StateName]] = defaultdict(dict)
    for mark in lasting(marks):
        ends[kept.get(mark.article_id, mark.article_id)][mark.article_id] = mark.state
    followed = [
        replace(mark, article_id=kept.get(mark.article_id, mark.article_id)) for mark in marks
    ]
    for article_id, states in ends.items():
        further = StateName.further(states.values())
        if len(states) > 1 and _state_in(followed, article_id) != further:
            followed.append(Mark(followed[-1].event_id + 1, article_id, further))
    return followed


def compacted(marks: list[Mark]) -> list[Mark]:
    """Return the marks that the last change of each article, and its undo, still need."""
    own: dict[int, list[Mark]] = defaultdict(list)
    for mark in marks:
        own[mark.article_id].append(mark)
    needed = (
        [*lasting(of_article)[-2:], *[mark for mark in of_article if mark.is_undone][-1:]]
        for of_article in own.values()
    )
    return sorted(chain.from_iterable(needed), key=attrgetter("event_id"))


def lasting(marks: list[Mark], article_id: int | None = None) -> list[Mark]:
    """Return the marks that were not undone, of all articles or of one."""
    return [mark for mark in marks if not mark.is_undone and article_id in {None, mark.article_id}]


class VisitorProgress(ReaderProgress):
    """The progress of a visitor, kept in their session and so in one browser only."""

    is_visitor = True
    marks_on_open = False
    user = AnonymousUser()

    def __init__(self, session: SessionStore, may_begin: Callable[[], bool] = lambda: True) -> None:
        self.session = session
        self.may_begin = may_begin
        self.wrote_session = False

    @property
    def version(self) -> Hashable:
        """The marks as text, because pages show each of them, and the dismissed reminder."""
        marks = self.session.get(MARKS)
        return (repr(marks), self.session.get(REMINDER_DISMISSED)) if marks else None

    @property
    def needs_reminder(self) -> bool:
        return len(self.states) >= REMINDED_FROM and not self.session.get(REMINDER_DISMISSED)

    def dismiss_reminder(self) -> None:
        """Stop reminding for as long as the session lasts. Raise `ReaderGone` if it ended."""
        if self.session.get(MARKS):
            with self.session.locked():
                self.session[REMINDER_DISMISSED] = True

    def keep(self) -> None:
        """Postpone the end of the session, once a day.

        A page that only reads must work while the database does not accept writes.
        """
        if not self.session.get(MARKS) or self.session.get(USED_ON) == _today():
            return
        with suppress(DatabaseError, ReaderGone):
            with self.session.locked():
                self._postpone_end()
            self.wrote_session = True

    def load_states(self) -> Mapping[int, str]:
        states = {mark.article_id: mark.state for mark in lasting(self._marks())}
        return {pk: state for pk, state in states.items() if state != StateName.TODO}

    def set(
        self, article: Article, state: StateName, *, only_from: StateName | None = None
    ) -> StateChange:
        with self._held_marks() as marks:
            before = _state_in(marks, article.pk)
            if before == state or only_from not in {None, before}:
                return StateChange(article, before, before)
            event_id = _next_id(marks)
            marks.append(Mark(event_id, article.pk, state))
        return StateChange(article, before, state, event_id)

    def set_all(self, articles: Iterable[Article], state: StateName) -> list[StateChange]:
        changes = []
        with self._held_marks() as marks:
            states = {mark.article_id: mark.state for mark in lasting(marks)}
            event_id = _next_id(marks)
            for article in articles:
                before = states.get(article.pk, StateName.TODO)
                if before == state:
                    changes.append(StateChange(article, before, before))
                    continue
                marks.append(Mark(event_id, article.pk, state))
                changes.append(StateChange(article, before, state, event_id))
                event_id += 1
        return changes

    def undo(self, event_id: int) -> StateChange:
        with self._held_marks() as marks:
            mark = next((mark for mark in marks if mark.event_id == event_id), None)
            if mark is None:
                raise NothingToUndo
            article = Article.objects.get(pk=mark.article_id)
            current = _state_in(marks, article.pk)
            if mark.is_undone:
                return StateChange(article, current, current)
            if mark != lasting(marks, article.pk)[-1]:
                raise Superseded
            marks[marks.index(mark)] = replace(mark, is_undone=True)
            return StateChange(article, current, _state_in(marks, article.pk), event_id)

    def undo_all(self, first_id: int, last_id: int) -> tuple[list[StateChange], int]:
        with self._held_marks() as marks:
            in_range = [mark for mark in marks if first_id <= mark.event_id <= last_id]
            if not in_range:
                raise NothingToUndo
            bulk = [mark for mark in in_range if mark.state == in_range[0].state]
            last_mark = {mark.article_id: mark for mark in lasting(marks)}
            # After a merge, two marks of the bulk can be on one article.
            undone = {pk: mark for pk, mark in last_mark.items() if mark in bulk}
            kept = {mark.article_id for mark in lasting(bulk)} - undone.keys()
            marks[:] = [
                replace(mark, is_undone=True)
                if mark in bulk and mark.article_id in undone
                else mark
                for mark in marks
            ]
            by_pk = Article.objects.in_bulk(undone)
            states = {mark.article_id: mark.state for mark in lasting(marks)}
            changes = [
                StateChange(by_pk[pk], mark.state, states.get(pk, StateName.TODO), mark.event_id)
                for pk, mark in undone.items()
            ]
        return changes, len(kept)

    def history(self, article: Article) -> list[HistoryItem]:
        marks = lasting(self._marks(), article.pk)
        before = [StateName.TODO, *(mark.state for mark in marks)]
        changes = zip(before, marks, strict=False)
        items = [
            HistoryItem(mark.event_id, old, mark.state, mark.happened_at) for old, mark in changes
        ]
        return items[: -HISTORY_SHOWN - 1 : -1]

    def started_at(self) -> Mapping[int, datetime]:
        last = {mark.article_id: mark for mark in lasting(self._marks())}
        return {
            pk: mark.happened_at for pk, mark in last.items() if mark.state.stage is Stage.STARTED
        }

    def _marks(self) -> list[Mark]:
        marks = read_marks(self.session)
        return follow(marks, self.snapshot.merged) if marks else []

    @contextmanager
    def _held_marks(self) -> Iterator[list[Mark]]:
        """Lock the session, yield its marks, and write them back at the end."""
        marks = self._marks()  # This clears the key of a session that ended.
        if self.session.session_key is None:
            if not self.may_begin():
                raise TooManyVisitors
            yield marks
            self._write(marks)
            clear_expired()
        else:
            with self.session.locked():
                marks = self._marks()
                yield marks
                self._write(marks)
            self.wrote_session = True
        self.forget()

    def _write(self, marks: list[Mark]) -> None:
        if len(marks) > MARKS_KEPT:
            marks = compacted(marks)
        self.session[MARKS] = [
            [mark.event_id, mark.article_id, mark.state, mark.is_undone] for mark in marks
        ]
        # The keys of a deleted account would make signing in empty the session.
        for name in (auth.SESSION_KEY, auth.BACKEND_SESSION_KEY, auth.HASH_SESSION_KEY):
            self.session.pop(name, None)
        self._postpone_end()

    def _postpone_end(self) -> None:
        self.session[USED_ON] = _today()
        self.session.set_expiry(UNUSED_AGE)


def clear_expired() -> None:
    """Delete some sessions that expired."""
    expired = Session.objects.filter(expire_date__lt=timezone.now())
    keys = expired.order_by("expire_date").values_list("pk", flat=True)[:CLEARED]
    Session.objects.filter(pk__in=list(keys)).delete()


def _today() -> str:
    return timezone.now().date().isoformat()


def _next_id(marks: list[Mark]) -> int:
    now = int(timezone.now().timestamp() * 1_000_000)
    return max(now, marks[-1].event_id + 1 if marks else 0)


def _state_in(marks: list[Mark], article_id: int) -> StateName:
    own = lasting(marks, article_id)
    return own[-1].state if own else StateName.TODO
