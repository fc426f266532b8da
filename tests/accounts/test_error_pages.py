import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import User
from catalog.models import Article
from progress.models import Event, State
from tests.accounts.pages import Page, Response

pytestmark = pytest.mark.same_everywhere

STYLES = {f'href="/static/css/{name}.css"' for name in ("tokens", "base", "components", "errors")}


@pytest.fixture
def breaking(settings: Settings) -> Client:
    settings.ROOT_URLCONF = "tests.accounts.broken_urls"
    return Client(raise_request_exception=False)


def assert_is_error(response: Response, status: int, heading: str) -> Page:
    assert response.status_code == status
    page = Page(response)
    assert page.headings == [heading]
    assert page.inline == []
    assert all(style in page.html for style in STYLES)
    assert 'href="/"' in page.html
    return page


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path",
    [
        "/nowhere/",
        "/articles/no-such-article/",
        "/sections/no-such-section/",
        "/layers/no-such-layer/",
        "/accounts/nowhere/",
        "/%00",
        "/%FF%FE/",
    ],
)
def test_an_unknown_address_offers_a_search(client: Client, path: str) -> None:
    page = assert_is_error(client.get(path), 404, "Page not found")
    assert '<form class="error-search" role="search"' in page.html


def test_a_learner_stays_signed_in_on_an_error_page(client: Client, learner: User) -> None:
    client.force_login(learner)
    page = assert_is_error(client.get("/nowhere/"), 404, "Page not found")
    assert '<summary class="account-button" title="learner">' in page.html


@pytest.mark.django_db
def test_an_unknown_host_name_is_refused(client: Client) -> None:
    response = client.get("/", headers={"Host": "evil.example"})
    page = assert_is_error(response, 400, "The request could not be understood")
    assert "ALLOWED_HOSTS" in page.text
    assert "evil.example" not in page.html


@pytest.mark.django_db
def test_a_malformed_cookie_is_refused(client: Client) -> None:
    client.cookies["sessionid"] = "a\0b"
    assert_is_error(client.get("/"), 400, "The request could not be understood")


def test_a_request_that_is_too_large_changes_nothing(client: Client, learner: User) -> None:
    client.force_login(learner)
    data = {"time_zone": "Asia/Tokyo", "padding": "x" * 3_000_000}
    form = "&".join(f"{name}={value}" for name, value in data.items())
    response = client.post(
        "/accounts/preferences/", form, content_type="application/x-www-form-urlencoded"
    )
    page = assert_is_error(response, 413, "Too much was sent")
    assert "This page takes up to 64.0 KB" in page.text
    learner.refresh_from_db()
    assert learner.time_zone == ""


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"--x\r\nnonsense", "multipart/form-data"),
        (b"--x\r\nnonsense", "multipart/form-data; boundary=\xff"),
        (b"&".join([b"a=1"] * 2000), "application/x-www-form-urlencoded"),
        (b"time_zone=Asia/Tokyo", "application/x-www-form-urlencoded; charset=utf-16"),
    ],
)
def test_a_body_that_cannot_be_read_changes_nothing(
    client: Client, learner: User, body: bytes, content_type: str
) -> None:
    client.force_login(learner)
    response = client.post("/accounts/preferences/", body, content_type=content_type)
    assert_is_error(response, 400, "The request could not be understood")
    learner.refresh_from_db()
    assert learner.time_zone == ""


@pytest.mark.usefixtures("playbook")
def test_an_address_with_too_many_parameters_is_refused(client: Client) -> None:
    query = "&".join(["state=done"] * 1001)
    for path in ("/", "/articles/"):
        response = client.get(f"{path}?{query}")
        assert_is_error(response, 400, "The request could not be understood")
    assert_is_error(client.get(f"/nope/?{query}"), 404, "Page not found")


@pytest.mark.usefixtures("playbook")
def test_a_wrong_method_gets_an_explanation(client: Client) -> None:
    article = Article.objects.all()[0]
    response = client.get(f"/articles/{article.slug}/state/?state=done")
    page = assert_is_error(response, 405, "This address cannot be opened directly")
    assert response.headers["Allow"] == "POST"
    assert "Nothing was changed." in page.text
    assert "progress" not in client.session
    assert client.delete("/accounts/preferences/").status_code == 405


def test_a_forbidden_page_explains_itself(breaking: Client, learner: User) -> None:
    breaking.force_login(learner)
    assert_is_error(breaking.get("/forbidden/"), 403, "You do not have access to this page")


