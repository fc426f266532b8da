from collections import Counter
from datetime import UTC, datetime

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from catalog.models import Article
from progress.learner import LearnerProgress
from progress.models import Event, State
from progress.session_merge import merge, summary
from progress.states import StateName
from progress.visitor import Mark

pytestmark = pytest.mark.usefixtures("playbook")

TODO, READING, DONE, SKIPPED = map(StateName, ["todo", "reading", "done", "skipped"])
START = 1_767_225_600_000_000  # 2026-01-01, in microseconds


def marks(article: Article, *states: StateName) -> list[Mark]:
    day = 86_400_000_000
    return [Mark(START + day * n, article.pk, state) for n, state in enumerate(states)]


@pytest.fixture
def wallet() -> Article:
    return Article.objects.get(slug="payment-wallet")


@pytest.mark.parametrize("mine", StateName)
@pytest.mark.parametrize("visitors", StateName)
def test_the_further_state_wins(
    learner: User, wallet: Article, mine: StateName, visitors: StateName
) -> None:
    progress = LearnerProgress(learner)
    progress.set(wallet, mine)
    merge(learner, marks(wallet, visitors))
    order = [TODO, SKIPPED, READING, DONE]
    further = max(mine, visitors, key=order.index)
    assert LearnerProgress(learner).state_of(wallet.pk) == further


def test_a_new_account_gets_the_whole_history_on_its_days(learner: User, wallet: Article) -> None:
    merged = merge(learner, marks(wallet, READING, DONE))
    assert merged == Counter({DONE: 1})
    assert list(
        Event.objects.order_by("pk").values_list("from_state", "to_state", "happened_at")
    ) == [
        ("todo", "reading", datetime(2026, 1, 1, tzinfo=UTC)),
        ("reading", "done", datetime(2026, 1, 2, tzinfo=UTC)),
    ]
    assert State.objects.get().changed_at == datetime(2026, 1, 2, tzinfo=UTC)


def test_a_known_article_gets_only_a_step_forward(learner: User, wallet: Article) -> None:
    LearnerProgress(learner).set(wallet, READING)
    merge(learner, marks(wallet, SKIPPED, READING, DONE))
    newest_first = [("reading", "done"), ("todo", "reading")]
    assert list(Event.objects.values_list("from_state", "to_state")) == newest_first
    by_pk = Event.objects.order_by("-pk").values_list("from_state", "to_state")
    assert list(by_pk) == newest_first


def test_a_further_state_of_the_account_stays(learner: User, wallet: Article) -> None:
    LearnerProgress(learner).set(wallet, DONE)
    assert merge(learner, marks(wallet, READING)) == Counter()
    assert Event.objects.count() == 1


def test_merging_twice_has_the_effect_of_merging_once(learner: User, wallet: Article) -> None:
    once = marks(wallet, READING, DONE)
    merge(learner, once)
    assert merge(learner, once) == Counter()
    assert Event.objects.count() == 2


def test_undone_marks_keep_their_history_but_set_no_state(learner: User, wallet: Article) -> None:
    assert merge(learner, marks(wallet, DONE, TODO)) == Counter()
    assert (State.objects.count(), Event.objects.count()) == (0, 2)


def test_marks_of_a_deleted_article_are_not_merged(learner: User) -> None:
    assert merge(learner, [Mark(START, 987_654, DONE)]) == Counter()


def test_the_summary_counts_the_merged_marks() -> None:
    assert summary(Counter({DONE: 3, READING: 1, SKIPPED: 1})) == (
        "5 articles you marked in this browser are now in your account: "
        "3 done, 1 reading and 1 skipped."
    )
    assert summary(Counter({READING: 1})) == (
        "1 article you marked in this browser is now in your account: 1 reading."
    )
    assert summary(Counter()) == ("Your account already had everything you marked in this browser.")


@pytest.mark.parametrize("articles", [1, 20])
def test_query_count_of_merging_does_not_depend_on_the_marks(
    learner: User, articles: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    everything = [
        mark for article in Article.objects.all()[:articles] for mark in marks(article, DONE)
    ]
    with django_assert_num_queries(8):
        merge(learner, everything)
