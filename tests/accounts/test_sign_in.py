import pytest
from allauth.account.models import EmailAddress
from allauth.core.internal.ratelimit import get_rates
from django.core import mail
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from tests.accounts.hashers import CountingHasher
from tests.accounts.pages import Page

PASSWORD = "correct horse 9"
NEW = {"username": "ada", "password1": PASSWORD, "password2": PASSWORD}
LEARNER = {"login": "learner", "password": "a-learner's-password"}


def user_of(client: Client) -> str | None:
    return client.session.get("_auth_user_id")


@pytest.mark.django_db
def test_signing_up_without_an_address_signs_in_and_sends_nothing(client: Client) -> None:
    assert "E-mail (optional)" in Page(client.get("/accounts/signup/")).text
    response = client.post("/accounts/signup/", {**NEW, "next": "/articles/"})
    assert response.headers["Location"] == "/articles/"
    ada = User.objects.get()
    assert (ada.username, ada.email, ada.time_zone) == ("ada", "", "")
    assert user_of(client) == str(ada.pk)
    assert mail.outbox == []


@pytest.mark.django_db
def test_without_mail_an_address_can_be_given_and_signs_in(client: Client) -> None:
    client.post("/accounts/signup/", {**NEW, "email": "Ada@example.org"})
    client.post("/accounts/logout/")
    assert user_of(client) is None
    client.post("/accounts/login/", {"login": "ada@example.org", "password": PASSWORD})
    assert user_of(client) == str(User.objects.get().pk)
    assert mail.outbox == []


@pytest.mark.django_db
@pytest.mark.usefixtures("with_mail")
def test_with_mail_an_address_is_asked_for_and_confirmed(client: Client) -> None:
    page = Page(client.post("/accounts/signup/", NEW))
    assert page.field("email")["aria-invalid"] == "true"
    assert not User.objects.exists()
    client.post("/accounts/signup/", {**NEW, "email": "ada@example.org"})
    ada = User.objects.get()
    assert user_of(client) == str(ada.pk)
    [message] = mail.outbox
    assert message.to == ["ada@example.org"]
    assert message.subject == "System Design Playbook: confirm your e-mail address"
    link = next(word for word in message.body.split() if "/confirm-email/" in word)
    assert "Confirm your e-mail address" in Page(client.get(link)).headings
    assert not EmailAddress.objects.get().verified
    client.post(link)
    assert EmailAddress.objects.get().verified


@pytest.mark.parametrize(
    ("changes", "label", "message"),
    [
        ({"username": "Learner"}, "User name", "This user name is taken."),
        (
            {"email": "learner@example.org"},
            "E-mail",
            "This e-mail address already has an account.",
        ),
        ({"email": "learner at example"}, "E-mail", "This is not an e-mail address."),
        ({"username": ""}, "User name", "Fill this in."),
    ],
)
def test_invalid_sign_up_values_are_named_and_change_nothing(
    client: Client, learner: User, changes: dict[str, str], label: str, message: str
) -> None:
    response = client.post("/accounts/signup/", {**NEW, **changes})
    assert response.status_code == 200
    text = Page(response).text
    assert f"Check “{label}”" in text
    assert text.count(message) == 1
    assert list(User.objects.all()) == [learner]
    assert user_of(client) is None


@pytest.mark.usefixtures("with_mail")
@pytest.mark.parametrize("is_confirmed", [True, False])
def test_with_mail_a_known_address_signs_up_like_an_unknown_one(
    client: Client, learner: User, is_confirmed: bool
) -> None:
    EmailAddress.objects.create(
        user=learner, email="learner@example.org", primary=True, verified=is_confirmed
    )
    answers = []
    for name, email in (("ada", "learner@example.org"), ("bob", "unknown@example.org")):
        browser = Client()
        data = {**NEW, "username": name, "email": email}
        response = browser.post("/accounts/signup/", data, follow=True)
        pages = Page(response).text, Page(browser.get("/me/")).text
        shown = [page.replace(name, "NAME").replace(email, "ADDRESS") for page in pages]
        answers.append((response.redirect_chain, shown))
    assert answers[0] == answers[1]
    subjects = [(message.to, message.subject.partition(": ")[2]) for message in mail.outbox]
    first = "you already have an account" if is_confirmed else "confirm your e-mail address"
    assert subjects == [
        (["learner@example.org"], first),
        (["unknown@example.org"], "confirm your e-mail address"),
    ]
    client.post("/accounts/login/", {**LEARNER, "login": "learner@example.org"})
    assert user_of(client) == (str(learner.pk) if is_confirmed else None)


