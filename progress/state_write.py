"""A change of the state of one article of a learner, with the event that records it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils import timezone

from accounts.models import User
from catalog.models import Article
from progress.kept_rows import Rows
from progress.models import Event, State
from progress.reader import StateChange, without_to_do
from progress.short_write import ShortWrite
from progress.sql import lock_and_resolve, states_of, write_event, write_state
from progress.states import StateName

if TYPE_CHECKING:
    from progress.learner import LearnerProgress


class StateWrite(ShortWrite):
    """A change of the state of one article, from any state or only from one."""

    changes = frozenset({"progress_state", "progress_event"})

    def __init__(
        self,
        progress: LearnerProgress,
        article: Article,
        state: StateName,
        only_from: StateName | None,
    ) -> None:
        self._progress = progress
        self._article = article
        self._state = state
        self._only_from = only_from

    def prepare(self) -> None:
        progress, article = self._progress, self._article
        before = progress.state_of(article.pk)
        after = self._state if self._only_from in {None, before} else before
        self._states = {**progress.states, article.pk: after}
        self.change = StateChange(article, before, after)
        self._event = event_of(progress.user, self.change, timezone.now())
        self._row = state_after(self._event)

    def lock(self) -> bool:
        """Lock the article. If it was merged since, change the state of the other one."""
        pk = self._article.pk
        kept_id = lock_and_resolve([pk]).get(pk, pk)
        if kept_id == pk:
            return True
        self._article = Article.objects.select_related("status").get(pk=kept_id)
        return False

    def store(self) -> None:
        if self.change.before != self.change.after:
            write_event(self._event)
            write_state(self._row)
            self.change = replace(self.change, event_id=self._event.pk)

    def known_rows(self) -> Rows:
        return {states_of: without_to_do(self._states)}


def event_of(
    user: User, change: StateChange, happened_at: datetime, undoes: Event | None = None
) -> Event:
    return Event(
        user=user,
        article=change.article,
        from_state=change.before.value,
        to_state=change.after.value,
        happened_at=happened_at,
        undoes=undoes,
    )


def state_after(event: Event) -> State:
    return State(
        user=event.user,
        article=event.article,
        state=event.to_state,
        changed_at=event.happened_at,
    )
