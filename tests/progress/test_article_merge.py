"""Merging two articles loses no state and no event."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import combinations
from operator import attrgetter
from threading import Barrier

import pytest
from django.db import connection, connections
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from catalog.merging import merge_articles
from catalog.models import Article
from progress.activity import days_of
from progress.learner import LearnerProgress
from progress.models import Event, State
from progress.reader import Superseded
from progress.session_merge import merge
from progress.sessions import SessionStore
from progress.states import StateName
from progress.visitor import Mark, VisitorProgress

pytestmark = pytest.mark.usefixtures("playbook")

TODO, READING, DONE, SKIPPED = map(StateName, ["todo", "reading", "done", "skipped"])
ORDER = [TODO, SKIPPED, READING, DONE]


@pytest.fixture
def kept() -> Article:
    return Article.objects.get(slug="payment-wallet")


@pytest.fixture
def duplicate() -> Article:
    return Article.objects.get(slug="ticket-booking-system")


def mark(user: User, *steps: tuple[Article, StateName]) -> None:
    for article, state in steps:
        LearnerProgress(user).set(article, state)


def expect_chain(user: User, article: Article) -> None:
    """Check that each event starts where the previous one ended and the last sets the state."""
    events = list(Event.objects.filter(user=user, article=article).order_by("happened_at", "pk"))
    ends = [TODO, *(event.to_state for event in events)]
    assert [event.from_state for event in events] == ends[:-1]
    assert LearnerProgress(user).state_of(article.pk) == ends[-1]


@pytest.mark.parametrize("one", StateName)
@pytest.mark.parametrize("other", StateName)
def test_the_further_state_wins_and_no_event_is_lost(
    learner: User, kept: Article, duplicate: Article, one: StateName, other: StateName
) -> None:
    mark(
        learner,
        (kept, READING),
        (duplicate, SKIPPED),
        (kept, TODO),
        (duplicate, other),
        (kept, one),
    )
    before = {event.pk: event.to_state for event in Event.objects.all()}
    merge_articles(kept, duplicate)
    assert LearnerProgress(learner).state_of(kept.pk) == max(one, other, key=ORDER.index)
    assert before.items() <= {event.pk: event.to_state for event in Event.objects.all()}.items()
    assert not Event.objects.filter(article=duplicate).exists()
    assert not State.objects.filter(article=duplicate).exists()
    expect_chain(learner, kept)


def test_a_learner_with_only_the_duplicate_keeps_all_progress(
    learner: User, kept: Article, duplicate: Article
) -> None:
    mark(learner, (duplicate, READING), (duplicate, DONE))
    fields = ("pk", "from_state", "to_state", "happened_at")
    events, at = list(Event.objects.values_list(*fields)), State.objects.get().changed_at
    version = learner.progress_version
    merge_articles(kept, duplicate)
    assert list(Event.objects.filter(article=kept).values_list(*fields)) == events
    assert State.objects.get(article=kept).changed_at == at
    learner.refresh_from_db()
    assert learner.progress_version > version


def test_a_learner_with_only_the_kept_article_is_unchanged(
    learner: User, kept: Article, duplicate: Article
) -> None:
    mark(learner, (kept, DONE))
    version = User.objects.get(pk=learner.pk).progress_version
    merge_articles(kept, duplicate)
    assert User.objects.get(pk=learner.pk).progress_version == version
    expect_chain(learner, kept)


def test_the_totals_equal_a_recount(learner: User, kept: Article, duplicate: Article) -> None:
    mark(learner, (kept, READING), (duplicate, DONE))
    before = LearnerProgress(learner).totals.overall
    assert (before["done"], before["reading"]) == (1, 1)
    merge_articles(kept, duplicate)
    after = LearnerProgress(learner).totals.overall
    assert (after["done"], after["reading"], after.countable) == (1, 0, before.countable - 1)


def test_days_count_the_article_once(learner: User, kept: Article, duplicate: Article) -> None:
    mark(learner, (kept, DONE), (duplicate, DONE))
    merge_articles(kept, duplicate)
    [day] = days_of(learner, [])
    assert (day.started, day.finished) == (0, 1)
    expect_chain(learner, kept)


def undo_everything(user: User, article: Article) -> None:
    """Undo every offered change in turn and check the chain after each."""
    while True:
        events = Event.objects.for_user(user).filter(article=article).with_can_undo()
        can_undo = attrgetter("can_undo")  # an annotation
        offered = [event.pk for event in events if can_undo(event)]
        for pk in offered:
            try:
                LearnerProgress(user).undo(pk)
            except Superseded:
                continue
            expect_chain(user, article)
            break
        else:
            return


SEQUENCES = list(combinations([(0, READING), (1, DONE), (0, DONE), (1, SKIPPED), (0, TODO)], 4))


@pytest.mark.parametrize("steps", SEQUENCES)
def test_undo_after_a_merge_leaves_a_chain(
    learner: User, kept: Article, duplicate: Article, steps: list[tuple[int, StateName]]
) -> None:
    mark(learner, *((duplicate if which else kept, state) for which, state in steps))
    merge_articles(kept, duplicate)
    expect_chain(learner, kept)
    undo_everything(learner, kept)


def test_undone_events_stay_undone(learner: User, kept: Article, duplicate: Article) -> None:
    change = LearnerProgress(learner).set(duplicate, DONE)
    mark(learner, (kept, READING))
    assert change.event_id is not None
    LearnerProgress(learner).undo(change.event_id)
    merge_articles(kept, duplicate)
    expect_chain(learner, kept)
    assert LearnerProgress(learner).state_of(kept.pk) == READING
    assert change.event_id not in Event.objects.lasting().values_list("pk", flat=True)
    undo_everything(learner, kept)


def test_a_mark_at_the_old_address_sets_the_kept_article(
    client: Client, learner: User, kept: Article, duplicate: Article
) -> None:
    merge_articles(kept, duplicate)
    client.force_login(learner)
    client.post(reverse("progress:state_set", args=[duplicate.slug]), {"state": "done"})
    assert dict(LearnerProgress(learner).states) == {kept.pk: DONE}
    LearnerProgress(learner).set(duplicate, READING)
    assert dict(LearnerProgress(learner).states) == {kept.pk: READING}


@pytest.mark.parametrize(("one", "other"), [(DONE, READING), (READING, DONE), (SKIPPED, TODO)])
def test_a_visitors_marks_count_for_the_kept_article(
    kept: Article, duplicate: Article, one: StateName, other: StateName
) -> None:
    session = SessionStore()
    session.create()
    VisitorProgress(session).set(duplicate, READING)
    VisitorProgress(session).set(duplicate, one)
    VisitorProgress(session).set(kept, other)
    merge_articles(kept, duplicate)
    visitor = VisitorProgress(session)
    assert dict(visitor.states) == {kept.pk: max(one, other, key=ORDER.index)}
    assert visitor.totals.overall.countable - visitor.totals.overall["todo"] == 1
    visitor.set(kept, TODO)
    assert dict(VisitorProgress(session).states) == {}


def test_a_visitors_marks_are_merged_into_an_account_after_a_merge(
    learner: User, kept: Article, duplicate: Article
) -> None:
    merge_articles(kept, duplicate)
    start = 1_767_225_600_000_000
    merge(learner, [Mark(start, duplicate.pk, DONE), Mark(start + 1, kept.pk, READING)])
    assert dict(LearnerProgress(learner).states) == {kept.pk: DONE}
    expect_chain(learner, kept)


def many(count: int, kept: Article, duplicate: Article) -> list[User]:
    users = [User.objects.create_user(f"learner-{number}") for number in range(count)]
    for number, user in enumerate(users):
        states = [ORDER[number % 4], ORDER[number // 4 % 4]]
        mark(user, (kept, states[0]), (duplicate, states[1]), (kept, READING), (kept, states[0]))
    return users


def test_the_preview_describes_the_merge(
    client: Client, editor: User, kept: Article, duplicate: Article
) -> None:
    users = many(16, kept, duplicate)
    client.force_login(editor)
    page = client.get("/admin/catalog/article/merge/", {"kept": kept.pk, "gone": duplicate.pk})
    learners = page.context["learners"]
    assert (learners.on_kept, learners.on_duplicate, learners.on_both) == (12, 12, 9)
    merge_articles(kept, duplicate)
    assert learners.afterwards == Counter(
        StateName(state).label
        for state in State.objects.filter(article=kept).values_list("state", flat=True)
    )
    for user in users:
        expect_chain(user, kept)


def queries_of(kept: Article, duplicate: Article) -> list[str]:
    with CaptureQueriesContext(connection) as queries:
        merge_articles(kept, duplicate)
    return [query["sql"].split("(")[0][:60] for query in queries]


def test_query_count_of_a_merge_does_not_depend_on_the_learners(
    kept: Article, duplicate: Article
) -> None:
    other, last = Article.objects.exclude(pk__in=[kept.pk, duplicate.pk]).filter(
        entries__section__slug="caching"
    )[:2]
    many(16, kept, duplicate)
    few = len(queries_of(kept, duplicate))
    for user in User.objects.all():
        mark(user, *((other, state) for state in (READING, DONE)))
        mark(user, *((last, state) for state in (DONE, SKIPPED, READING)))
    User.objects.bulk_create(User(username=f"more-{number}") for number in range(30))
    for user in User.objects.filter(username__startswith="more"):
        mark(user, (other, READING), (last, SKIPPED), (other, DONE))
    assert len(queries_of(other, last)) <= few + 2


@pytest.mark.django_db(transaction=True)
def test_marking_while_it_is_merged_loses_nothing(kept: Article, duplicate: Article) -> None:
    users = many(6, kept, duplicate)
    fresh = [User.objects.create_user(f"fresh-{number}") for number in range(6)]
    start = Barrier(13)

    def run(action: Callable[[], object]) -> None:
        try:
            start.wait(timeout=30)
            action()
        finally:
            connections.close_all()

    def marking(user: User) -> Callable[[], object]:
        return lambda: [LearnerProgress(user).set(duplicate, s) for s in (READING, SKIPPED, DONE)]

    actions: list[Callable[[], object]] = [marking(user) for user in (*users, *fresh)]
    actions.append(lambda: merge_articles(kept, duplicate))
    with ThreadPoolExecutor(max_workers=len(actions)) as pool:
        for future in [pool.submit(run, action) for action in actions]:
            future.result()
    leftovers: list[type[Model]] = [Event, State]
    assert [m._default_manager.filter(article=duplicate).count() for m in leftovers] == [0, 0]
    for user in (*users, *fresh):
        expect_chain(user, kept)
        assert LearnerProgress(user).state_of(kept.pk) == DONE


def test_events_in_the_future_end_in_the_winning_state(
    learner: User, kept: Article, duplicate: Article
) -> None:
    mark(learner, (duplicate, DONE), (kept, READING))
    Event.objects.filter(article=kept).update(happened_at=timezone.now() + timedelta(days=1))
    merge_articles(kept, duplicate)
    expect_chain(learner, kept)
    assert LearnerProgress(learner).state_of(kept.pk) == DONE


def test_a_merge_is_no_study_of_its_day(learner: User, kept: Article, duplicate: Article) -> None:
    mark(learner, (kept, DONE), (duplicate, READING))
    Event.objects.update(happened_at=timezone.now() - timedelta(days=4))
    merge_articles(kept, duplicate)
    expect_chain(learner, kept)
    assert LearnerProgress(learner).state_of(kept.pk) == DONE
    assert not Event.objects.on_day(timezone.localdate()).exists()
