from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from catalog.models import Article
from progress.models import Event, State, StateName
from progress.reader import (
    Change,
    NothingToUndo,
    Past,
    ReaderGone,
    ReaderProgress,
    Superseded,
)


class LearnerProgress(ReaderProgress):
    """The progress of somebody who signed in, in the database."""

    is_visitor = False

    def __init__(self, user: User) -> None:
        self.user = user

    def load_states(self) -> Mapping[int, str]:
        return dict(State.objects.for_user(self.user).values_list("article_id", "state"))

    @transaction.atomic
    def set(
        self, article: Article, state: StateName, *, only_from: StateName | None = None
    ) -> Change:
        self.lock()
        before = self._stored_state(article)
        if only_from not in {None, before}:
            return Change(article, before, before)
        return self._move(article, before, state)

    @transaction.atomic
    def undo(self, event_id: int) -> Change:
        self.lock()
        events = Event.objects.for_user(self.user).select_related("article", "undone_by")
        event = events.filter(pk=event_id, undoes=None).first()
        if event is None:
            raise NothingToUndo
        if hasattr(event, "undone_by"):
            now = self._stored_state(event.article)
            return Change(event.article, now, now)
        newest = events.lasting().filter(article=event.article).latest("pk")
        if newest != event:
            raise Superseded
        before, after = StateName(event.to_state), StateName(event.from_state)
        return self._move(event.article, before, after, undoes=event)

    def history(self, article: Article) -> list[Past]:
        events = Event.objects.for_user(self.user).filter(article=article)
        return [
            Past(
                event.pk,
                StateName(event.from_state),
                StateName(event.to_state),
                event.happened_at,
                is_undo=event.undoes_id is not None,
            )
            for event in events
        ]

    def lock(self) -> None:
        """Two tabs or devices of one learner take turns, so that events form a chain.

        ReaderGone where the account was deleted meanwhile.
        """
        users = User.objects.select_for_update(no_key=True).only("pk")
        if not users.filter(pk=self.user.pk).first():
            raise ReaderGone

    def _stored_state(self, article: Article) -> StateName:
        stored = State.objects.for_user(self.user).filter(article=article).first()
        return StateName(stored.state) if stored else StateName.TODO

    def _move(
        self, article: Article, before: StateName, after: StateName, undoes: Event | None = None
    ) -> Change:
        if before == after:
            return Change(article, before, after)
        now = timezone.now()
        event = Event.objects.create(
            user=self.user,
            article=article,
            from_state=before,
            to_state=after,
            happened_at=now,
            undoes=undoes,
        )
        if after == StateName.TODO:
            State.objects.for_user(self.user).filter(article=article).delete()
        else:
            State.objects.update_or_create(
                user=self.user, article=article, defaults={"state": after, "changed_at": now}
            )
        self.forget()
        return Change(article, before, after, event.pk)
