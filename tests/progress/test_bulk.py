"""Setting the state of a whole section or layer, and undoing it at once."""

import re

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from catalog.merging import merge_articles
from catalog.models import Article, Entry, Section, Status
from progress.learner import LearnerProgress
from progress.models import Event, State
from progress.reader import NothingToUndo, ReaderProgress
from progress.sessions import SessionStore
from progress.states import StateName
from progress.visitor import VisitorProgress

pytestmark = pytest.mark.usefixtures("playbook")

TODO, READING, DONE, SKIPPED = map(StateName, ["todo", "reading", "done", "skipped"])
CACHING = "/sections/caching/state/"
HTMX = {"HX-Request": "true"}
UNDO = re.compile(r'formaction="(/events/\d+-\d+/undo/)"')


@pytest.fixture(params=["learner", "visitor"])
def progress(request: pytest.FixtureRequest, learner: User) -> ReaderProgress:
    if request.param == "learner":
        return LearnerProgress(learner)
    session = SessionStore()
    session.create()
    return VisitorProgress(session)


@pytest.fixture(params=["learner", "visitor"])
def reader(request: pytest.FixtureRequest, client: Client, learner: User) -> Client:
    if request.param == "learner":
        client.force_login(learner)
    return client


@pytest.fixture
def caching() -> list[Article]:
    return [entry.article for entry in Entry.objects.filter(section__slug="caching")]


def bounds(progress: ReaderProgress, articles: list[Article], state: StateName) -> tuple[int, int]:
    """Set the states and return the first and the last event id."""
    event_ids = [change.event_id for change in progress.set_all(articles, state) if change.event_id]
    return min(event_ids), max(event_ids)


def test_every_article_gets_the_state_in_one_change_each(
    progress: ReaderProgress, caching: list[Article]
) -> None:
    progress.set(caching[0], DONE)
    progress.set(caching[1], READING)
    changes = progress.set_all(caching, DONE)
    assert [(change.before, change.after) for change in changes] == [
        (DONE, DONE),
        (READING, DONE),
        (TODO, DONE),
        (TODO, DONE),
    ]
    assert [bool(change.event_id) for change in changes] == [False, True, True, True]
    assert dict(progress.states) == {article.pk: DONE for article in caching}
    assert not any(change.event_id for change in progress.set_all(caching, DONE))


def test_undo_restores_each_earlier_state(progress: ReaderProgress, caching: list[Article]) -> None:
    progress.set(caching[0], DONE)
    progress.set(caching[1], READING)
    before = dict(progress.states)
    first, last = bounds(progress, caching, SKIPPED)
    changes, kept_count = progress.undo_all(first, last)
    assert (len(changes), kept_count) == (4, 0)
    assert dict(progress.states) == before
    again, _ = progress.undo_all(first, last)
    assert not any(change.before != change.after for change in again)
    assert dict(progress.states) == before


def test_undo_keeps_what_was_changed_since(
    progress: ReaderProgress, caching: list[Article]
) -> None:
    first, last = bounds(progress, caching, DONE)
    progress.set(caching[2], READING)
    progress.set(caching[3], READING)
    progress.set(caching[3], DONE)
    changes, kept_count = progress.undo_all(first, last)
    assert ({change.article.pk for change in changes}, kept_count) == (
        {caching[0].pk, caching[1].pk},
        2,
    )
    assert dict(progress.states) == {caching[2].pk: READING, caching[3].pk: DONE}


def test_undo_leaves_other_changes_in_its_range_alone(
    progress: ReaderProgress, caching: list[Article]
) -> None:
    before = progress.set(caching[0], DONE)
    assert before.event_id is not None
    _first, last = bounds(progress, caching[1:], DONE)
    if progress.is_visitor:
        return  # a visitor's marks have no other trait than their ids
    changes, _ = progress.undo_all(before.event_id, last)
    assert [change.article for change in changes] == [caching[0]]


def test_a_range_without_own_events_is_refused(
    progress: ReaderProgress, caching: list[Article], editor: User
) -> None:
    first, last = bounds(LearnerProgress(editor), caching, DONE)
    with pytest.raises(NothingToUndo):
        progress.undo_all(first, last)
    assert State.objects.filter(user=editor).count() == 4


