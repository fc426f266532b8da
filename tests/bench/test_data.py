"""The generated data is such as the product itself could have made."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from itertools import groupby, pairwise

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import User
from bench.data import catalogue, learners
from catalog.models import Alias, Article, Entry
from progress.learner import LearnerProgress
from progress.models import Event, State
from progress.states import StateName

pytestmark = pytest.mark.usefixtures("playbook")
LEARNERS = 25


def chains() -> Iterator[list[Event]]:
    """Yield the events of each learner with each article, oldest first."""
    events = Event.objects.order_by("user_id", "article_id", "happened_at", "pk")
    for _, chain in groupby(events, lambda event: (event.user_id, event.article_id)):
        yield list(chain)


def test_every_learner_has_the_same_number_of_states_and_events() -> None:
    learners.fill(LEARNERS)
    for model, each in ((State, learners.STATES), (Event, learners.EVENTS)):
        counts = Counter(model._default_manager.values_list("user_id", flat=True))
        assert len(counts) == LEARNERS
        assert set(counts.values()) == {each}


def test_events_lead_from_to_do_to_the_current_state() -> None:
    learners.fill(LEARNERS)
    ends = {}
    for chain in chains():
        assert chain[0].from_state == StateName.TODO
        assert all(before.to_state == after.from_state for before, after in pairwise(chain))
        ends[chain[0].user_id, chain[0].article_id] = (chain[-1].to_state, chain[-1].happened_at)
    states = State.objects.values_list("user_id", "article_id", "state", "changed_at")
    assert ends == {(user, article): (state, at) for user, article, state, at in states}


def test_an_undo_reverses_the_event_before_it() -> None:
    learners.fill(LEARNERS)
    undone = 0
    for chain in chains():
        for before, after in pairwise(chain):
            if after.undoes_id is not None:
                undone += 1
                assert after.undoes_id == before.pk
                assert (after.from_state, after.to_state) == (before.to_state, before.from_state)
    assert undone == Event.objects.exclude(undoes=None).count() > 0


def test_events_span_two_years_in_chronological_order() -> None:
    learners.fill(LEARNERS)
    moments = list(Event.objects.order_by("happened_at").values_list("happened_at", flat=True))
    assert moments[-1] <= timezone.now()
    assert timedelta(days=700) < moments[-1] - moments[0] <= learners.TWO_YEARS
    places = list(Event.objects.filter(user=1).order_by("happened_at").values_list("pk", flat=True))
    assert all(after - before == LEARNERS for before, after in pairwise(places))


def test_the_product_can_continue_from_the_generated_data() -> None:
    learners.fill(LEARNERS)
    user = User.objects.get(username="learner-7")
    state = State.objects.filter(user=user, state="done").select_related("article")[0]
    change = LearnerProgress(user).set(state.article, StateName.READING)
    assert change.before == StateName.DONE
    assert Event.objects.latest("pk").user == user
    assert User.objects.create_user("one-more").pk > LEARNERS


def test_indexes_and_constraints_are_restored() -> None:
    def schema() -> dict[str, object]:
        with connection.cursor() as cursor:
            return {
                model._meta.db_table: connection.introspection.get_constraints(
                    cursor, model._meta.db_table
                )
                for model in (User, State, Event)
            }

    before = schema()
    learners.fill(LEARNERS)
    assert schema() == before


def test_the_generated_catalogue_contains_the_shipped_one() -> None:
    shipped = set(Entry.objects.values_list("title", "section__slug", "number"))
    catalogue.fill(1000)
    entries = Entry.objects.select_related("section", "article")
    assert entries.count() == 1000
    assert shipped <= set(entries.values_list("title", "section__slug", "number"))
    twice = Counter(entry.article_id for entry in entries)
    assert 90 <= sum(count == 2 for count in twice.values()) <= 110
    generated = entries.filter(section__slug__startswith="generated-")
    in_sections = Counter(generated.values_list("section", "article"))
    assert max(in_sections.values()) == 1
    keys = dict(Alias.objects.values_list("key", "article_id"))
    assert all(keys[article.key] == article.pk for article in Article.objects.all())
