"""The sessions of visitors: how many begin, how long they last, and that they are cleaned."""

from datetime import datetime, timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from catalog.models import Article
from tests.accounts.pages import Page

pytestmark = [pytest.mark.usefixtures("playbook"), pytest.mark.same_everywhere]

DAY = timedelta(days=1)


def mark(client: Client, state: str = "reading") -> int:
    path = f"/articles/{Article.objects.all()[0].slug}/state/"
    return client.post(path, {"state": state}).status_code


def days_left(session: Session) -> int:
    return round((session.expire_date - timezone.now()) / DAY)


def test_visitors_sessions_of_one_address_are_limited() -> None:
    visitor = Client()
    statuses = [mark(visitor), *(mark(Client()) for _ in range(60))]
    assert statuses == [302] * 60 + [429]
    assert Session.objects.count() == 60
    path = f"/articles/{Article.objects.all()[0].slug}/state/"
    refused = Page(Client().post(path, {"state": "done"}))
    assert refused.headings == ["Not saved"]
    assert "so this change was not saved. Sign in or sign up" in refused.text
    assert "keep accounts safe" not in refused.text
    assert mark(visitor, "done") == 302
    assert mark(Client(REMOTE_ADDR="192.0.2.7")) == 302


def test_a_visitors_session_ends_after_60_days_without_use(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark(client)
    assert days_left(Session.objects.get()) == 60
    later = timezone.now() + 50 * DAY
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)
    response = client.get("/me/")
    assert days_left(Session.objects.get()) == 60
    assert response.cookies["sessionid"]["max-age"] == 60 * 24 * 60 * 60
    stored = Session.objects.get().session_data
    assert "sessionid" not in client.get("/me/").cookies
    assert Session.objects.get().session_data == stored
    after: datetime = later + 61 * DAY
    monkeypatch.setattr("django.utils.timezone.now", lambda: after)
    assert client.get("/me/").cookies["sessionid"].value == ""


def test_a_new_session_deletes_expired_ones(client: Client) -> None:
    past = timezone.now() - DAY
    Session.objects.bulk_create(
        Session(session_key=f"expired{number}", session_data="", expire_date=past)
        for number in range(5)
    )
    mark(client)
    assert [row.session_key for row in Session.objects.all()] == [client.session.session_key]
