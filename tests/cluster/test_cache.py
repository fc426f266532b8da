"""A cache in front of the site stores public pages, but never a page of one reader."""

import pytest

from tests.cluster.browser import Answer, Browser
from tests.cluster.cluster import Cluster
from tests.cluster.people import People, browser

ROADMAP = "/"
TABLE = "/articles/?q=scale"
FRAGMENT = {"HX_Request": "true", "HX_Target": "results"}


@pytest.fixture(autouse=True)
def empty_cache(cluster: Cluster) -> None:
    """Empty the cache before each test."""
    cluster.cache.stop()
    cluster.empty_cache()
    cluster.cache.start()


@pytest.fixture
def port(cluster: Cluster) -> int:
    return cluster.ports["cache"]


def cache_status(answer: Answer) -> str | None:
    """Return `MISS` if the site sent the response, `HIT` if the cache did."""
    return answer.headers["X-Cache"]


@pytest.mark.parametrize("path", [ROADMAP, "/articles/", "/articles/payment-wallet/", TABLE])
def test_a_public_page_is_requested_from_the_site_once(port: int, path: str) -> None:
    first, second = Browser(port).get(path), Browser(port).get(path)
    assert [cache_status(first), cache_status(second)] == ["MISS", "HIT"]
    assert second.body == first.body
    assert second.headers["Set-Cookie"] is None


def test_learners_pages_are_not_cached_and_learners_get_no_cached_page(
    port: int, people: People
) -> None:
    (learner,) = people.some(1)
    signed_in = browser(port, learner.sessions[0])
    own = signed_in.get(ROADMAP)
    first_anonymous = Browser(port).get(ROADMAP)
    again = signed_in.get(ROADMAP)
    second_anonymous = Browser(port).get(ROADMAP)
    pages = [own, first_anonymous, again, second_anonymous]
    assert [cache_status(page) for page in pages] == ["MISS", "MISS", "MISS", "HIT"]
    assert [learner.name in page.body for page in pages] == [True, False, True, False]


def test_the_page_of_a_visitor_with_states_is_not_cached(port: int) -> None:
    marking = Browser(port)
    before = marking.get(ROADMAP)
    marking.post("/articles/payment-wallet/state/", {"state": "done"})
    marking.get("/articles/payment-wallet/")  # This page shows the message, which is then gone.
    own = marking.get(ROADMAP)
    anonymous = Browser(port).get(ROADMAP)
    assert [cache_status(page) for page in (before, own, anonymous)] == ["MISS", "MISS", "HIT"]
    assert [page.body == before.body for page in (own, anonymous)] == [False, True]


def test_a_theme_applies_to_its_reader_only(port: int) -> None:
    themes = ["dark", "", "light", "dark", "light", ""]
    pages = [Browser(port, {"theme": theme} if theme else {}).get(ROADMAP) for theme in themes]
    assert [cache_status(page) for page in pages] == ["MISS"] * 3 + ["HIT"] * 3
    assert [
        [name for name in ("dark", "light") if f'data-theme="{name}"' in page.body]
        for page in pages
    ] == [[theme] if theme else [] for theme in themes]


def test_a_fragment_is_never_sent_as_the_whole_page(port: int) -> None:
    kinds = [{}, FRAGMENT, {}, FRAGMENT, {**FRAGMENT, "HX_History_Restore_Request": "true"}]
    pages = [Browser(port).get(TABLE, **kind) for kind in kinds]
    assert [cache_status(page) for page in pages] == ["MISS", "MISS", "HIT", "HIT", "MISS"]
    assert ["</html>" in page.body for page in pages] == [True, False, True, False, True]


def test_a_page_with_a_message_is_not_cached(port: int) -> None:
    visitor = Browser(port)
    visitor.get("/me/history/")
    page = visitor.get(ROADMAP)
    message = "That page needs an account"
    assert message in page.body
    others = [Browser(port).get(ROADMAP) for _ in range(2)]
    again = visitor.get(ROADMAP)
    assert [cache_status(page)] + [cache_status(other) for other in others] == [
        "MISS",
        "MISS",
        "HIT",
    ]
    assert [message in other.body for other in (*others, again)] == [False, False, False]


def test_writes_are_never_cached(port: int) -> None:
    answers = [Browser(port).post("/theme/", {"theme": "dark"}) for _ in range(2)]
    assert [answer.status for answer in answers] == [302, 302]
    assert ["theme=dark" in str(answer.headers["Set-Cookie"]) for answer in answers] == [True, True]
