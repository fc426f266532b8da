"""Guessing a password is slowed down, and its owner gets in."""

import time

import pytest
from django.test import Client, RequestFactory

from accounts.models import User
from accounts.sign_in_limits import FROM_ADDRESS, FROM_ANYWHERE, counters, take_all
from tests.accounts.pages import Page

PASSWORD = "a-learner's-password"


def guess(client: Client, login: str, password: str = "wrong") -> str:
    return Page(client.post("/accounts/login/", {"login": login, "password": password})).text


def signs_in(client: Client, login: str = "learner", password: str = PASSWORD) -> bool:
    client.post("/accounts/login/", {"login": login, "password": password})
    return "_auth_user_id" in client.session


def test_name_and_address_are_counted_together(client: Client, learner: User) -> None:
    for login in ("learner", "learner@example.org", "LEARNER", "Learner@example.org", "learner"):
        assert "is wrong." in guess(client, login)
    for login in ("learner", "learner@example.org"):
        page = guess(client, login, PASSWORD)
        assert "Too many failed attempts. Nothing was changed; try again in 5 seconds." in page
    assert "_auth_user_id" not in client.session


def test_waits_double_up_to_five_minutes() -> None:
    waits = [FROM_ADDRESS.wait_after(failures) for failures in range(15)]
    assert waits == [0, 0, 0, 0, 0, 5, 10, 20, 40, 80, 160, 300, 300, 300, 300]
    assert FROM_ADDRESS.wait_after(10**6) == 300
    assert [FROM_ANYWHERE.wait_after(count) for count in (99, 100, 102, 103)] == [0, 5, 20, 30]


def test_after_the_wait_the_owner_gets_in_from_the_same_address(
    client: Client, learner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(5):
        guess(client, "learner")
    assert not signs_in(client)
    later = time.time() + 6
    monkeypatch.setattr("time.time", lambda: later)
    assert signs_in(client)


def test_failures_from_one_address_do_not_stop_another(client: Client, learner: User) -> None:
    for _ in range(6):
        guess(client, "learner")
    assert not signs_in(client)
    assert signs_in(Client(REMOTE_ADDR="192.0.2.7"))


def test_failures_for_one_account_do_not_stop_another(
    client: Client, learner: User, editor: User
) -> None:
    for _ in range(6):
        guess(client, "learner")
    assert signs_in(client, "editor", "an-editor's-password")


def test_a_browser_that_signed_in_before_gets_in(client: Client, learner: User) -> None:
    assert signs_in(client)
    client.post("/accounts/logout/")
    others = Client()
    for number in range(12):
        guess(others, "learner" if number < 6 else f"name-{number}")
    assert not signs_in(others)
    assert signs_in(client)
    cookie = client.cookies["known_browser"]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == ("/accounts/", True, "Lax")


def test_a_known_browser_is_slowed_down_by_its_own_failures(client: Client, learner: User) -> None:
    assert signs_in(client)
    client.post("/accounts/logout/")
    for _ in range(5):
        assert "is wrong." in guess(client, "learner")
    assert not signs_in(client)
    assert signs_in(Client())


@pytest.mark.parametrize("name", ["thief", "learner@example.org"])
def test_a_browser_is_known_to_its_own_account_only(
    client: Client, learner: User, name: str
) -> None:
    User.objects.create_user(name, "thief@example.org", PASSWORD + "!")
    assert signs_in(client, "thief@example.org", PASSWORD + "!")
    client.post("/accounts/logout/")
    others = Client()
    for _ in range(5):
        guess(others, "learner@example.org")
    assert not signs_in(client, "learner@example.org")


@pytest.mark.parametrize("value", ["", "x", "e30:x:y"])
def test_a_forged_cookie_is_ignored(client: Client, learner: User, value: str) -> None:
    client.cookies["known_browser"] = value
    assert signs_in(client)


def test_guesses_from_many_addresses_are_slowed_down(rf: RequestFactory, learner: User) -> None:
    def wait(number: int, login: str) -> int:
        request = rf.post("/accounts/login/", REMOTE_ADDR=f"192.0.2.{number}")
        return take_all(counters(request, {"username": login}))

    assert [wait(number, "learner") for number in range(101)] == [0] * 100 + [5]
    assert wait(101, "somebody-else") == 0
