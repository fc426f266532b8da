"""Setting and undoing states, for learners and for visitors."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone

from accounts.models import User
from catalog.models import Article, Entry
from catalog.prerequisites.models import Prerequisite
from progress.activity import days_of
from progress.learner import LearnerProgress
from progress.models import Event, State
from progress.reader import (
    HISTORY_SHOWN,
    NothingToUndo,
    ReaderGone,
    ReaderProgress,
    Superseded,
)
from progress.sessions import SessionStore
from progress.states import StateName
from progress.visitor import VisitorProgress

pytestmark = pytest.mark.usefixtures("playbook")

TODO, READING, DONE, SKIPPED = map(StateName, ["todo", "reading", "done", "skipped"])


@pytest.fixture
def wallet() -> Article:
    return Article.objects.get(slug="payment-wallet")


@pytest.fixture
def booking() -> Article:
    return Article.objects.get(slug="ticket-booking-system")


@pytest.fixture(params=["learner", "visitor"])
def progress(request: pytest.FixtureRequest, learner: User) -> ReaderProgress:
    if request.param == "learner":
        return LearnerProgress(learner)
    session = SessionStore()
    session.create()
    return VisitorProgress(session)


def history(progress: ReaderProgress, article: Article) -> list[tuple[str, str]]:
    return [(past.from_state, past.to_state) for past in progress.history(article)]


def test_setting_a_state_changes_that_article_only(
    progress: ReaderProgress, wallet: Article, booking: Article
) -> None:
    change = progress.set(wallet, READING)
    assert (change.before, change.after) == (TODO, READING)
    assert progress.state_of(wallet.pk) == READING
    assert progress.state_of(booking.pk) == TODO


def test_the_same_state_twice_is_one_change(progress: ReaderProgress, wallet: Article) -> None:
    progress.set(wallet, DONE)
    assert progress.set(wallet, DONE).event_id is None
    assert history(progress, wallet) == [(TODO, DONE)]


def test_the_history_is_a_chain_newest_first(progress: ReaderProgress, wallet: Article) -> None:
    for state in (READING, SKIPPED, DONE, TODO):
        progress.set(wallet, state)
    assert history(progress, wallet) == [
        (DONE, TODO),
        (SKIPPED, DONE),
        (READING, SKIPPED),
        (TODO, READING),
    ]
    assert dict(progress.states) == {}


def test_totals_follow_a_change_at_once(progress: ReaderProgress, wallet: Article) -> None:
    before = progress.totals.overall
    progress.set(wallet, DONE)
    after = progress.totals.overall
    assert (before["done"], after["done"], after["todo"]) == (0, 1, before["todo"] - 1)


def test_undo_goes_back_one_step_at_a_time(progress: ReaderProgress, wallet: Article) -> None:
    reading, done = progress.set(wallet, READING), progress.set(wallet, DONE)
    assert reading.event_id is not None
    assert done.event_id is not None
    with pytest.raises(Superseded):
        progress.undo(reading.event_id)
    assert progress.undo(done.event_id).after == READING
    assert progress.undo(reading.event_id).after == TODO
    assert progress.state_of(wallet.pk) == TODO


@pytest.mark.parametrize("is_bulk", [False, True])
def test_an_older_event_cannot_be_undone_when_the_clock_was_set_back(
    learner: User, wallet: Article, is_bulk: bool
) -> None:
    progress = LearnerProgress(learner)

    def mark(state: StateName) -> int:
        change = progress.set_all([wallet], state)[0] if is_bulk else progress.set(wallet, state)
        assert change.event_id is not None
        return change.event_id

    first = mark(READING)
    Event.objects.update(happened_at=timezone.now() + timedelta(hours=1))
    second, third = mark(DONE), mark(READING)
    with pytest.raises(Superseded):
        progress.undo(first)
    assert progress.undo_all(first, first) == ([], 1)
    assert history(progress, wallet) == [(DONE, READING), (READING, DONE), (TODO, READING)]
    events: Any = Event.objects.with_can_undo()
    assert list(events.filter(can_undo=True).values_list("pk", flat=True)) == [third]
    for event, state in [(third, DONE), (second, READING), (first, TODO)]:
        assert progress.undo(event).after == state


def test_an_undo_of_one_article_leaves_the_others(
    progress: ReaderProgress, wallet: Article, booking: Article
) -> None:
    change = progress.set(wallet, DONE)
    progress.set(booking, DONE)
    assert change.event_id is not None
    progress.undo(change.event_id)
    assert dict(progress.states) == {booking.pk: DONE}


def test_an_unknown_event_cannot_be_undone(progress: ReaderProgress) -> None:
    with pytest.raises(NothingToUndo):
        progress.undo(123)


def test_the_next_article_is_the_first_one_to_do(progress: ReaderProgress) -> None:
    entries = list(Entry.objects.listed().in_journey_order()[:4])
    assert progress.next_entry() == entries[0]
    progress.set(entries[0].article, DONE)
    progress.set(entries[1].article, SKIPPED)
    progress.set(entries[2].article, READING)
    assert progress.next_entry() == entries[3]
    for article in Article.objects.all():
        progress.set(article, DONE)
    assert progress.next_entry() is None


def next_article(progress: ReaderProgress) -> Article | None:
    entry = progress.next_entry()
    return entry.article if entry else None


def test_the_next_article_is_one_whose_prerequisites_are_behind(
    progress: ReaderProgress, wallet: Article
) -> None:
    first, second, third = [entry.article for entry in Entry.objects.listed().in_journey_order()][
        :3
    ]
    for article in (first, second):
        Prerequisite.objects.create(article=article, requires=wallet, reason="it needs that")
    Prerequisite.objects.create(article=wallet, requires=third, reason="it needs that too")
    assert next_article(progress) == third
    progress.set(third, READING)
    assert next_article(progress) not in {first, second, wallet}
    progress.set(third, SKIPPED)
    assert progress.is_next(wallet.pk)
    for article in Article.objects.exclude(pk__in=[first.pk, second.pk]):
        progress.set(article, DONE)
    assert next_article(progress) == first
    progress.set(wallet, READING)
    assert not progress.is_next(first.pk)
    assert next_article(progress) == first


def test_a_prerequisite_without_a_link_keeps_nobody_from_reading_on(
    progress: ReaderProgress, wallet: Article
) -> None:
    first = Entry.objects.listed().in_journey_order()[0].article
    Article.objects.filter(pk=wallet.pk).update(url="")
    Prerequisite.objects.create(article=first, requires=wallet, reason="it needs that")
    assert next_article(progress) == first


def test_a_second_undo_changes_nothing_and_reports_the_state(
    progress: ReaderProgress, wallet: Article
) -> None:
    change = progress.set(wallet, DONE)
    assert change.event_id is not None
    progress.undo(change.event_id)
    progress.set(wallet, SKIPPED)
    again = progress.undo(change.event_id)
    assert (again.event_id, again.after) == (None, SKIPPED)
    assert progress.state_of(wallet.pk) == SKIPPED


def test_a_conditional_change_requires_the_expected_state(
    progress: ReaderProgress, wallet: Article
) -> None:
    assert progress.set(wallet, READING, only_from=TODO).after == READING
    progress.set(wallet, DONE)
    change = progress.set(wallet, READING, only_from=TODO)
    assert (change.event_id, change.after) == (None, DONE)
    assert progress.state_of(wallet.pk) == DONE


def test_an_undo_is_kept_as_an_event_and_is_no_study(learner: User, wallet: Article) -> None:
    progress = LearnerProgress(learner)
    change = progress.set(wallet, DONE)
    assert change.event_id is not None
    progress.undo(change.event_id)
    assert Event.objects.count() == 2
    assert days_of(learner, []) == []


def test_an_undo_itself_cannot_be_undone(learner: User, wallet: Article) -> None:
    progress = LearnerProgress(learner)
    change = progress.set(wallet, DONE)
    assert change.event_id is not None
    undo = progress.undo(change.event_id)
    assert undo.event_id is not None
    with pytest.raises(NothingToUndo):
        progress.undo(undo.event_id)


def test_events_of_another_learner_cannot_be_seen_or_undone(
    learner: User, editor: User, wallet: Article
) -> None:
    mine, theirs = LearnerProgress(learner), LearnerProgress(editor)
    change = theirs.set(wallet, DONE)
    assert mine.state_of(wallet.pk) == TODO
    assert mine.history(wallet) == []
    assert change.event_id is not None
    with pytest.raises(NothingToUndo):
        mine.undo(change.event_id)
    assert State.objects.get().user == editor


def test_a_visitors_marks_survive_in_the_stored_session(wallet: Article) -> None:
    session = SessionStore()
    VisitorProgress(session).set(wallet, DONE)
    session.save()
    again = VisitorProgress(SessionStore(session.session_key))
    assert again.state_of(wallet.pk) == DONE


def test_a_second_tab_does_not_overwrite_the_first(wallet: Article, booking: Article) -> None:
    session = SessionStore()
    session.create()
    tabs = [VisitorProgress(SessionStore(session.session_key)) for _ in range(2)]
    for tab in tabs:
        assert dict(tab.states) == {}
    tabs[0].set(wallet, DONE)
    tabs[1].set(booking, READING)
    stored = VisitorProgress(SessionStore(session.session_key))
    assert dict(stored.states) == {wallet.pk: DONE, booking.pk: READING}


def test_a_mark_is_refused_after_another_tab_signed_in(wallet: Article) -> None:
    session = SessionStore()
    session.create()
    tab = VisitorProgress(SessionStore(session.session_key))
    assert dict(tab.states) == {}
    session.cycle_key()
    with pytest.raises(ReaderGone):
        tab.set(wallet, DONE)
    assert Session.objects.count() == 1


def test_signing_in_merges_a_mark_made_at_the_same_time(wallet: Article, booking: Article) -> None:
    session = SessionStore()
    session.create()
    signing_in = SessionStore(session.session_key)
    VisitorProgress(signing_in).set(wallet, DONE)
    VisitorProgress(SessionStore(session.session_key)).set(booking, READING)
    signing_in.cycle_key()
    assert dict(VisitorProgress(signing_in).load_states()) == {
        wallet.pk: DONE,
        booking.pk: READING,
    }


def test_a_mark_for_a_deleted_account_is_refused(learner: User, wallet: Article) -> None:
    progress = LearnerProgress(learner)
    User.objects.all().delete()
    with pytest.raises(ReaderGone):
        progress.set(wallet, DONE)


def test_a_very_long_list_of_marks_keeps_every_state(
    wallet: Article, booking: Article, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("progress.visitor.MARKS_KEPT", 5)
    progress = VisitorProgress(SessionStore())
    progress.set(booking, SKIPPED)
    for state in (READING, DONE) * 3:
        progress.set(wallet, state)
    assert dict(progress.states) == {booking.pk: SKIPPED, wallet.pk: DONE}
    assert len(progress.history(wallet)) < 6


def test_a_mark_after_an_expired_session_starts_a_new_one(wallet: Article) -> None:
    session = SessionStore()
    session.create()
    stale = VisitorProgress(SessionStore(session.session_key))
    Session.objects.all().delete()
    stale.set(wallet, DONE)
    assert stale.state_of(wallet.pk) == DONE
    assert stale.session.session_key is None


def in_threads(actions: list[Callable[[], object]]) -> None:
    def run(action: Callable[[], object]) -> None:
        try:
            action()
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=len(actions)) as pool:
        for future in [pool.submit(run, action) for action in actions]:
            future.result()


@pytest.mark.django_db(transaction=True)
def test_concurrent_devices_leave_one_chain_of_events(learner: User) -> None:
    article = Article.objects.get(slug="payment-wallet")
    states = [READING, DONE, SKIPPED, TODO] * 3
    in_threads([partial(LearnerProgress(learner).set, article, state) for state in states])
    chain = [
        (event.from_state, event.to_state)
        for event in Event.objects.for_user(learner).order_by("pk")
    ]
    ends = [TODO, *(to_state for _from, to_state in chain)]
    assert [from_state for from_state, _to in chain] == ends[:-1]
    assert LearnerProgress(learner).state_of(article.pk) == ends[-1]


@pytest.mark.django_db(transaction=True)
def test_concurrent_tabs_keep_every_mark_of_a_visitor() -> None:
    session = SessionStore()
    session.create()
    articles = list(Article.objects.all()[:10])

    tabs = [VisitorProgress(SessionStore(session.session_key)) for _ in articles]
    in_threads(
        [partial(tab.set, article, DONE) for tab, article in zip(tabs, articles, strict=True)]
    )
    stored = VisitorProgress(SessionStore(session.session_key))
    assert dict(stored.states) == {article.pk: DONE for article in articles}


def test_a_long_history_is_cut_to_its_newest_changes(
    progress: ReaderProgress, wallet: Article
) -> None:
    for state in (READING, DONE) * 6:
        progress.set(wallet, state)
    kept = history(progress, wallet)
    assert len(kept) == HISTORY_SHOWN
    assert kept == [(READING, DONE), (DONE, READING)] * (HISTORY_SHOWN // 2)