@pytest.mark.usefixtures("playbook")
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "null"},
        {"Origin": "http://testserver", "Sec-Fetch-Site": "cross-site"},
        {"Origin": "http://testserver", "Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site"},
    ],
)
def test_a_form_without_its_token_changes_nothing(learner: User, headers: dict[str, str]) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(learner)
    article = Article.objects.all()[0]
    path = f"/articles/{article.slug}/state/"
    response = client.post(path, {"state": "done"}, headers=headers)
    page = assert_is_error(response, 403, "This form has expired")
    assert "CSRF_TRUSTED_ORIGINS" not in page.text
    assert 'href="/accounts/login/?next' not in page.html
    assert not State.objects.exists()


@pytest.mark.usefixtures("playbook")
@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "same-origin"},
        {"Origin": "http://testserver", "Sec-Fetch-Site": "same-origin"},
        {"Origin": "http://testserver"},
    ],
)
def test_a_same_origin_form_needs_no_token(learner: User, headers: dict[str, str]) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(learner)
    path = f"/articles/{Article.objects.all()[0].slug}/state/"
    assert client.post(path, {"state": "done"}, headers=headers).status_code == 302
    assert State.objects.get().user == learner


@pytest.mark.usefixtures("playbook")
@pytest.mark.parametrize("site", ["same-origin", "cross-site"])
def test_a_cross_site_form_is_always_refused(learner: User, site: str) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(learner)
    path = f"/articles/{Article.objects.all()[0].slug}/state/"
    headers = {"Origin": "https://evil.example", "Sec-Fetch-Site": site}
    assert client.post(path, {"state": "done"}, headers=headers).status_code == 403
    assert not State.objects.exists()


@pytest.mark.django_db
def test_an_origin_that_is_not_trusted_is_named_for_the_operator() -> None:
    client = Client(enforce_csrf_checks=True)
    headers = {"Origin": "https://study.example.org:8443"}
    response = client.post("/theme/", {"theme": "dark"}, headers=headers)
    page = assert_is_error(response, 403, "This form has expired")
    assert "CSRF_TRUSTED_ORIGINS=https://study.example.org:8443" in page.text
    assert "theme" not in response.cookies
    headers = {"Origin": "https://<script>alert(1)</script>"}
    assert "<script>alert" not in Page(client.post("/theme/", headers=headers)).html


@pytest.mark.django_db
def test_a_form_with_its_token_is_accepted() -> None:
    client = Client(enforce_csrf_checks=True)
    client.get("/accounts/login/")
    token = client.cookies["csrftoken"].value
    headers = {"Origin": "http://testserver"}
    data = {"theme": "dark", "csrfmiddlewaretoken": token}
    assert client.post("/theme/", data, headers=headers).status_code == 302


def test_a_server_error_page_reveals_no_internals(breaking: Client, learner: User) -> None:
    breaking.force_login(learner)
    breaking.cookies["theme"] = "dark"
    page = assert_is_error(breaking.get("/broken/"), 500, "Something went wrong on our side")
    assert "a secret of the inside" not in page.html
    assert '<html lang="en" data-theme="dark">' in page.html
    assert "learner" not in page.html


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("engine", "status", "heading"),
    [
        ("broken_sessions", 500, "Something went wrong on our side"),
        ("unreachable_sessions", 503, "This page is not available at the moment"),
    ],
)
def test_the_pages_of_server_errors_need_neither_session_nor_database(
    breaking: Client,
    settings: Settings,
    django_assert_num_queries: DjangoAssertNumQueries,
    engine: str,
    status: int,
    heading: str,
) -> None:
    settings.SESSION_ENGINE = f"tests.accounts.{engine}"
    breaking.cookies["sessionid"] = "a" * 32
    with django_assert_num_queries(0):
        response = breaking.get("/")
    assert_is_error(response, status, heading)
    assert response.headers["Content-Security-Policy"]


def test_a_conflict_page_explains_itself(client: Client, learner: User, playbook: None) -> None:
    client.force_login(learner)
    path = f"/articles/{Article.objects.all()[0].slug}/state/"
    client.post(path, {"state": "reading"})
    first = Event.objects.get()
    client.post(path, {"state": "done"})
    page = assert_is_error(
        client.post(f"/events/{first.pk}/undo/"), 409, "Something changed in the meantime"
    )
    assert "Undo that one first" in page.text
    assert State.objects.get().state == "done"
