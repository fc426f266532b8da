from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone

from catalog.models import Article
from progress.models import StateName
from progress.reader import Change, NothingToUndo, Past, ReaderProgress, Superseded

SESSION_KEY = "progress"


@dataclass(frozen=True)
class Mark:
    """One change of state as a visitor's session keeps it."""

    event_id: int  # microseconds since 1970, never twice in one session
    article_id: int
    state: StateName

    @property
    def happened_at(self) -> datetime:
        return datetime.fromtimestamp(self.event_id / 1_000_000, UTC)


def read_marks(session: SessionBase) -> list[Mark]:
    return _marks(session.get(SESSION_KEY, []))


def _marks(stored: list[Any]) -> list[Mark]:
    return [Mark(event_id, article_id, StateName(state)) for event_id, article_id, state in stored]


class VisitorProgress(ReaderProgress):
    """The progress of somebody who did not sign in, in their session: in this browser only."""

    is_visitor = True

    def __init__(self, session: SessionBase) -> None:
        self.session = session
        self.wrote_session = False

    def load_states(self) -> Mapping[int, str]:
        states = {mark.article_id: mark.state for mark in read_marks(self.session)}
        return {pk: state for pk, state in states.items() if state != StateName.TODO}

    def set(self, article: Article, state: StateName) -> Change:
        with self._held_marks() as marks:
            before = _state_in(marks, article.pk)
            if before == state:
                return Change(article, before, state)
            now = int(timezone.now().timestamp() * 1_000_000)
            event_id = max(now, marks[-1].event_id + 1 if marks else 0)
            marks.append(Mark(event_id, article.pk, state))
        return Change(article, before, state, event_id)

    def undo(self, event_id: int) -> Change:
        with self._held_marks() as marks:
            found = next((mark for mark in marks if mark.event_id == event_id), None)
            if found is None:
                raise NothingToUndo
            article = Article.objects.get(pk=found.article_id)
            if any(mark.article_id == found.article_id for mark in marks[marks.index(found) + 1 :]):
                raise Superseded
            marks.remove(found)
            return Change(article, found.state, _state_in(marks, article.pk), event_id)

    def history(self, article: Article) -> list[Past]:
        marks = [mark for mark in read_marks(self.session) if mark.article_id == article.pk]
        before = [StateName.TODO, *(mark.state for mark in marks)]
        changes = zip(before, marks, strict=False)
        return [Past(mark.event_id, old, mark.state, mark.happened_at) for old, mark in changes][
            ::-1
        ]

    @contextmanager
    def _held_marks(self) -> Iterator[list[Mark]]:
        """The session's marks, held against a second tab until they are written back."""
        marks = read_marks(self.session)  # after which a session that ended has no key
        key = self.session.session_key
        if key is None:
            yield marks
            self._write(self.session, marks)
        else:
            with transaction.atomic():
                Session.objects.select_for_update().filter(session_key=key).first()
                stored = type(self.session)(key)
                marks = read_marks(stored)
                yield marks
                self._write(stored, marks)
                stored.save()
            # Saved already; the middleware must not write its own older copy over it.
            was_modified = self.session.modified
            self._write(self.session, marks)
            self.session.modified = was_modified
            self.wrote_session = True
        self.forget()

    def _write(self, session: SessionBase, marks: list[Mark]) -> None:
        session[SESSION_KEY] = [[mark.event_id, mark.article_id, mark.state] for mark in marks]


def _state_in(marks: list[Mark], article_id: int) -> StateName:
    return next(
        (mark.state for mark in reversed(marks) if mark.article_id == article_id), StateName.TODO
    )
