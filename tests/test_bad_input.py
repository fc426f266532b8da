"""Bad input at public addresses gets a message and never causes a server error."""

from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.models import Article, Status

pytestmark = pytest.mark.usefixtures("playbook")

PAGES = [
    "/",
    "/articles/",
    "/articles/payment-wallet/",
    "/sections/caching/",
    "/layers/data-mastery/",
    "/map/",
    "/me/",
    "/me/history/",
    "/practice/",
    "/me/recall/",
    "/me/recall/cards/",
    "/me/recall/statistics/",
    "/articles/payment-wallet/cards/add/",
    "/me/export.json",
    "/accounts/login/",
    "/accounts/signup/",
    "/accounts/sessions/",
]
# Their queries have nothing of a query string in them.
WITHOUT_FILTERS = [
    "/estimates/",
    "/accounts/preferences/",
    "/accounts/password/reset/",
    "/accounts/password/reset/done/",
    "/accounts/password/change/",
    "/accounts/email/",
    "/me/export/",
    "/accounts/confirm-email/",
    "/accounts/reauthenticate/",
    "/accounts/inactive/",
    "/accounts/delete/",
    "/sitemap.xml",
    "/robots.txt",
]
FORMS = [
    "/articles/payment-wallet/state/",
    "/articles/payment-wallet/open/",
    "/articles/payment-wallet/cards/add/",
    "/me/recall/review/",
    "/events/1/undo/",
    "/theme/",
    "/accounts/login/",
    "/accounts/signup/",
    "/accounts/logout/",
    "/accounts/preferences/",
    "/accounts/delete/",
    "/accounts/email/",
    "/accounts/password/change/",
    "/accounts/sessions/99/end/",
]
EVERY_PAGE = [
    *PAGES,
    *(pytest.param(path, marks=pytest.mark.same_everywhere) for path in WITHOUT_FILTERS),
]
FIELDS = st.sampled_from(
    [
        *("layer", "section", "status", "state", "q", "order", "page", "day"),
        *("users", "bytes_in", "hot", "figures", "practice"),
        *("next", "show", "shown", "spot", "theme", "time_zone", "action"),
        *("kind", "standing", "answer", "question", "operation", "card", "rating"),
        *("login", "password", "username", "email", "password1"),
    ]
)
VALUES = st.one_of(
    st.text(max_size=60),
    st.sampled_from(["\0", "%", "..", "-1", "9" * 30, "done", "//evil.example", "x" * 5000]),
    st.sampled_from(["data-mastery", "caching", "published", "2026-02-30", "Europe/Berlin"]),
)
PAIRS = st.lists(st.tuples(FIELDS, VALUES), max_size=6)

many = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.fixture(params=["visitor", "learner"])
def reader(request: pytest.FixtureRequest, client: Client) -> Client:
    if request.param == "learner":
        client.force_login(request.getfixturevalue("learner"))
    return client


def encoded(pairs: list[tuple[str, str]]) -> str:
    return "&".join(f"{name}={quote(value, errors='replace')}" for name, value in pairs)


@pytest.mark.parametrize("path", EVERY_PAGE)
@many
@given(pairs=PAIRS, htmx=st.booleans())
def test_no_query_string_causes_a_server_error(
    reader: Client, path: str, pairs: list[tuple[str, str]], htmx: bool
) -> None:
    headers = {"HX-Request": "true", "HX-Target": "results"} if htmx else {}
    response = reader.get(f"{path}?{encoded(pairs)}", headers=headers, follow=True)
    assert response.status_code in {200, 400, 404}


STRANGE_QUERIES = ("q=%ff%fe", "%00=%00", "layer[]=1", "=&=&", "page=1e9", "q=%")


@pytest.mark.parametrize("path", EVERY_PAGE)
def test_a_malformed_query_string_causes_no_server_error(reader: Client, path: str) -> None:
    for query in STRANGE_QUERIES:
        assert reader.get(f"{path}?{query}", follow=True).status_code == 200, query


@pytest.mark.parametrize("path", FORMS)
@many
@given(pairs=PAIRS, htmx=st.booleans())
def test_no_form_causes_a_server_error(
    reader: Client, path: str, pairs: list[tuple[str, str]], htmx: bool
) -> None:
    headers = {"HX-Request": "true"} if htmx else {}
    data: dict[str, Any] = dict(pairs)
    response = reader.post(path, data, headers=headers)
    assert response.status_code in {200, 302, 400, 403, 404, 409, 422, 429}


BODIES = (
    (b"\xff\xfe\x00", "application/x-www-form-urlencoded"),
    (b"{broken", "application/json"),
    (b"--x\r\nbroken", "multipart/form-data; boundary=x"),
    (b"state=done", "multipart/form-data"),
    (b"state=done", "text/plain; charset=nope"),
    (b"state=done", "application/x-www-form-urlencoded; charset=nope"),
    (b"state=" + b"x" * 3_000_000, "application/x-www-form-urlencoded"),
    (b"&".join(b"a=1" for _ in range(2000)), "application/x-www-form-urlencoded"),
)


