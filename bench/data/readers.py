"""Create the learners whose requests are measured, and their sessions."""

from collections import Counter
from collections.abc import Iterable

from django.test import Client

from accounts.models import User
from bench.data.practice import session_url
from bench.measured_learners import MeasuredLearner
from catalog.models import Entry
from progress.models import Event, State


def make_readers(count: int, *, done_entries: int, prefix: str = "reader") -> list[User]:
    """Create learners who have done the articles of the first `done_entries` entries.

    They have no password, so nothing asks them to confirm it before the export.
    """
    articles = first_articles(done_entries)
    users = [User.objects.create_user(f"{prefix}-{number}") for number in range(count)]
    pairs = [(user, article) for user in users for article in articles]
    State.objects.bulk_create(State(user=u, article_id=a, state="done") for u, a in pairs)
    Event.objects.bulk_create(
        Event(user=u, article_id=a, from_state="todo", to_state="done") for u, a in pairs
    )
    return users


def first_articles(places: int) -> list[int]:
    entries = Entry.objects.listed().filter(article__status__is_countable=True).in_journey_order()
    article_ids = []
    for article, times in Counter(entries.values_list("article_id", flat=True)).items():
        if times <= places:
            article_ids.append(article)
            places -= times
    return article_ids


def signed_in(users: Iterable[User]) -> list[MeasuredLearner]:
    return [
        MeasuredLearner(
            session=session_of(user),
            pk=user.pk,
            states=states_of(user),
            practice=session_url(user),
        )
        for user in users
    ]


def session_of(user: User) -> str:
    client = Client()
    client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    return client.cookies["sessionid"].value


def states_of(user: User) -> dict[str, str]:
    listed = Entry.objects.listed().filter(article__status__is_countable=True)
    slugs = listed.in_journey_order().values_list("article__slug", "article_id")
    states = dict(State.objects.for_user(user).values_list("article_id", "state"))
    return {slug: states.get(article_id, "todo") for slug, article_id in slugs}
