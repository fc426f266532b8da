"""A learner of a served site: signed in, and able to mark over HTTP."""

from contextlib import closing
from http.client import HTTPConnection
from typing import NamedTuple

from tests.playbook.program import manage

SIGN_IN = """
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from accounts.models import User
for number in range({count}):
    user = User.objects.create(username=f"learner-{{number}}")
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    print(session.session_key)
"""


class Answer(NamedTuple):
    status: int
    text: str
    retry_after: str | None


class Reader:
    """Sends requests with the cookie of a session."""

    def __init__(self, site: dict[str, str], session_key: str) -> None:
        self.port = int(site["PORT"])
        self.cookie = f"sessionid={session_key}"

    def get(self, path: str) -> Answer:
        return self._ask("GET", path)

    def post(self, path: str, body: str) -> Answer:
        return self._ask("POST", path, body)

    def mark(self, slug: str, state: str) -> Answer:
        return self.post(f"/articles/{slug}/state/", f"state={state}")

    def mark_layer(self, slug: str, state: str) -> Answer:
        return self.post(f"/layers/{slug}/state/", f"state={state}")

    def _ask(self, method: str, path: str, body: str = "") -> Answer:
        headers = {
            "Cookie": self.cookie,
            "HX-Request": "true" if method == "POST" else "false",
            "Sec-Fetch-Site": "same-origin",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=60)) as connection:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            text = response.read().decode()
            return Answer(response.status, text, response.getheader("Retry-After"))


def readers_of(site: dict[str, str], count: int) -> list[Reader]:
    """Create so many learners and sign them in."""
    done = manage("shell", "-v0", "-c", SIGN_IN.format(count=count), **site)
    assert done.returncode == 0, done.stderr
    return [Reader(site, key) for key in done.stdout.split()]
