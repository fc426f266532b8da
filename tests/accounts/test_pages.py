import pytest
from django.test import Client

from accounts.models import User
from tests.accounts import passwords
from tests.accounts.pages import Page

pytestmark = pytest.mark.same_everywhere

SIGNED_OUT = {
    "/accounts/login/": "Sign in",
    "/accounts/signup/": "Sign up",
    "/accounts/password/reset/": "Forgotten password",
    "/accounts/password/reset/done/": "Check your e-mail",
    "/accounts/password/reset/key/1-nonsense/": "This link no longer works",
    "/accounts/password/reset/key/done/": "Your password was changed",
    "/accounts/confirm-email/": "Check your e-mail",
    "/accounts/confirm-email/nonsense/": "This link no longer works",
    "/accounts/inactive/": "This account is disabled",
}
SIGNED_IN = {
    "/accounts/preferences/": "Preferences",
    "/accounts/email/": "Your e-mail address",
    "/accounts/password/change/": "Change your password",
    "/accounts/sessions/": "Where you are signed in",
    "/me/export/": "Download your progress",
    "/accounts/delete/": "Delete your account",
    "/accounts/logout/": "Sign out?",
    "/accounts/reauthenticate/": "Confirm that it is you",
}


def assert_well_made(page: Page, heading: str) -> None:
    assert page.headings == [heading]
    assert page.inline == []
    assert len(page.ids) == len(set(page.ids))
    for field in page.fields:
        assert field["id"] in page.labelled
        assert set(field.get("aria-describedby", "").split()) <= set(page.ids)
        assert "placeholder" not in field or field["type"] == "search"


@pytest.mark.django_db
@pytest.mark.parametrize("path", SIGNED_OUT)
@pytest.mark.parametrize("mail", ["with_mail", "db"])
def test_account_pages_for_visitors_render(
    client: Client, request: pytest.FixtureRequest, path: str, mail: str
) -> None:
    request.getfixturevalue(mail)
    response = client.get(path)
    assert response.status_code == 200
    assert_well_made(Page(response), SIGNED_OUT[path])


@pytest.mark.parametrize("path", SIGNED_IN)
@pytest.mark.parametrize("mail", ["with_mail", "db"])
def test_account_pages_for_learners_render(
    client: Client, learner: User, request: pytest.FixtureRequest, path: str, mail: str
) -> None:
    request.getfixturevalue(mail)
    client.force_login(learner)
    passwords.confirm(client)
    response = client.get(path)
    assert response.status_code == 200
    assert_well_made(Page(response), SIGNED_IN[path])


@pytest.mark.parametrize("path", set(SIGNED_IN) - {"/accounts/logout/"})
def test_an_accounts_pages_send_a_visitor_to_sign_in_and_back(
    client: Client, learner: User, path: str
) -> None:
    response = client.get(path)
    assert response.status_code == 302
    assert response.headers["Location"] == f"/accounts/login/?next={path}"
    credentials = {"login": "learner", "password": "a-learner's-password", "next": path}
    assert client.post("/accounts/login/", credentials).headers["Location"] == path


@pytest.mark.django_db
def test_form_errors_are_shown_at_the_field_and_above_the_form(client: Client) -> None:
    data = {"username": "ada", "password1": "correct horse 9", "password2": "horse"}
    page = Page(client.post("/accounts/signup/", data))
    assert_well_made(page, "Sign up")
    assert "<title>Error: Sign up" in page.html
    wrong = page.field("password2")
    assert wrong["aria-invalid"] == "true"
    assert wrong["aria-describedby"] == "id_password2_error"
    assert page.text.count("You must type the same password each time.") == 1
    assert "Check “Password again”" in page.text
    assert page.field("username")["value"] == "ada"
    assert "aria-invalid" not in page.field("username")
    assert not User.objects.exists()


@pytest.mark.django_db
def test_signing_in_from_the_header_returns_to_the_current_page(
    client: Client,
) -> None:
    assert (
        'href="/accounts/login/?next=/articles/%3Fq%3Dcache"'
        in Page(client.get("/articles/?q=cache")).html
    )
    assert 'href="/accounts/login/"' in Page(client.get("/accounts/signup/?next=/me/")).html


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("current", "back"),
    [
        ("http://testserver/articles/?q=cache", "/articles/%3Fq%3Dcache"),
        ("https://evil.example/", "/"),
        ("", "/"),
    ],
)
def test_an_htmx_request_redirects_the_whole_page_to_sign_in(
    client: Client, current: str, back: str
) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": current}
    response = client.get("/accounts/preferences/", headers=headers)
    assert (response.status_code, response.content) == (200, b"")
    assert response.headers["HX-Redirect"] == f"/accounts/login/?next={back}"
