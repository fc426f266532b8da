"""Addresses, headers and caches that no client can bend."""

import re
from contextlib import closing

import pytest
from django.core import mail
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from catalog.models import Article
from progress.models import State
from tests.accounts.passwords import confirm

pytestmark = pytest.mark.same_everywhere

OTHER_HOST = "127.0.0.1:9999"
FEATURES = {"camera=()", "geolocation=()", "microphone=()", "payment=()", "usb=()"}


def addresses(text: str) -> set[str]:
    return {f"{scheme}{host}" for scheme, host in re.findall(r"(https?://)([^/\s\"<]+)", text)}


@pytest.mark.usefixtures("playbook", "with_mail")
def test_mails_and_feeds_link_to_the_configured_address(learner: User, settings: Settings) -> None:
    settings.SITE_URL = "https://study.example.org"
    client = Client(headers={"host": OTHER_HOST})
    client.post("/accounts/password/reset/", {"email": learner.email})
    client.post("/accounts/password/reset/", {"email": "nobody@example.org"})
    mails = [str(message.body) for message in mail.outbox]
    assert [addresses(text) for text in mails] == [{"https://study.example.org"}] * 2
    feed = client.get("/feeds/changes.atom").content.decode()
    links = set(re.findall(r'href="(https?://[^/]+)', feed))
    assert links == {"https://study.example.org"}
    assert OTHER_HOST not in feed


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["//localhost/x", "http://127.0.0.1/", "http://localhost/me/"])
def test_a_form_leads_back_to_the_configured_address_only(learner: User, address: str) -> None:
    client = Client(headers={"host": "localhost"})
    assert client.post("/theme/", {"theme": "dark", "next": address})["Location"] == "/"
    form = {"login": "learner", "password": "a-learner's-password", "next": address}
    assert client.post("/accounts/login/", form)["Location"] == "/"


@pytest.mark.parametrize(
    "path",
    [
        "/me/export.json",
        "/accounts/preferences/",
        "/accounts/delete/",
        "/accounts/email/",
        "/accounts/password/change/",
        "/accounts/logout/",
        "/admin/",
        "/me/plan/edit/",
        "/me/items/add/",
        "/me/calendar/",
        "/me/reminders/",
    ],
)
def test_private_pages_are_never_stored(client: Client, editor: User, path: str) -> None:
    client.force_login(editor)
    confirm(client, "an-editor's-password")
    response = client.get(path, follow=True)
    assert response.status_code == 200
    assert {"no-store", "private"} <= set(response["Cache-Control"].split(", "))


def test_an_error_page_of_a_learner_is_never_stored(client: Client, learner: User) -> None:
    client.force_login(learner)
    assert client.get("/nowhere/")["Cache-Control"] == "private, no-store"


def test_signing_out_clears_the_cached_pages(client: Client, learner: User) -> None:
    client.force_login(learner)
    assert "Clear-Site-Data" not in client.get("/accounts/logout/")
    assert client.post("/accounts/logout/")["Clear-Site-Data"] == '"cache"'
    client.force_login(learner)
    form = {"password": "a-learner's-password"}
    assert client.post("/accounts/delete/", form)["Clear-Site-Data"] == '"cache"'


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/", "/healthz", "/readyz", "/metrics/prometheus", "/nowhere/"])
@pytest.mark.parametrize("host", ["testserver", "an-unknown-host.example"])
@pytest.mark.parametrize("token", ["", "a-token-of-the-tests-0123456789"])
def test_every_response_has_the_same_protection(
    client: Client, settings: Settings, path: str, host: str, token: str
) -> None:
    settings.METRICS_TOKEN = token
    response = client.get(path, headers={"host": host})
    assert set(response["Permissions-Policy"].split(", ")) >= FEATURES
    assert "default-src 'none'" in response["Content-Security-Policy"]
    names = ("X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy")
    assert [response[name] for name in names] == ["nosniff", "DENY", "same-origin"]
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"


@pytest.mark.django_db
def test_a_static_file_has_the_permissions_policy(client: Client) -> None:
    with closing(client.get("/static/css/tokens.css")) as response:
        assert "camera=()" in response["Permissions-Policy"]


@pytest.mark.usefixtures("playbook")
@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_form_of_another_site_is_refused_even_with_a_token(learner: User, site: str) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(learner)
    client.get("/accounts/preferences/")
    token = client.cookies["csrftoken"].value
    path = f"/articles/{Article.objects.all()[0].slug}/state/"
    own = {"Origin": "http://testserver"}
    form = {"state": "done", "csrfmiddlewaretoken": token}
    refused = client.post(path, form, headers={**own, "Sec-Fetch-Site": site})
    assert refused.status_code == 403
    assert not State.objects.exists()
    assert client.post(path, form, headers=own).status_code == 302


def test_security_txt_names_the_contact(client: Client, settings: Settings, db: None) -> None:
    path = "/.well-known/security.txt"
    assert client.get(path).status_code == 404
    settings.SECURITY_CONTACT = "mailto:security@example.org"
    response = client.get(path)
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    lines = dict(line.split(": ", 1) for line in response.content.decode().splitlines())
    assert re.fullmatch(r"20\d\d-\d\d-\d\dT00:00:00Z", lines.pop("Expires"))
    assert lines == {
        "Contact": "mailto:security@example.org",
        "Preferred-Languages": "en",
        "Canonical": "http://testserver/.well-known/security.txt",
    }


@pytest.mark.usefixtures("playbook")
@pytest.mark.parametrize("character", ["\u202e", "\u2066", "\u200b", "\u00ad", "\ue000"])
def test_an_address_with_an_invisible_character_is_refused(
    client: Client, learner: User, editor: User, character: str
) -> None:
    url = f"https://example.org/a{character}b"
    client.force_login(learner)
    suggestion = {"kind": "article", "title": "A title", "url": url}
    page = client.post("/contributing/", suggestion)
    assert "The address contains an invisible character" in page.content.decode()
    client.force_login(editor)
    page = client.post("/admin/catalog/article/add/", {"title": "A title", "url": url})
    assert "The address contains an invisible character" in page.content.decode()