def test_a_full_session_keeps_what_the_last_bulk_change_needs_to_be_undone(
    caching: list[Article], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("progress.visitor.MARKS_KEPT", 5)
    progress = VisitorProgress(SessionStore())
    for state in (READING, DONE):
        progress.set_all(caching, state)
    first, last = bounds(progress, caching, SKIPPED)
    changes, kept_count = progress.undo_all(first, last)
    assert ([change.after for change in changes], kept_count) == ([DONE] * 4, 0)
    assert set(progress.states.values()) == {DONE}
    assert progress.undo_all(first, last) == ([], 0)


def test_a_bulk_change_is_undone_after_two_of_its_articles_were_merged(
    reader: Client, caching: list[Article]
) -> None:
    page = reader.post(CACHING, {"state": "done", "next": "/"}, follow=True).content.decode()
    undo = UNDO.search(page)
    assert undo
    merge_articles(caching[0], caching[1])
    page = reader.post(undo[1], {"next": "/"}, follow=True).content.decode()
    assert "3 articles are back in their earlier states." in page
    assert "changed again since" not in page
    assert reader.get("/articles/?state=done").content.decode().count("data-entry") == 0
    page = reader.post(undo[1], {"next": "/"}, follow=True).content.decode()
    assert "0 articles are back in their earlier states." in page
    assert "changed again since" not in page


def test_setting_a_section_marks_its_countable_articles_only(reader: Client) -> None:
    planned = Article.objects.get(entries__title="Cluster-Wide Cache Warm-Up Service")
    planned.status = Status.objects.get(slug="planned")
    planned.save()
    page = reader.post(CACHING, {"state": "done", "next": "/"}, follow=True).content.decode()
    assert "Caching, Invalidation &amp; Read Path Acceleration: 3 articles marked as done" in page
    undo = UNDO.search(page)
    assert undo
    assert reader.get("/articles/?state=done").content.decode().count("data-entry") == 3
    page = reader.post(undo[1], {"next": "/"}, follow=True).content.decode()
    assert "3 articles are back in their earlier states." in page
    assert not UNDO.search(page)
    assert reader.get("/articles/?state=done").content.decode().count("data-entry") == 0


def test_setting_a_layer_counts_each_article_once(reader: Client) -> None:
    html = reader.post(
        "/layers/data-mastery/state/?spot=layer-band-data-mastery", {"state": "skipped"}
    )
    assert html["Location"] == "/layers/data-mastery/#layer-band-data-mastery"
    page = reader.get("/layers/data-mastery/").content.decode()
    assert "all 16 skipped" in page


def test_htmx_gets_every_row_and_figure_once(reader: Client) -> None:
    entries = Entry.objects.filter(section__slug="caching")
    shown = ["overall", "section-caching", "outline-caching", "tab-figure-data-mastery"]
    shown += [f"state-{entry.pk}" for entry in entries]
    response = reader.post(CACHING, {"state": "done", "shown": " ".join(shown)}, headers=HTMX)
    swapped = re.findall(r'id="([^"]+)"[^>]* hx-swap-oob=', response.content.decode())
    choices = [f"choices-{entry.pk}" for entry in entries]
    assert sorted(swapped) == sorted([*shown, *choices, "announcement"])


def test_setting_what_is_set_says_so_and_offers_no_undo(reader: Client) -> None:
    for _ in range(2):
        page = reader.post(CACHING, {"state": "skipped", "next": "/"}, follow=True)
    html = page.content.decode()
    assert "every article was already marked as skipped." in html
    assert not UNDO.search(html)


@pytest.mark.parametrize(
    ("path", "data", "status"),
    [
        (CACHING, {"state": "finished"}, 400),
        (CACHING, {"state": "done", "reader": "0"}, 409),
        ("/sections/nope/state/", {"state": "done"}, 404),
        ("/layers/nope/state/", {"state": "done"}, 404),
        ("/events/1-2/undo/", {}, 404),
        (f"/events/{10**30}-{10**31}/undo/", {}, 404),
    ],
)
def test_bad_input_changes_nothing(
    reader: Client, path: str, data: dict[str, str], status: int
) -> None:
    assert reader.post(path, data).status_code == status
    assert reader.get(path).status_code == 405
    assert not State.objects.exists()
    assert not Event.objects.exists()


def test_queries_do_not_grow_with_the_section(
    client: Client, learner: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client.force_login(learner)
    with django_assert_max_num_queries(25) as small:
        client.post(CACHING, {"state": "done"}, headers=HTMX)
    before = len(small)
    caching, published = Section.objects.get(slug="caching"), Status.objects.get(slug="published")
    for number in range(30):
        article = Article.objects.create(title=f"More {number}", status=published)
        Entry.objects.create(section=caching, article=article, title=article.title)
    client.get("/")
    with django_assert_max_num_queries(before):
        client.post(CACHING, {"state": "skipped"}, headers=HTMX)
    assert State.objects.filter(state="skipped").count() == 34
