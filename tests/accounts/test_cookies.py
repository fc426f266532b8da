import pytest
from django.test import Client
from pytest_django import Settings

pytestmark = pytest.mark.same_everywhere

FORMER, NEW = "sessionid", "__Host-sessionid"


@pytest.fixture
def visitor(playbook: None, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Client:
    """Return a visitor with one mark, whose cookie is from before the site used https names."""
    client = Client()
    client.post("/articles/payment-wallet/state/", {"state": "done"})
    settings.SESSION_COOKIE_NAME = NEW
    monkeypatch.setattr(
        "playbook.rendering.dependencies.IDENTIFYING_COOKIES", frozenset({NEW, "messages"})
    )
    return client


def test_a_session_is_kept_under_the_new_name(visitor: Client) -> None:
    key = visitor.cookies[FORMER].value
    response = visitor.get("/")
    assert "1 of 39" in response.content.decode()
    assert response.cookies[FORMER]["max-age"] == 0
    cookie = response.cookies[NEW]
    flags = ("secure", "httponly", "samesite", "path", "domain", "max-age")
    assert cookie.value == key
    assert [cookie[flag] for flag in flags] == [True, True, "Lax", "/", "", 365 * 24 * 60 * 60]
    del visitor.cookies[FORMER]
    response = visitor.get("/")
    assert "1 of 39" in response.content.decode()
    assert not response.cookies


def test_a_former_cookie_does_not_replace_a_session(visitor: Client) -> None:
    visitor.get("/")
    key = visitor.cookies[NEW].value
    visitor.cookies[FORMER] = "a" * 32
    response = visitor.get("/")
    assert "1 of 39" in response.content.decode()
    assert NEW not in response.cookies
    assert visitor.cookies[NEW].value == key
