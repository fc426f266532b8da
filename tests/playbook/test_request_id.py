"""The id that the response, the log and a proxy give to one request."""

import re

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from tests.playbook.failing import URLS

pytestmark = pytest.mark.same_everywhere

MADE = re.compile(r"[0-9a-f]{16}")
GIVEN = "7f3d9a2c-5b1e-4c8f-9d60-2a4b6c8e0f13"


@pytest.mark.django_db
def test_each_request_has_a_unique_id(client: Client) -> None:
    ids = {client.get(path)["X-Request-ID"] for path in ("/", "/", "/nowhere/", "/healthz")}
    assert len(ids) == 4
    assert all(MADE.fullmatch(request_id) for request_id in ids)


@pytest.mark.django_db
def test_the_id_of_a_trusted_proxy_is_used(client: Client, settings: Settings) -> None:
    headers = {"X-Request-ID": GIVEN}
    assert client.get("/", headers=headers)["X-Request-ID"] != GIVEN
    settings.TRUSTED_PROXY_COUNT = 1
    assert client.get("/", headers=headers)["X-Request-ID"] == GIVEN


@pytest.mark.parametrize(
    "given",
    ["", "short", "x" * 65, "two words", "<script>", "a\nb-of-a-line", "é" * 12],
)
def test_a_malformed_id_is_replaced(client: Client, settings: Settings, given: str) -> None:
    settings.TRUSTED_PROXY_COUNT = 1
    answer = client.get("/healthz", headers={"X-Request-ID": given})
    assert MADE.fullmatch(answer["X-Request-ID"])


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "host", "status"),
    [
        ("/failing/now/", "testserver", 500),
        ("/nowhere/", "testserver", 404),
        ("/", "evil.example", 400),
        ("/theme/", "testserver", 405),
    ],
)
def test_an_error_page_shows_the_request_id(
    settings: Settings, path: str, host: str, status: int
) -> None:
    settings.ROOT_URLCONF = URLS
    client = Client(raise_request_exception=False, headers={"host": host})
    response = client.get(path)
    assert response.status_code == status
    page = response.content.decode()
    assert page.count(f"<code>{response['X-Request-ID']}</code>") == 1
    assert "reference" in page


def test_a_refused_form_shows_the_request_id(learner: User) -> None:
    client = Client(enforce_csrf_checks=True)
    response = client.post("/theme/", {"theme": "dark"})
    assert response.status_code == 403
    assert f"<code>{response['X-Request-ID']}</code>" in response.content.decode()


def test_a_successful_page_does_not_show_the_request_id(client: Client, playbook: None) -> None:
    response = client.get("/")
    assert response["X-Request-ID"] not in response.content.decode()
