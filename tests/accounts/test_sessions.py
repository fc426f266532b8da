"""Test the length of sessions, the list of them, and signing out from it."""

from datetime import UTC, datetime, timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import DatabaseError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.browsers import browser_name
from accounts.models import User
from progress.sessions import SessionStore
from tests.accounts.pages import Page

LIST = "/accounts/sessions/"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/141.0.0.0 Safari/537.36"
)
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1"
)


def signed_in(user_agent: str = FIREFOX, login: str = "learner") -> Client:
    client = Client(headers={"User-Agent": user_agent})
    password = {"learner": "a-learner's-password", "editor": "an-editor's-password"}[login]
    client.post("/accounts/login/", {"login": login, "password": password})
    assert is_signed_in(client)
    return client


def is_signed_in(client: Client) -> bool:
    return client.get("/accounts/preferences/").status_code == 200


def after(monkeypatch: pytest.MonkeyPatch, **age: float) -> None:
    """Set the clock of the sessions."""
    later = timezone.now() + timedelta(**age)
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)


def test_a_session_ends_after_thirty_days_without_use(
    learner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = signed_in()
    after(monkeypatch, days=29)
    assert is_signed_in(client)
    after(monkeypatch, days=29)
    assert is_signed_in(client)
    after(monkeypatch, days=31)
    assert not is_signed_in(client)


def test_a_session_in_use_ends_after_a_year(learner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    client = signed_in()
    for _ in range(18):
        after(monkeypatch, days=20)
        assert is_signed_in(client)
    after(monkeypatch, days=6)
    assert not is_signed_in(client)


def test_staff_sign_in_again_after_twelve_hours(
    learner: User, editor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    working, studying = signed_in(login="editor"), signed_in()
    after(monkeypatch, hours=11)
    assert working.get("/admin/").status_code == 200
    after(monkeypatch, hours=2)
    response = working.get("/accounts/login/")
    assert "You signed in too long ago. Sign in again to continue." in response.content.decode()
    assert working.get("/admin/").status_code == 302
    assert is_signed_in(studying)


def test_a_learner_who_becomes_staff_signs_in_again(
    learner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = signed_in()
    after(monkeypatch, hours=13)
    assert is_signed_in(client)
    User.objects.update(is_staff=True)
    assert not is_signed_in(client)


def test_a_visitors_session_lasts_60_days(client: Client, playbook: None) -> None:
    client.post("/articles/payment-wallet/state/", {"state": "done"})
    age = Session.objects.get().expire_date - timezone.now()
    assert timedelta(days=59) < age <= timedelta(days=60)


def test_use_is_stored_once_a_day(
    learner: User, playbook: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = signed_in()

    def writes() -> list[str]:
        with CaptureQueriesContext(connection) as queries:
            assert is_signed_in(client)
        tables = ("django_session", "usersessions_usersession")
        return [
            table
            for query in queries
            for table in tables
            if query["sql"].startswith(f'UPDATE "{table}"')
        ]

    assert writes() == []
    after(monkeypatch, hours=25)
    assert writes() == ["django_session", "usersessions_usersession"]
    assert writes() == []
    assert UserSession.objects.get().last_seen_at == timezone.now()


def test_a_page_is_shown_while_use_cannot_be_stored(
    learner: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    client = signed_in()
    after(monkeypatch, hours=25)

    def refuse(self: SessionStore) -> bool:
        raise DatabaseError("read-only")

    monkeypatch.setattr(SessionStore, "touch", refuse)
    assert is_signed_in(client)
    assert "The use of a session could not be stored: read-only" in caplog.text


def test_a_session_from_an_older_release_is_recorded(
    learner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = Client(headers={"User-Agent": FIREFOX})
    client.force_login(learner)
    session = client.session
    del session["signed_in_at"]
    session.save()
    Session.objects.update(expire_date=timezone.now() + timedelta(days=365))
    assert is_signed_in(client)
    assert "Firefox on Linux" in Page(client.get(LIST)).text
    after(monkeypatch, days=31)
    assert not is_signed_in(client)


def test_the_list_shows_each_session_and_its_use(learner: User, editor: User) -> None:
    here, phone = signed_in(), signed_in(IPHONE)
    signed_in(CHROME, "editor")
    began = datetime(2026, 3, 1, 8, 30, tzinfo=UTC)
    UserSession.objects.filter(user_agent=IPHONE).update(created_at=began, ip="192.0.2.7")
    text = Page(here.get(LIST)).text
    assert text.index("Firefox on Linux This browser") < text.index("Safari on iPhone")
    assert "Signed in 1 March 2026, 08:30 from 192.0.2.7." in text
    assert "Chrome" not in text
    assert "Sign out everywhere else" in text
    phone.post("/accounts/logout/")
    text = Page(here.get(LIST)).text
    assert "iPhone" not in text
    assert "Sign out everywhere else" not in text


def test_one_session_is_ended(learner: User) -> None:
    here, phone, tablet = signed_in(), signed_in(IPHONE), signed_in(CHROME)
    row = UserSession.objects.get(user_agent=IPHONE)
    page = Page(here.post(f"{LIST}{row.pk}/end/", follow=True))
    assert "That browser is signed out." in page.text
    assert [is_signed_in(client) for client in (here, phone, tablet)] == [True, False, True]


def test_all_other_sessions_are_ended(learner: User, editor: User) -> None:
    here, phone, tablet = signed_in(), signed_in(IPHONE), signed_in(CHROME)
    working = signed_in(login="editor")
    page = Page(here.post(f"{LIST}end-others/", follow=True))
    assert "All other browsers are signed out." in page.text
    clients = (here, phone, tablet, working)
    assert [is_signed_in(client) for client in clients] == [True, False, False, True]


def test_nobody_ends_the_session_of_another(learner: User, editor: User) -> None:
    here, working = signed_in(), signed_in(login="editor")
    row = UserSession.objects.get(user=editor)
    here.post(f"{LIST}{row.pk}/end/")
    here.post(f"{LIST}end-others/")
    assert is_signed_in(working)
    Client().post(f"{LIST}{row.pk}/end/")
    assert is_signed_in(working)


def test_this_session_is_ended_by_signing_out(learner: User) -> None:
    here = signed_in()
    response = here.post(f"{LIST}{UserSession.objects.get().pk}/end/")
    assert response.headers["Location"] == "/accounts/logout/"


def test_sessions_that_a_new_password_ended_are_not_listed(learner: User) -> None:
    here = signed_in()
    signed_in(IPHONE)
    new = {"password1": "correct horse 9", "password2": "correct horse 9"}
    here.post("/accounts/password/change/", {"oldpassword": "a-learner's-password", **new})
    text = Page(here.get(LIST)).text
    assert "Firefox on Linux This browser" in text
    assert "iPhone" not in text


def test_the_list_needs_a_constant_number_of_queries(
    learner: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    here = signed_in()
    here.get(LIST)
    with CaptureQueriesContext(connection) as queries:
        here.get(LIST)
    few = len(queries)
    for _ in range(4):
        signed_in(IPHONE)
    with django_assert_num_queries(few):
        assert Page(here.get(LIST)).text.count("iPhone") == 4


def test_clearing_expired_sessions_clears_their_records(learner: User, editor: User) -> None:
    signed_in()
    working = signed_in(login="editor")
    learners_key = UserSession.objects.get(user=learner).session_key
    Session.objects.filter(session_key=learners_key).update(expire_date=timezone.now())
    SessionStore.clear_expired()
    assert [row.user for row in UserSession.objects.all()] == [editor]
    assert is_signed_in(working)


@pytest.mark.same_everywhere
@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (FIREFOX, "Firefox on Linux"),
        (CHROME, "Chrome on Windows"),
        (CHROME + " Edg/141.0.0.0", "Edge on Windows"),
        (IPHONE, "Safari on iPhone"),
        ("curl/8", "Unknown browser"),
        ("", "Unknown browser"),
    ],
)
def test_browsers_are_named(user_agent: str, name: str) -> None:
    assert browser_name(user_agent) == name
