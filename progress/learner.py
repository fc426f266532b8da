from collections.abc import Collection, Hashable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from django.db import connections, router, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.functional import cached_property

from accounts.models import User
from catalog.history.article_history import article_history_of
from catalog.models import Article
from progress import article_notes, news
from progress.kept_rows import KEPT_ROWS, Reading, Rows
from progress.models import Event, State
from progress.page_sql import StoredCompletion, completions_of, started_at_of
from progress.reader import (
    HISTORY_SHOWN,
    HistoryItem,
    NothingToUndo,
    ReaderGone,
    ReaderProgress,
    StateChange,
    Superseded,
)
from progress.short_write import ShortWrite
from progress.sql import (
    history_of,
    lock_and_resolve,
    lock_learner,
    lock_learner_at,
    states_of,
    write_event,
    write_state,
)
from progress.state_write import StateWrite, event_of, state_after
from progress.states import StateName

_T = TypeVar("_T")


class LearnerProgress(ReaderProgress):
    """The progress of a learner who is signed in, kept in the database."""

    user: User
    is_visitor = False

    def __init__(self, user: User, *, keeps_rows: bool = False) -> None:
        """With `keeps_rows`, use the rows that an earlier request read, and keep those read now.

        A request that writes may not: it can read rows of a transaction that is rolled back.
        """
        self.user = user
        self._keeps_rows = keeps_rows

    def rows(self, read: Reading[_T]) -> _T:
        """Return what `read` returns of the learner's rows, read once until the next write.

        The result is shared by requests, so nobody changes it.
        """
        known = self._rows
        if read not in known:
            known[read] = read(self.user)
            KEPT_ROWS.count(self.user.pk, known)
        rows: _T = known[read]
        return rows

    @cached_property
    def _rows(self) -> Rows:
        return self._kept_at(self.user.progress_version) if self._keeps_rows else {}

    def _kept_at(self, progress_version: int) -> Rows:
        return KEPT_ROWS.of(self.user.pk, self._version_of_rows(progress_version))

    def _version_of_rows(self, progress_version: int) -> Hashable:
        # A restored backup can repeat a progress version, but never the version of the catalogue.
        return progress_version, self.snapshot.version, self.today

    def forget(self) -> None:
        super().forget()
        self._keeps_rows = False
        self.__dict__.pop("_rows", None)

    def write(self, write: ShortWrite) -> None:
        """Prepare a write, and store it. Raise `ReaderGone`, and what the write raises.

        What was read of other tables than those that it changes is kept.
        """
        is_outermost = not connections[router.db_for_write(User)].in_atomic_block
        if is_outermost:
            self.forget()
            self._rows = dict(self._kept_at(self.user.progress_version))
        write.prepare()
        with transaction.atomic():
            still_fits = write.lock()
            is_as_read = lock_learner_at(self.user, self.user.progress_version)
            if not is_as_read:
                self.lock()
            if not (still_fits and is_as_read):
                write.prepare()
            write.store()
        # The rest of a longer transaction can change any table.
        if not (is_outermost and is_as_read):
            self.forget()
            return
        read, known = self._rows, write.known_rows()
        self.forget()
        others = {each: rows for each, rows in read.items() if not each.tables & write.changes}
        self._rows = others | known
        KEPT_ROWS.put(
            self.user.pk, self._version_of_rows(self.user.progress_version + 1), self._rows
        )

    @property
    def version(self) -> Hashable:
        """The progress version, the study day, and what pages show about the account."""
        user = self.user
        return (
            user.pk,
            user.progress_version,
            self.today,
            self.day_ends_at,
            user.new_since,
            user.get_username(),
            user.is_staff,
            user.shows_streak,
            user.marks_reading_on_open,
            user.daily_review_limit,
            user.daily_new_card_limit,
            user.retention,
        )

    @property
    def marks_on_open(self) -> bool:
        return self.user.marks_reading_on_open

    def load_states(self) -> Mapping[int, str]:
        return self.rows(states_of)

    @cached_property
    def new_articles(self) -> Collection[int]:
        return article_history_of(self.snapshot).new_since(self.user.new_since)

    @cached_property
    def articles_with_notes(self) -> Collection[int]:
        return frozenset().union(*map(self.rows, article_notes.readings))

    @cached_property
    def changed_articles(self) -> Mapping[int, news.ArticleUpdate]:
        return news.changed_articles(self.user, self.snapshot, self.states)

    @cached_property
    def confidences(self) -> Mapping[int, int]:
        return {
            pk: row.confidence for pk, row in self.completions.items() if row.confidence is not None
        }

    @property
    def completions(self) -> Mapping[int, StoredCompletion]:
        """The learner's reports on articles that they finished, by article id."""
        return self.rows(completions_of)

    @cached_property
    def growth(self) -> news.Growth | None:
        whole = self.totals.overall
        return news.growth(self.snapshot, self.user.date_joined, self.states, whole)

    @transaction.atomic
    def acknowledge_changes(self, until: datetime, article: Article | None = None) -> None:
        """Dismiss the changes up to this time, of one article or of all changed articles.

        Dismissing them again changes nothing. Later changes are still shown.
        """
        self.lock()
        dismissed = self.changed_articles.keys() & ({article.pk} if article else self.states.keys())
        states = State.objects.for_user(self.user).filter(article__in=dismissed)
        states.exclude(changes_seen_at__gte=until).update(changes_seen_at=until)
        self.forget()

    def set(
        self, article: Article, state: StateName, *, only_from: StateName | None = None
    ) -> StateChange:
        write = StateWrite(self, article, state, only_from)
        self.write(write)
        return write.change

    @transaction.atomic
    def set_all(self, articles: Iterable[Article], state: StateName) -> list[StateChange]:
        by_pk = {article.pk: article for article in articles}
        # An article that was merged into another one since the page was rendered is left out.
        kept_ids = lock_and_resolve(by_pk)
        self.lock()
        present = [article for pk, article in by_pk.items() if kept_ids.get(pk) == pk]
        return self._change_all([(article, state, None) for article in present])

    @transaction.atomic
    def undo(self, event_id: int) -> StateChange:
        self.lock()
        events = Event.objects.for_user(self.user).select_related("article", "undone_by")
        event = events.filter(pk=event_id, undoes=None).first()
        if event is None:
            raise NothingToUndo
        if hasattr(event, "undone_by"):
            current = self.state_of(event.article_id)
            return StateChange(event.article, current, current)
        newer = events.lasting().filter(article=event.article, pk__gt=event.pk)
        is_last = self.state_of(event.article_id) == event.to_state
        # A merge of two articles orders their events by time, not by primary key.
        if not is_last or newer.filter(happened_at__gte=event.happened_at).exists():
            raise Superseded
        return self._undo(event)

    @transaction.atomic
    def undo_all(self, first_id: int, last_id: int) -> tuple[list[StateChange], int]:
        self.lock()
        own = Event.objects.for_user(self.user)
        first = own.filter(pk=first_id, undoes=None).first()
        if first is None:
            raise NothingToUndo
        # The events of a bulk change have one time.
        bulk = own.filter(pk__gte=first_id, pk__lte=last_id, undoes=None)
        bulk = bulk.filter(happened_at=first.happened_at, to_state=first.to_state)
        events = list(bulk.select_related("article", "undone_by").order_by("pk"))
        # After a merge, two events of the bulk can be about one article.
        newest = {event.article_id: event for event in events}
        oldest = {event.article_id: event for event in reversed(events)}
        open_ids = {pk for pk, event in newest.items() if not hasattr(event, "undone_by")}
        newer = own.lasting().filter(pk__gt=events[-1].pk, happened_at__gte=first.happened_at)
        superseded = {*newer.filter(article__in=open_ids).values_list("article_id", flat=True)}
        superseded |= {pk for pk in open_ids if self.state_of(pk) != first.to_state}
        undone = [
            (event.article, StateName(oldest[pk].from_state), event)
            for pk, event in newest.items()
            if pk in open_ids - superseded
        ]
        return self._change_all(undone), len(superseded)

    def history(self, article: Article) -> list[HistoryItem]:
        return [
            HistoryItem(pk, StateName(before), StateName(after), at, is_undo=is_undo)
            for pk, before, after, at, is_undo in history_of(self.user, article.pk, HISTORY_SHOWN)
        ]

    def started_at(self) -> Mapping[int, datetime]:
        return self.rows(started_at_of)

    def lock(self) -> None:
        """Lock the learner until the transaction ends, and clear what was read of their progress.

        Writes from two tabs or devices run one after the other, so that events form a chain. Raise
        `ReaderGone` if the account was deleted.
        """
        if not lock_learner(self.user):
            raise ReaderGone
        self.forget()

    def _change_all(
        self, targets: Iterable[tuple[Article, StateName, Event | None]]
    ) -> list[StateChange]:
        """Set the state of each article. Each target may name the event that it undoes."""
        targets = list(targets)
        now = self._after_events({article.pk for article, _after, _undoes in targets})
        events: dict[int, Event] = {}
        changes = []
        for article, after, undoes in targets:
            before = self.state_of(article.pk)
            changes.append(StateChange(article, before, after))
            if before != after:
                events[article.pk] = event_of(self.user, changes[-1], now, undoes)
        Event.objects.bulk_create(events.values())
        states = {pk: StateName(event.to_state) for pk, event in events.items()}
        State.objects.write_all(self.user, states, now)
        self.remember({**self.states, **states})
        return [
            replace(change, event_id=events[pk].pk)
            if (pk := change.article.pk) in events
            else change
            for change in changes
        ]

    def _after_events(self, articles: Collection[int]) -> datetime:
        """Return the current time, or a later one if the clock was set back since their events."""
        events = Event.objects.for_user(self.user).filter(article__in=articles).order_by()
        latest = events.aggregate(latest=Max("happened_at"))["latest"]
        return max(timezone.now(), latest) if latest else timezone.now()

    def _undo(self, event: Event) -> StateChange:
        change = StateChange(event.article, StateName(event.to_state), StateName(event.from_state))
        undo = event_of(self.user, change, timezone.now(), undoes=event)
        write_event(undo)
        write_state(state_after(undo))
        self.remember({**self.states, event.article_id: change.after})
        return replace(change, event_id=undo.pk)