@pytest.mark.usefixtures("with_mail")
@pytest.mark.parametrize("is_shared", [True, False])
def test_signing_in_does_not_tell_whether_an_address_has_an_account(
    learner: User, settings: Settings, is_shared: bool
) -> None:
    settings.PASSWORD_HASHERS = ["tests.accounts.hashers.CountingHasher"]
    learner.set_password("a password that nobody guesses")
    learner.save()
    known = EmailAddress.objects.create(user=learner, email=learner.email, verified=True).email
    answers: dict[str, list[tuple[bool, int]]] = {known: [], "unknown@example.org": []}
    for email, seen in answers.items():
        if is_shared:
            name = email.partition("@")[0] + "-2"
            Client().post("/accounts/signup/", {**NEW, "username": name, "email": email})
        for password in (PASSWORD, "wrong"):
            CountingHasher.hashed.clear()
            browser = Client()
            browser.post("/accounts/login/", {"login": email, "password": password})
            seen.append((user_of(browser) is None, len(CountingHasher.hashed)))
    assert answers[known] == answers["unknown@example.org"] == [(True, 2), (True, 2)]


@pytest.mark.usefixtures("with_mail")
def test_an_unconfirmed_address_does_not_slow_down_its_owner(learner: User) -> None:
    EmailAddress.objects.create(user=learner, email="learner@example.org", verified=True)
    other = Client()
    other.post("/accounts/signup/", {**NEW, "email": "learner@example.org"})
    for _ in range(6):
        other.post("/accounts/reauthenticate/", {"password": "wrong"})
    owner = Client()
    owner.post("/accounts/login/", LEARNER)
    assert user_of(owner) == str(learner.pk)


@pytest.mark.parametrize("login", ["learner", "LEARNER", "learner@example.org"])
def test_signing_in_by_name_or_address(client: Client, learner: User, login: str) -> None:
    response = client.post("/accounts/login/", {**LEARNER, "login": login})
    assert response.headers["Location"] == "/"
    assert user_of(client) == str(learner.pk)
    assert "You are signed in as learner." in Page(client.get("/accounts/preferences/")).text


@pytest.mark.parametrize(
    ("login", "password"),
    [("learner", "wrong"), ("nobody", "a-learner's-password"), ("\0", "x"), ("x" * 5000, "x")],
)
def test_wrong_credentials_do_not_sign_in(
    client: Client, learner: User, login: str, password: str
) -> None:
    response = client.post("/accounts/login/", {"login": login, "password": password})
    assert response.status_code == 200
    assert (
        "Check “User name or e-mail”" in Page(response).text or "is wrong." in Page(response).text
    )
    assert user_of(client) is None


def test_an_inactive_account_gets_an_explanation(client: Client, learner: User) -> None:
    learner.is_active = False
    learner.save()
    response = client.post("/accounts/login/", LEARNER, follow=True)
    assert Page(response).headings == ["This account is disabled"]
    assert user_of(client) is None


def test_signing_out_requires_confirmation(client: Client, learner: User) -> None:
    client.force_login(learner)
    client.get("/accounts/logout/")
    assert user_of(client) == str(learner.pk)
    response = client.post("/accounts/logout/", follow=True)
    assert "You are signed out." in Page(response).text
    assert user_of(client) is None


@pytest.mark.same_everywhere
@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "https:evil.example",
        "javascript:alert(1)",
        "http://testserver@evil.example/",
        "http://testserver.evil.example/",
    ],
)
def test_redirects_never_lead_to_a_different_site(
    client: Client, learner: User, target: str
) -> None:
    response = client.post("/accounts/login/", {**LEARNER, "next": target})
    assert response.headers["Location"] == "/"
    assert client.get("/accounts/login/", {"next": target}).headers["Location"] == "/"
    assert client.post("/theme/", {"theme": "dark", "next": target}).headers["Location"] == "/"
    assert client.post("/accounts/logout/", {"next": target}).headers["Location"] == "/"
    response = client.post("/accounts/signup/", {**NEW, "next": target})
    assert response.headers["Location"] == "/"


def test_rate_limits_with_their_own_page_end_after_a_minute() -> None:
    actions = (
        "change_password",
        "login",
        "manage_email",
        "reauthenticate",
        "reset_password",
        "reset_password_from_key",
        "signup",
    )
    rates = [get_rates(app="allauth.account", action=action) for action in actions]
    assert {rate.duration for each in rates for rate in each} == {60}


@pytest.mark.django_db
@pytest.mark.usefixtures("with_mail")
def test_a_mail_failure_does_not_undo_a_sign_up(client: Client, settings: Settings) -> None:
    settings.EMAIL_BACKEND = "tests.accounts.refusing_mail.RefusingBackend"
    data = {**NEW, "email": "ada@example.org"}
    page = Page(client.post("/accounts/signup/", data, follow=True))
    assert user_of(client) == str(User.objects.get().pk)
    assert "The e-mail to ada@example.org could not be sent" in page.text
    assert "We sent" not in page.text
    assert EmailAddress.objects.get().email == "ada@example.org"


