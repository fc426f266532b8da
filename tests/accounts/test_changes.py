"""Password and e-mail: forgotten, changed, removed."""

import time
from urllib.parse import urlencode

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client

from accounts.models import User
from tests.accounts import passwords
from tests.accounts.pages import Page

PASSWORD = "correct horse 9"
BOTH = {"password1": PASSWORD, "password2": PASSWORD}


def may_sign_in(login: str, password: str) -> bool:
    client = Client()
    client.post("/accounts/login/", {"login": login, "password": password})
    return "_auth_user_id" in client.session


@pytest.mark.usefixtures("with_mail")
def test_a_forgotten_password_is_set_by_mail(client: Client, learner: User) -> None:
    response = client.post("/accounts/password/reset/", {"email": "Learner@example.org"})
    assert response.headers["Location"] == "/accounts/password/reset/done/"
    [message] = mail.outbox
    assert message.to == ["learner@example.org"]
    assert message.subject == "System Design Playbook: set a new password"
    assert "Hello learner," in message.body
    link = next(word for word in message.body.split() if "/password/reset/key/" in word)
    assert link.startswith("http://testserver/")
    form = client.get(link).headers["Location"]
    assert Page(client.get(form)).headings == ["Set a new password"]
    wrong = Page(client.post(form, {**BOTH, "password2": "other"}))
    assert wrong.field("password2")["aria-invalid"] == "true"
    learner.refresh_from_db()
    assert learner.check_password("a-learner's-password")
    page = Page(client.post(form, BOTH, follow=True))
    assert page.headings == ["Your password was changed"]
    assert not may_sign_in("learner", "a-learner's-password")
    assert may_sign_in("learner", PASSWORD)
    assert Page(Client().get(link)).headings == ["This link no longer works"]


@pytest.mark.usefixtures("with_mail")
def test_asking_for_a_new_password_does_not_tell_who_has_an_account(
    client: Client, learner: User
) -> None:
    known = client.post("/accounts/password/reset/", {"email": "learner@example.org"})
    unknown = client.post("/accounts/password/reset/", {"email": "nobody@example.org"})
    assert known.status_code == unknown.status_code == 302
    assert known.headers["Location"] == unknown.headers["Location"]
    assert [message.subject for message in mail.outbox] == [
        "System Design Playbook: set a new password",
        "System Design Playbook: no account with this address",
    ]


def test_without_mail_the_operator_is_named_and_no_form_is_shown(
    client: Client, learner: User
) -> None:
    page = Page(client.get("/accounts/password/reset/"))
    assert "This site does not send mail" in page.text
    assert "The operator of the site can set a new password for you." in page.text
    assert "manage.py" not in page.text
    assert [field["name"] for field in page.fields] == ["q"]
    response = client.post("/accounts/password/reset/", {"email": "learner@example.org"})
    assert response.status_code == 200
    assert "so nothing was sent" in Page(response).text
    assert mail.outbox == []


def test_a_password_change_keeps_the_learner_signed_in(client: Client, learner: User) -> None:
    client.force_login(learner)
    elsewhere = Client()
    elsewhere.force_login(learner)
    wrong = client.post("/accounts/password/change/", {"oldpassword": "wrong", **BOTH})
    assert "This is not your current password." in Page(wrong).text
    assert may_sign_in("learner", "a-learner's-password")
    data = {"oldpassword": "a-learner's-password", **BOTH}
    page = Page(client.post("/accounts/password/change/", data, follow=True))
    assert "Your password was changed." in page.text
    assert may_sign_in("learner", PASSWORD)
    assert not may_sign_in("learner", "a-learner's-password")
    assert client.get("/accounts/preferences/").status_code == 200
    assert elsewhere.get("/accounts/preferences/").status_code == 302


def test_an_address_is_valid_immediately_without_mail(client: Client, learner: User) -> None:
    client.force_login(learner)
    passwords.confirm(client)
    assert "learner@example.org" in Page(client.get("/accounts/email/")).text
    data = {"email": "New@example.org", "action_add": ""}
    page = Page(client.post("/accounts/email/", data, follow=True))
    assert "Your e-mail address is now new@example.org." in page.text
    learner.refresh_from_db()
    assert learner.email == "new@example.org"
    assert list(EmailAddress.objects.values_list("email", "primary", "verified")) == [
        ("new@example.org", True, False)
    ]
    assert may_sign_in("new@example.org", "a-learner's-password")
    assert not may_sign_in("learner@example.org", "a-learner's-password")
    client.post("/accounts/email/", {"email": "new@example.org", "action_remove": ""})
    learner.refresh_from_db()
    assert learner.email == ""
    assert not EmailAddress.objects.exists()
    assert mail.outbox == []


def test_the_address_of_another_account_is_refused_without_mail(
    client: Client, learner: User
) -> None:
    other = Client()
    other.post("/accounts/signup/", {"username": "ada", "email": "ada@example.org", **BOTH})
    client.force_login(learner)
    passwords.confirm(client)
    data = {"email": "ADA@example.org", "action_add": ""}
    page = Page(client.post("/accounts/email/", data))
    assert "This e-mail address already has an account." in page.text
    learner.refresh_from_db()
    assert learner.email == "learner@example.org"


