"""A request that fails and carries personal data, and a search for that data in a text."""

from typing import Any

from django.test import Client

URLS = "tests.playbook.failing_urls"
REQUEST_ID = "0123456789abcdef"
SECRETS = {
    "name": "ada-lovelace",
    "mail": "ada@example.org",
    "password": "a-long-password",
    "ip": "203.0.113.77",
    "key": "the-key-of-a-mail",
    "query": "what-ada-looks-for",
    "form": "what-ada-wrote",
    "cookie": "what-her-browser-keeps",
    "agent": "the-browser-of-ada",
    "referrer": "where-ada-came-from",
}


def make_it_fail(client: Client) -> Any:
    """Send the failing request as a signed-in learner, and return the response."""
    assert client.login(username=SECRETS["name"], password=SECRETS["password"])
    client.raise_request_exception = False
    client.cookies["theme"] = SECRETS["cookie"]
    return client.post(
        f"/failing/{SECRETS['key']}/?q={SECRETS['query']}",
        {"note": SECRETS["form"], "email": SECRETS["mail"]},
        headers={
            "X-Request-ID": REQUEST_ID,
            "User-Agent": SECRETS["agent"],
            "Referer": f"http://testserver/{SECRETS['referrer']}",
            "Authorization": f"Bearer {SECRETS['cookie']}",
            "X-Forwarded-For": SECRETS["ip"],
        },
        REMOTE_ADDR=SECRETS["ip"],
        follow=False,
    )


def secrets_in(text: str) -> set[str]:
    """Return the names of the secrets that the text contains."""
    return {name for name, secret in SECRETS.items() if secret in text}