@pytest.mark.usefixtures("with_mail")
def test_a_mail_failure_of_a_password_reset_is_reported(
    client: Client, learner: User, settings: Settings
) -> None:
    settings.EMAIL_BACKEND = "tests.accounts.refusing_mail.RefusingBackend"
    for email in ("learner@example.org", "nobody@example.org"):
        page = Page(client.post("/accounts/password/reset/", {"email": email}, follow=True))
        assert f"The e-mail to {email} could not be sent" in page.text


@pytest.mark.django_db
def test_too_many_attempts_get_an_explanation(client: Client) -> None:
    answers = [client.post("/accounts/signup/", {}).status_code for _ in range(21)]
    assert answers == [200] * 20 + [429]
    page = Page(client.post("/accounts/signup/", NEW))
    assert page.headings == ["Too many attempts"]
    assert "Wait a minute" in page.text
    assert page.inline == []
    assert not User.objects.exists()
    assert client.get("/accounts/signup/").status_code == 200


def test_password_attempts_are_rate_limited(client: Client, learner: User) -> None:
    for guess in range(5):
        client.post("/accounts/login/", {"login": "learner", "password": f"guess {guess}"})
    response = client.post("/accounts/login/", LEARNER)
    assert "Too many failed attempts." in Page(response).text
    assert user_of(client) is None


def test_failures_for_other_names_do_not_reset_the_limit(client: Client, learner: User) -> None:
    for guess in range(5):
        client.post("/accounts/login/", {"login": "learner", "password": f"guess {guess}"})
    # Store the cache entries of failed sign-ins directly, because checking passwords is slow.
    for other in range(1000):
        cache.set(f"zzz:{other}", [], timeout=300)
    response = client.post("/accounts/login/", LEARNER)
    assert "Too many failed attempts." in Page(response).text
    assert user_of(client) is None


def test_the_admin_uses_the_sign_in_page_of_the_site(client: Client, db: None) -> None:
    response = client.get("/admin/login/?next=/admin/catalog/article/?q=a")
    assert response.status_code == 302
    assert response["Location"] == "/accounts/login/?next=%2Fadmin%2Fcatalog%2Farticle%2F%3Fq%3Da"
    assert client.get("/admin/login/")["Location"] == "/accounts/login/?next=%2Fadmin%2Flogin%2F"


def test_an_editor_who_was_signed_out_learns_that_nothing_was_saved(
    client: Client, editor: User
) -> None:
    explanation = "Sign in again. What you typed was not saved; go back to copy it."
    path = "/admin/catalog/layer/add/"
    assert explanation not in Page(client.get(path, follow=True)).text
    refused = client.post(path, {"title": "Typed"}, follow=True)
    assert refused.redirect_chain[-1][0].startswith("/accounts/login/")
    assert explanation in Page(refused).text
    client.force_login(editor)
    assert explanation not in Page(client.post(path, {"title": "Typed"}, follow=True)).text


def test_the_admin_has_no_separate_sign_in(client: Client, learner: User, editor: User) -> None:
    response = client.get("/admin/", follow=True)
    assert response.redirect_chain[-1] == ("/accounts/login/?next=%2Fadmin%2F", 302)
    credentials = {"username": "editor", "password": "an-editor's-password"}
    client.post("/admin/login/?next=/admin/", credentials)
    assert user_of(client) is None
    client.force_login(learner)
    assert client.get("/admin/", follow=True).status_code == 403
    client.force_login(editor)
    assert client.get("/admin/").status_code == 200


@pytest.mark.django_db
def test_closed_sign_up_refuses_new_accounts(client: Client, settings: Settings) -> None:
    settings.ACCOUNT_ADAPTER = "tests.accounts.closed.ClosedAdapter"
    assert Page(client.get("/accounts/signup/")).headings == ["Sign-up is closed"]
    client.post("/accounts/signup/", NEW)
    assert not User.objects.exists()


def test_sign_up_shows_each_error_once(client: Client, learner: User) -> None:
    data = {"username": "learner", "password1": "12345678", "password2": "12345678"}
    page = Page(client.post("/accounts/signup/", data))
    errors = ["This user name is taken.", "This password is too common."]
    assert [page.text.count(error) for error in errors] == [1, 1]
    assert "Check “User name”" in page.text


def test_sign_up_without_mail_warns_about_forgotten_passwords(client: Client, db: None) -> None:
    text = Page(client.get("/accounts/signup/")).text
    assert text.count("does not send mail") == 1
    assert "only the operator of the site can set a new one" in text


@pytest.mark.usefixtures("with_mail")
def test_sign_up_with_mail_does_not_warn_about_forgotten_passwords(client: Client) -> None:
    assert "does not send mail" not in Page(client.get("/accounts/signup/")).text