@pytest.mark.usefixtures("with_mail")
def test_a_new_address_is_valid_after_confirmation_with_mail(client: Client, learner: User) -> None:
    EmailAddress.objects.create(
        user=learner, email="learner@example.org", primary=True, verified=True
    )
    client.force_login(learner)
    passwords.confirm(client)
    data = {"email": "new@example.org", "action_add": ""}
    page = Page(client.post("/accounts/email/", data, follow=True))
    assert "We sent a link to new@example.org." in page.text
    assert "Open the link that we sent to new@example.org" in page.text
    learner.refresh_from_db()
    assert learner.email == "learner@example.org"
    [message] = mail.outbox
    assert message.to == ["new@example.org"]
    link = next(word for word in message.body.split() if "/confirm-email/" in word)
    page = Page(client.post(link, follow=True))
    assert "new@example.org is confirmed." in page.text
    learner.refresh_from_db()
    assert learner.email == "new@example.org"
    assert EmailAddress.objects.get().verified


@pytest.mark.usefixtures("with_mail")
def test_a_change_of_address_can_be_cancelled(client: Client, learner: User) -> None:
    EmailAddress.objects.create(
        user=learner, email="learner@example.org", primary=True, verified=True
    )
    client.force_login(learner)
    passwords.confirm(client)
    client.post("/accounts/email/", {"email": "new@example.org", "action_add": ""})
    client.post("/accounts/email/", {"email": "new@example.org", "action_remove": ""})
    assert EmailAddress.objects.get().email == "learner@example.org"
    assert "waits for you" not in Page(client.get("/accounts/email/")).text


def test_a_learner_without_a_password_can_set_one(client: Client, learner: User) -> None:
    learner.set_unusable_password()
    learner.save()
    client.force_login(learner)
    page = Page(client.get("/accounts/password/change/", follow=True))
    assert page.headings == ["Set a password"]
    client.post("/accounts/password/set/", BOTH)
    learner.refresh_from_db()
    assert learner.check_password(PASSWORD)


@pytest.mark.parametrize("path", ["/accounts/email/", "/me/export/", "/me/export.json"])
def test_a_session_alone_gets_neither_the_address_nor_the_export(
    client: Client, learner: User, path: str
) -> None:
    client.force_login(learner)
    page_path = path.replace(".json", "/")
    response = client.get(path)
    assert response.status_code == 302
    assert (
        response.headers["Location"]
        == f"/accounts/reauthenticate/?{urlencode({'next': page_path})}"
    )
    assert Page(client.get(response.headers["Location"])).headings == ["Confirm that it is you"]
    wrong = client.post("/accounts/reauthenticate/", {"password": "wrong", "next": page_path})
    assert "This is not your password." in Page(wrong).text
    assert client.get(path).status_code == 302
    data = {"password": "a-learner's-password", "next": page_path}
    assert client.post("/accounts/reauthenticate/", data).headers["Location"] == page_path
    assert client.get(path).status_code == 200


@pytest.mark.parametrize("mail", ["with_mail", "db"])
def test_an_address_sent_without_the_password_is_not_kept_for_later(
    client: Client, learner: User, request: pytest.FixtureRequest, mail: str
) -> None:
    request.getfixturevalue(mail)
    client.force_login(learner)
    client.post("/accounts/email/", {"email": "thief@example.org", "action_add": ""})
    data = {"password": "a-learner's-password", "next": "/accounts/email/"}
    client.post("/accounts/reauthenticate/", data)
    assert not EmailAddress.objects.filter(email="thief@example.org").exists()
    learner.refresh_from_db()
    assert learner.email == "learner@example.org"
    assert mail_sent() == []


def test_the_password_is_asked_for_again_after_five_minutes(
    client: Client, learner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.force_login(learner)
    passwords.confirm(client)
    assert client.get("/accounts/email/").status_code == 200
    later = time.time() + 301
    monkeypatch.setattr("time.time", lambda: later)
    assert client.get("/accounts/email/").status_code == 302


def mail_sent() -> list[tuple[list[str], str]]:
    return [
        (message.to, message.subject.removeprefix("System Design Playbook: "))
        for message in mail.outbox
    ]


@pytest.mark.usefixtures("with_mail")
@pytest.mark.parametrize("is_confirmed", [True, False])
def test_the_old_address_is_told_of_a_new_one(
    client: Client, learner: User, is_confirmed: bool
) -> None:
    EmailAddress.objects.create(
        user=learner, email="learner@example.org", primary=True, verified=is_confirmed
    )
    client.force_login(learner)
    passwords.confirm(client)
    client.post("/accounts/email/", {"email": "new@example.org", "action_add": ""})
    link = next(word for word in mail.outbox[0].body.split() if "/confirm-email/" in word)
    client.post(link)
    assert mail_sent() == [
        (["new@example.org"], "confirm your e-mail address"),
        (["learner@example.org"], "your e-mail address was changed"),
    ]
    learner.refresh_from_db()
    assert learner.email == "new@example.org"
    assert "is now new@example.org. It was learner@example.org." in mail.outbox[1].body
    assert "Hello learner," in mail.outbox[1].body


@pytest.mark.usefixtures("with_mail")
def test_the_owner_is_told_of_a_new_password(client: Client, learner: User) -> None:
    client.force_login(learner)
    data = {"oldpassword": "a-learner's-password", **BOTH}
    client.post("/accounts/password/change/", data, headers={"User-Agent": "Firefox & Co"})
    assert mail_sent() == [(["learner@example.org"], "your password was changed")]
    body = mail.outbox[0].body
    assert "http://testserver/accounts/password/reset/" in body
    assert "Network address: 127.0.0.1\nBrowser: Firefox & Co\n" in body


@pytest.mark.usefixtures("with_mail")
def test_the_owner_is_told_of_a_removed_address(client: Client, learner: User) -> None:
    client.force_login(learner)
    passwords.confirm(client)
    client.get("/accounts/email/")
    client.post("/accounts/email/", {"email": "learner@example.org", "action_remove": ""})
    assert mail_sent() == [(["learner@example.org"], "your e-mail address was removed")]
