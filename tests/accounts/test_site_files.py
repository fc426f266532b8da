import json

import pytest
from django.test import Client

from tests.accounts.pages import Page

# The end of a response checks the connections to the database.
pytestmark = [pytest.mark.django_db, pytest.mark.same_everywhere]


def fetch(client: Client, path: str) -> tuple[str, bytes]:
    """Return the type and the bytes of a file."""
    response = client.get(path)
    assert response.status_code == 200
    body = response.getvalue()
    response.close()
    return response.headers["Content-Type"], body


def test_robots_may_visit_only_the_sign_in_pages_of_accounts(
    client: Client,
) -> None:
    noindex = '<meta name="robots" content="noindex">'
    assert noindex in Page(client.get("/accounts/signup/")).html
    door = Page(client.get("/accounts/login/", {"next": "/me/"})).html
    assert noindex not in door
    assert '<link rel="canonical" href="http://testserver/accounts/login/">' in door
    kind, body = fetch(client, "/robots.txt")
    assert kind == "text/plain"
    assert body.decode().split("\n") == [
        "User-agent: *",
        "Disallow: /admin/",
        "Allow: /accounts/login/",
        "Disallow: /accounts/",
        "",
        "Sitemap: http://testserver/sitemap.xml",
        "",
    ]


def test_the_images_of_the_manifest_exist(client: Client) -> None:
    kind, body = fetch(client, "/site.webmanifest")
    assert kind == "application/manifest+json"
    manifest = json.loads(body)
    assert manifest["start_url"] == "/"
    for icon in manifest["icons"]:
        assert fetch(client, icon["src"])[0] == icon["type"]


@pytest.mark.parametrize(
    ("path", "start"),
    [("/favicon.ico", b"\0\0\1\0"), ("/apple-touch-icon.png", b"\x89PNG")],
)
def test_default_icon_addresses_are_served(client: Client, path: str, start: bytes) -> None:
    assert fetch(client, path)[1].startswith(start)
