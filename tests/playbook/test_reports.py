"""Error reports to Sentry contain the failure and nothing else."""

import threading
import tomllib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import sentry_sdk
from django.core.signals import got_request_exception
from django.test import Client
from pytest_django import Settings
from sentry_sdk.envelope import Envelope
from sentry_sdk.transport import Transport

from accounts.models import User
from playbook.observing import reports
from tests.playbook.failing import REQUEST_ID, SECRETS, URLS, make_it_fail, secrets_in
from tests.playbook.program import KEY, ROOT, run


class Kept(Transport):
    """Sends nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.envelopes: list[Envelope] = []

    def capture_envelope(self, envelope: Envelope) -> None:
        self.envelopes.append(envelope)


@pytest.fixture
def kept(settings: Settings, db: None) -> Iterator[Kept]:
    settings.SENTRY_DSN = "https://key@sentry.example.org/1"
    settings.ROOT_URLCONF = URLS
    settings.TRUSTED_PROXY_COUNT = 1
    transport = Kept()
    reports.start(transport=transport)
    yield transport
    got_request_exception.disconnect(reports.report)
    sentry_sdk.get_client().close()
    sentry_sdk.get_global_scope().set_client(None)


def test_a_failed_request_is_reported_with_its_id_and_without_personal_data(kept: Kept) -> None:
    User.objects.create_user(SECRETS["name"], SECRETS["mail"], SECRETS["password"])
    assert make_it_fail(Client()).status_code == 500
    [envelope] = kept.envelopes
    event: Any = envelope.get_event()
    assert event["tags"] == {"request_id": REQUEST_ID, "method": "POST"}
    assert event["transaction"] == "failing"
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert event["release"] == f"system-design-playbook@{project['version']}"
    errors = event["exception"]["values"]
    assert [error["type"] for error in errors] == ["LookupError", "ValueError"]
    frames = [frame for error in errors for frame in error["stacktrace"]["frames"]]
    assert "failing" in {frame["function"] for frame in frames}
    assert [frame for frame in frames if "vars" in frame] == []
    assert [error for error in errors if "value" in error] == []
    assert event["breadcrumbs"]["values"] == []
    assert {"request", "user", "extra", "modules"} & set(event) == set()
    assert secrets_in(envelope.serialize().decode()) == set()


def test_refused_requests_are_not_reported(kept: Kept) -> None:
    client = Client()
    assert client.get("/nowhere/").status_code == 404
    assert client.get("/", headers={"host": "evil.example"}).status_code == 400
    assert kept.envelopes == []


# --- As a program, with nothing but the variable

PROGRAM = """
import sys
from playbook import wsgi
from django.conf import settings
from django.test import Client
settings.ROOT_URLCONF = "tests.playbook.failing_urls"
client = Client(raise_request_exception=False, headers={"host": "127.0.0.1"})
settings.STORAGES["staticfiles"]["BACKEND"] = "django.core.files.storage.InMemoryStorage"
print(client.get("/failing/now/").status_code, "sentry_sdk" in sys.modules)
"""


@pytest.fixture
def sentry() -> Iterator[tuple[str, list[bytes]]]:
    """Run a stand-in for Sentry's server; yield its DSN and what was sent to it."""
    received: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            received.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *args: Any) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=[0.01])
    thread.start()
    yield f"http://key@127.0.0.1:{server.server_port}/1", received
    server.shutdown()
    thread.join()
    server.server_close()


def failing_program(tmp_path: Any, **variables: str) -> str:
    done = run("-c", PROGRAM, SECRET_KEY=KEY, STATIC_ROOT=str(tmp_path), **variables)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_errors_are_reported_only_with_an_address_to_report_to(
    tmp_path: Any, sentry: tuple[str, list[bytes]]
) -> None:
    dsn, received = sentry
    assert failing_program(tmp_path) == "500 False\n"
    assert received == []
    assert failing_program(tmp_path, SENTRY_DSN=dsn) == "500 True\n"
    assert len(received) == 1