@pytest.mark.parametrize("path", FORMS)
def test_no_request_body_causes_a_server_error(reader: Client, path: str) -> None:
    for body, content_type in BODIES:
        response = reader.generic("POST", path, body, content_type=content_type)
        allowed = {200, 302, 400, 403, 404, 409, 413, 422, 429}
        assert response.status_code in allowed, (body[:20], content_type)


METHODS = ("PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW")


@pytest.mark.same_everywhere
@pytest.mark.parametrize("path", sorted({*PAGES, *WITHOUT_FILTERS, *FORMS}))
def test_no_method_causes_a_server_error(reader: Client, path: str) -> None:
    for method in METHODS:
        response = reader.generic(method, path)
        assert response.status_code in {200, 302, 400, 403, 404, 405, 429}, method


@many
@given(slug=st.text(min_size=1, max_size=80))
def test_no_slug_causes_a_server_error(client: Client, slug: str) -> None:
    for place in ("articles", "sections", "layers"):
        path = f"/{place}/{quote(slug, safe='', errors='replace')}/"
        assert client.get(path).status_code in {200, 302, 404}
    state = f"/articles/{quote(slug, safe='', errors='replace')}/state/"
    assert client.post(state, {"state": "done"}).status_code in {302, 400, 404}


@many
@given(who=st.text(min_size=1, max_size=30), key=st.text(min_size=1, max_size=60))
def test_no_confirmation_key_causes_a_server_error(client: Client, who: str, key: str) -> None:
    who, key = quote(who, safe="", errors="replace"), quote(key, safe="", errors="replace")
    for path in (f"password/reset/key/{who}-{key}/", f"confirm-email/{key}/"):
        assert client.get(f"/accounts/{path}", follow=True).status_code in {200, 404}
        data = {"password1": key, "password2": key}
        assert client.post(f"/accounts/{path}", data).status_code in {200, 302, 404, 405, 429}


@pytest.mark.parametrize("who", ["0", "1", "z" * 12, "z" * 13, "z" * 14, "Z9" * 40])
def test_no_number_in_a_mailed_link_causes_a_server_error(client: Client, who: str) -> None:
    path = f"/accounts/password/reset/key/{who}-abc123-0123456789abcdef/"
    assert client.get(path, follow=True).status_code == 200


@pytest.mark.parametrize("number", ["0", "9" * 18, "9" * 19, "9" * 40])
def test_no_event_number_causes_a_server_error(reader: Client, number: str) -> None:
    assert reader.post(f"/events/{number}/undo/").status_code == 404


@pytest.mark.parametrize(
    "cookies",
    [
        {"sessionid": "x"},
        {"sessionid": '"\\000aaaaaaaaaaaaaaaa"'},
        {"theme": "<script>"},
        {"time_zone": "../../etc/passwd"},
        {"time_zone": "Europe/Nowhere"},
        {"messages": "rubbish"},
        {"csrftoken": "short"},
    ],
)
def test_no_cookie_causes_a_server_error(client: Client, cookies: dict[str, str]) -> None:
    for name, value in cookies.items():
        client.cookies.load({name: value})
        client.cookies[name].set(name, value, value)
    for path in ("/", "/articles/payment-wallet/", "/accounts/login/"):
        response = client.get(path)
        assert response.status_code in {200, 400}
        assert "<script>" not in response.content.decode().split("</head>")[0].split("<meta")[0]


@pytest.mark.same_everywhere
@pytest.mark.parametrize("host", ["evil.example", "a b", "[::1"])
def test_an_unknown_host_is_refused(client: Client, host: str) -> None:
    assert client.get("/", headers={"host": host}).status_code == 400


def test_a_bad_request_changes_nothing(client: Client, learner: Any) -> None:
    client.force_login(learner)
    for data in ({"state": "finished"}, {"state": ""}, {}, {"state": "\0"}):
        assert client.post("/articles/payment-wallet/state/", data).status_code == 400
    assert learner.states.count() == learner.events.count() == 0


@pytest.mark.same_everywhere
def test_markup_typed_by_an_editor_is_escaped(client: Client) -> None:
    article = Article.objects.get(slug="payment-wallet")
    entry = article.entries.get()
    article.title = entry.title = "<script>alert(1)</script>"
    entry.what_you_learn = '"><img src=x onerror=alert(1)>'
    article.save()
    entry.save()
    Status.objects.filter(slug="published").update(label="<b>Published</b>")
    for path in ("/", "/articles/", article.get_absolute_url()):
        html = client.get(path).content.decode()
        assert "<script>alert" not in html
        assert "<img src=x" not in html
        assert "<b>Published" not in html
