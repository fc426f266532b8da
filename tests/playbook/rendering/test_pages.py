"""Pages are drawn once for everybody: nobody sees what is another's, and nothing old."""

import gzip
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client, override_settings
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from catalog.models import Article, Section, Status
from catalog.snapshot import current
from playbook.rendering.anonymous import KEPT
from playbook.rendering.dependencies import READER
from playbook.rendering.shared_pages import Content, SharedPage
from playbook.rendering.store import ByQuery, RenderStore
from tests.accounts.pages import Response
from tests.conftest import Clock

pytestmark = [pytest.mark.usefixtures("playbook"), pytest.mark.same_everywhere]

WALLET = "/articles/payment-wallet/"
PAGES = [
    "/",
    "/articles/",
    WALLET,
    "/sections/caching/",
    "/layers/data-mastery/",
]
MINE = "/articles/?state=done"
DONE = {"state": "done"}


def body(response: Response) -> str:
    assert response.status_code == 200
    return response.content.decode()


@pytest.fixture(params=["visitor", "marking visitor", "learner", "editor"])
def reader(request: pytest.FixtureRequest, learner: User, editor: User) -> Client:
    client = Client()
    if request.param == "learner":
        learner.marks_reading_on_open = True
        learner.save()
        client.force_login(learner)
    if request.param == "editor":
        client.force_login(editor)
    if request.param != "visitor":
        client.post(f"{WALLET}state/", DONE)
    return client


@pytest.mark.parametrize("path", [*PAGES, "/articles/?layer=data-mastery&q=cache", MINE])
def test_a_cached_page_equals_the_page_rendered_now(
    reader: Client, editor: User, path: str
) -> None:
    other = Client()
    other.post("/articles/ticket-booking-system/state/", {"state": "skipped"})
    other.get(path)
    reader.get(path)  # The message of the first mark is on it, and with a message it is not kept.
    kept = body(reader.get(path))
    for snapshot in (current(AnonymousUser()), current(editor)):
        snapshot.rendered = RenderStore()
    for responses in (KEPT.plain, KEPT.with_query):
        responses.clear()
    assert kept == body(reader.get(path))


def test_a_filter_by_state_shows_only_the_readers_own_states(learner: User) -> None:
    known, marking = Client(), Client()
    known.force_login(learner)
    for client, article in ((known, "payment-wallet"), (marking, "ticket-booking-system")):
        client.post(f"/articles/{article}/state/", DONE, headers={"HX-Request": "true"})
    tables = [body(client.get(MINE)) for client in (known, marking, Client())]
    assert [
        [slug in table for slug in ("payment-wallet", "ticket-booking-system")] for table in tables
    ] == [[True, False], [False, True], [False, False]]


@pytest.mark.parametrize("path", PAGES)
def test_readers_never_get_another_readers_page(path: str, learner: User) -> None:
    unknown = body(Client().get(path))
    known, marking = Client(), Client()
    known.force_login(learner)
    for client in (known, marking):
        client.post(f"{WALLET}state/", DONE, headers={"HX-Request": "true"})
        client.cookies["theme"] = "dark"
    assert "learner</span>" in body(known.get(path))
    assert 'data-theme="dark"' in body(marking.get(path))
    assert body(Client().get(path)) == unknown
    assert "learner" not in body(marking.get(path)).replace("learner-", "")


@pytest.mark.parametrize("path", [*PAGES, "/articles/?layer=data-mastery"])
def test_anonymous_pages_are_public(path: str) -> None:
    response = Client().get(path)
    assert response["Cache-Control"] == "public, max-age=0, s-maxage=60"
    assert not response.cookies
    assert {"Cookie", "Accept-Encoding", "HX-Request", "HX-Target"} <= set(
        response["Vary"].split(", ")
    )


@pytest.mark.parametrize("path", PAGES)
def test_pages_of_known_readers_are_private(path: str, learner: User) -> None:
    known, marking = Client(), Client()
    known.force_login(learner)
    marking.post(f"{WALLET}state/", DONE, headers={"HX-Request": "true"})
    for client in (known, marking):
        assert client.get(path)["Cache-Control"] == "private, no-cache"


def test_a_page_with_a_message_is_not_stored(client: Client, learner: User) -> None:
    client.force_login(learner)
    client.post(f"{WALLET}state/", DONE)
    page = client.get("/")
    assert 'class="toast"' in body(page)
    assert page["Cache-Control"] == "private, no-store"
    assert "ETag" not in page
    after = client.get("/", headers={"If-None-Match": "*"})
    assert after.status_code == 304
    assert 'class="toast"' not in body(client.get("/"))


@pytest.mark.parametrize("path", [*PAGES, "/articles/?layer=data-mastery"])
def test_an_unchanged_page_answers_304(reader: Client, path: str) -> None:
    reader.get(path)
    first = reader.get(path)
    again = reader.get(path, headers={"If-None-Match": f"W/{first['ETag']}"})
    assert (again.status_code, again.content) == (304, b"")
    for name in ("ETag", "Cache-Control"):
        assert again[name] == first[name]
    assert set(again["Vary"].split(", ")) == set(first["Vary"].split(", "))


def of_learner(**values: object) -> Callable[[Client], object]:
    return lambda client: User.objects.filter(username="learner").update(**values)


def with_cookie(client: Client) -> None:
    client.cookies["theme"] = "dark"


CHANGES: dict[str, Callable[[Client], object]] = {
    "a state": lambda client: client.post(f"{WALLET}state/", DONE, headers={"HX-Request": "true"}),
    "the catalogue": lambda client: Section.objects.filter(slug="caching").update(title="Other"),
    "a status": lambda client: Status.objects.filter(slug="published").update(label="Out"),
    "the theme": with_cookie,
    "the name": of_learner(username="another"),
    "a preference": of_learner(marks_reading_on_open=True),
    "the time zone": of_learner(time_zone="Asia/Tokyo"),
    "the rights": of_learner(is_staff=True),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_of_the_page_changes_its_etag(client: Client, learner: User, change: str) -> None:
    client.force_login(learner)
    path = WALLET if change == "the time zone" else "/"  # which shows no time
    before = client.get(path)["ETag"]
    assert client.get(path)["ETag"] == before
    CHANGES[change](client)
    assert client.get(path, headers={"If-None-Match": before}).status_code == 200


def test_a_visitors_mark_changes_their_pages_and_no_others(client: Client) -> None:
    other = Client()
    mine, theirs = client.get("/")["ETag"], other.get("/")["ETag"]
    assert mine == theirs
    client.post(f"{WALLET}state/", DONE, headers={"HX-Request": "true"})
    assert client.get("/")["ETag"] != mine
    assert other.get("/", headers={"If-None-Match": theirs}).status_code == 304


def test_my_progress_changes_with_the_day(
    client: Client, learner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.force_login(learner)
    before = client.get("/me/")["ETag"]
    tomorrow = timezone.now() + timedelta(days=1)
    monkeypatch.setattr("django.utils.timezone.now", lambda: tomorrow)
    assert client.get("/me/", headers={"If-None-Match": before}).status_code == 200


def test_fragments_and_whole_pages_have_different_etags(client: Client) -> None:
    whole = client.get("/articles/?layer=data-mastery")["ETag"]
    headers = {"HX-Request": "true", "HX-Target": "results", "If-None-Match": whole}
    assert client.get("/articles/?layer=data-mastery", headers=headers).status_code == 200


MORE_QUERIES = {
    WALLET: 2,
    "/articles/": 1,
    "/": 1,
    "/sections/caching/": 1,
    "/layers/data-mastery/": 1,
}


@override_settings(VISITORS_SEE_CHANGES_AFTER=1)
@pytest.mark.parametrize(("who", "queries"), [("visitor", 0), ("learner", 5)])
@pytest.mark.parametrize("path", [*PAGES, "/articles/?layer=data-mastery&q=cache"])
def test_pages_take_a_constant_number_of_queries(
    client: Client,
    learner: User,
    django_assert_num_queries: DjangoAssertNumQueries,
    clock: Clock,
    path: str,
    who: str,
    queries: int,
) -> None:
    """For a learner the session with the catalog version, account, states, cards and completions.

    The article has their history and their note. Pages with rows show which articles have a note.

    For visitors the catalog version is read once a second, however long a page took.
    """
    clock(0.0)
    if who == "learner":
        client.force_login(learner)
    client.get(path)
    if who == "learner":
        queries += MORE_QUERIES.get(path.partition("?")[0], 0)
    with django_assert_num_queries(queries):
        client.get(path)


def test_the_stores_of_pages_are_bounded(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("playbook.rendering.store.PAGES_KEPT", 3)
    pages = current(AnonymousUser()).rendered.pages = ByQuery()
    for article in Article.objects.all()[:10]:
        client.get(article.get_absolute_url())
        client.get("/articles/", {"q": article.title})
    assert [len(pages.plain), len(pages.with_query)] == [3, 3]


def test_a_page_that_loses_a_per_user_fragment_is_refused() -> None:
    template = "{% filter striptags|slice:':0' %}{% reader_id %}{% endfilter %}"
    loader = ("django.template.loaders.locmem.Loader", {"lost.html": template})
    builtins = ["progress.fragments"]
    engine = {"BACKEND": "django.template.backends.django.DjangoTemplates"}
    options = {"loaders": [loader], "builtins": builtins}
    with (
        override_settings(TEMPLATES=[{**engine, "OPTIONS": options}]),
        pytest.raises(ValueError, match=r"lost\.html"),
    ):
        SharedPage("lost.html", Content({}), (READER,))


def test_a_cached_response_is_complete_in_both_encodings(client: Client) -> None:
    client.get("/")
    plain, zipped = client.get("/"), client.get("/", headers={"Accept-Encoding": "gzip"})
    again = client.get("/", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in plain
    for response in (zipped, again):
        assert response["Content-Encoding"] == "gzip"
        assert gzip.decompress(response.content) == plain.content
        assert response["Content-Security-Policy"] == plain["Content-Security-Policy"]
        assert response["X-Frame-Options"] == "DENY"
    assert zipped["X-Request-ID"] != again["X-Request-ID"]
    assert again.resolver_match.view_name == "catalog:roadmap"


def test_an_unknown_host_gets_no_cached_response(client: Client) -> None:
    client.get("/")
    assert client.get("/", headers={"host": "evil.example"}).status_code == 400


@pytest.mark.parametrize(("path", "target"), [("/", "playbook"), ("/articles/", "results")])
def test_requests_without_htmx_get_and_cache_the_whole_page(
    client: Client, path: str, target: str
) -> None:
    for headers in ({"HX-Target": target}, {"HX-Target": target, "HX-Request": "false"}):
        assert "<html" in body(client.get(path, headers=headers))
    assert "<html" in body(client.get(path))


def test_going_back_to_a_count_gets_the_whole_page(client: Client) -> None:
    headers = {"HX-Request": "true", "HX-Target": "result-count"}
    path = "/articles/?q=data"
    alone = body(client.get(path, headers=headers))
    back = body(client.get(path, headers={**headers, "HX-History-Restore-Request": "true"}))
    assert ["Show results" in page for page in (alone, back, body(client.get(path)))] == [
        True,
        False,
        False,
    ]


def test_a_head_request_keeps_the_return_address(client: Client) -> None:
    client.head("/articles/?q=cache")
    page = body(client.get("/articles/?q=cache"))
    assert "/accounts/login/?next=/articles/%3Fq%3Dcache" in page


def test_a_refused_form_offers_no_address_that_only_takes_posts(client: Client) -> None:
    response = client.post(f"{WALLET}state/", {"state": "bogus"})
    assert response.status_code == 400
    page = response.content.decode()
    assert '<input type="hidden" name="next" value="">' in page
    assert f"next={WALLET}" not in page


def test_a_failed_precondition_is_not_cached(client: Client) -> None:
    response = client.get("/sections/caching/", headers={"If-Match": '"another"'})
    assert (response.status_code, response["Cache-Control"]) == (412, "private, no-store")


def test_an_encoding_with_a_similar_name_is_not_treated_as_gzip(client: Client) -> None:
    client.get("/", headers={"Accept-Encoding": "xgzip"})
    assert client.get("/", headers={"Accept-Encoding": "gzip"})["Content-Encoding"] == "gzip"


def test_odd_query_strings_are_cached_separately_or_not_at_all(client: Client) -> None:
    KEPT.plain.clear()
    KEPT.with_query.clear()
    client.get("/")
    for number in range(5):
        client.get("/?" + "&" * (number + 1))
        client.get("/", {"long": "x" * 600, "number": str(number)})
    pages = current(AnonymousUser()).rendered.pages
    assert [len(pages.plain), len(pages.with_query)] == [1, 5]
    assert [len(KEPT.plain), len(KEPT.with_query)] == [1, 5]


NOT_CANONICAL = "/articles/?q=cache&order=journey"


def test_a_page_cached_for_htmx_is_not_sent_to_other_requests(client: Client) -> None:
    restore = {"HX-Request": "true", "HX-History-Restore-Request": "true"}
    for headers in ({"HX-Request": "true"}, restore):
        assert client.get(NOT_CANONICAL, headers=headers).status_code == 200
    response = client.get(NOT_CANONICAL)
    assert (response.status_code, response["Location"]) == (302, "/articles/?q=cache")
    assert "ETag" not in response
    assert "HX-Push-Url" not in client.get("/articles/?q=cache")
