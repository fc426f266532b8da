"""Log lines of refused and failed requests, for people and for log stores, without names."""

import json
import logging
import logging.config
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as configured
from django.db import DatabaseError, OperationalError, connection
from django.test import Client, override_settings
from pytest_django import Settings

from accounts.models import User
from tests.playbook.failing import REQUEST_ID, SECRETS, URLS, make_it_fail, secrets_in
from tests.playbook.program import KEY, run

pytestmark = pytest.mark.same_everywhere


@contextmanager
def terminal_of(form: str) -> Iterator[StringIO]:
    """Return what the product's own handler writes."""
    console = next(
        handler
        for handler in logging.getLogger().handlers
        if handler.name == "console" and isinstance(handler, logging.StreamHandler)
    )
    settings: Any = configured.LOGGING
    formatter = logging.config.DictConfigurator(settings).configure_formatter(
        dict(settings["formatters"][form])
    )
    terminal, former = console.setStream(StringIO()), console.formatter
    console.setFormatter(formatter)
    yield console.stream
    console.setStream(terminal)
    console.setFormatter(former)


@pytest.fixture
def log() -> Iterator[StringIO]:
    with terminal_of("line") as stream:
        yield stream


@pytest.fixture
def store() -> Iterator[StringIO]:
    with terminal_of("json") as stream:
        yield stream


@pytest.fixture
def ada(db: None, settings: Settings) -> User:
    settings.ROOT_URLCONF = URLS
    settings.TRUSTED_PROXY_COUNT = 1
    return User.objects.create_user(SECRETS["name"], SECRETS["mail"], SECRETS["password"])


def objects(stream: StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


# --- For a person


def test_an_unknown_host_is_logged_as_one_line(log: StringIO, db: None) -> None:
    assert Client().get("/", headers={"host": "evil.example"}).status_code == 400
    [line] = log.getvalue().splitlines()
    assert " ERROR django.security.DisallowedHost: " in line
    assert "evil.example" in line


def test_a_forbidden_page_is_logged_as_one_line_with_its_id(
    log: StringIO, client: Client, editor: User
) -> None:
    client.force_login(editor)
    response = client.get("/admin/accounts/user/")
    assert response.status_code == 403
    [line] = log.getvalue().splitlines()
    assert line.endswith(
        f" {response['X-Request-ID']} WARNING django.request: "
        "Forbidden (Permission denied): /admin/accounts/user/"
    )


def test_an_unknown_address_is_logged_with_its_request_id(log: StringIO, db: None) -> None:
    """Django says it when every middleware is done with the request."""
    response = Client().get("/nowhere/")
    [line] = log.getvalue().splitlines()
    assert f" {response['X-Request-ID']} WARNING django.request: Not Found: /nowhere/" in line


@pytest.mark.parametrize(
    "address",
    [
        "/calendar/{}.ics",
        "/practice/review/{}/",
        "/reminders/stop/{}/",
        "/accounts/confirm-email/{}/",
    ],
)
def test_a_secret_in_an_address_is_in_no_line(log: StringIO, db: None, address: str) -> None:
    """Not even if the request is refused before any view is chosen."""
    for host in ("testserver", "evil.example"):
        Client().put(address.format("tell-nobody"), headers={"host": host})
    lines = log.getvalue().splitlines()
    assert f"Method Not Allowed (PUT): {address.format('…')}" in lines[0]
    assert len(lines) == 2
    assert "tell-nobody" not in log.getvalue()


@override_settings(ROOT_URLCONF="tests.accounts.broken_urls")
def test_an_error_keeps_its_traceback(log: StringIO, db: None) -> None:
    client = Client(raise_request_exception=False)
    assert client.get("/broken/").status_code == 500
    lines = log.getvalue().splitlines()
    assert lines[0].endswith(" ERROR django.request: Internal Server Error: /broken/")
    assert "Traceback (most recent call last):" in lines
    assert lines[-1] == "RuntimeError: a secret of the inside"


# --- For a store of logs


def test_an_error_is_logged_as_one_json_object_without_personal_data(
    store: StringIO, ada: User
) -> None:
    assert make_it_fail(Client()).status_code == 500
    [entry] = objects(store)
    when = datetime.fromisoformat(entry.pop("time"))
    assert timedelta(0) <= datetime.now(UTC) - when < timedelta(minutes=1)
    steps = entry.pop("traceback")
    assert entry == {
        "level": "ERROR",
        "logger": "django.request",
        "message": "Internal Server Error",
        "request_id": REQUEST_ID,
        "view": "failing",
        "method": "POST",
        "status": 500,
        "exception": "ValueError",
    }
    assert [line for line in steps.splitlines() if not line.startswith(" ")] == [
        "LookupError",
        "ValueError",
    ]
    assert steps.count("failing_urls.py") == 2
    assert secrets_in(store.getvalue()) == set()


def test_a_refused_request_is_logged_without_personal_data(store: StringIO, ada: User) -> None:
    client = Client(headers={"X-Request-ID": REQUEST_ID}, enforce_csrf_checks=True)
    client.force_login(ada)
    client.get(f"/{SECRETS['name']}/?q={SECRETS['query']}")
    client.get("/", headers={"host": SECRETS["agent"]})
    client.get("/", headers={"cookie": f"sessionid={SECRETS['cookie']}\0"})
    client.post("/theme/", {"next": SECRETS["form"]}, headers={"origin": SECRETS["referrer"]})
    facts = [(entry["logger"], entry["view"], entry["status"]) for entry in objects(store)]
    assert facts == [
        ("django.request", "none", 404),
        ("django.security.DisallowedHost", "none", 400),
        ("django.security.SuspiciousOperation", "none", 400),
        ("django.security.csrf", "accounts:theme_set", 403),
    ]
    assert {entry["request_id"] for entry in objects(store)} == {REQUEST_ID}
    assert "traceback" not in store.getvalue()
    assert secrets_in(store.getvalue()) == set()


def test_a_refused_mail_is_logged_without_personal_data(
    store: StringIO, ada: User, settings: Settings
) -> None:
    """Its exception is the argument of a line of ours, and has the address in its words."""
    settings.HAS_EMAIL = True
    settings.EMAIL_BACKEND = "tests.accounts.refusing_mail.RefusingBackend"
    client = Client(headers={"X-Request-ID": REQUEST_ID})
    client.post("/accounts/password/reset/", {"email": SECRETS["mail"]})
    [entry] = objects(store)
    assert entry["message"] == ("A mail could not be sent; check EMAIL_URL: SMTPRecipientsRefused")
    assert entry["request_id"] == REQUEST_ID
    assert secrets_in(store.getvalue()) == set()


def test_extra_record_fields_are_not_logged(store: StringIO) -> None:
    logging.getLogger("somewhere").error("It is %s", "so", extra={"mail": SECRETS["mail"]})
    [entry] = objects(store)
    assert entry["message"] == "It is so"
    assert set(entry) == {"time", "level", "logger", "message", "request_id"}


def test_database_errors_are_quoted_without_row_values(store: StringIO, ada: User) -> None:
    for error in (
        OperationalError(f"database is locked\nDETAIL: {SECRETS['mail']}"),
        DatabaseError(f"a row of {SECRETS['mail']} is there already"),
    ):
        try:
            raise error
        except DatabaseError:
            logging.getLogger("somewhere").exception("It went wrong")
    quotes = [(entry["exception"], entry["traceback"].splitlines()[-1]) for entry in objects(store)]
    assert quotes == [
        ("OperationalError: database is locked", "OperationalError: database is locked"),
        ("DatabaseError", "DatabaseError"),
    ]
    assert secrets_in(store.getvalue()) == set()


def test_a_duplicate_account_is_not_quoted(store: StringIO, ada: User) -> None:
    """PostgreSQL quotes the row that is in the way."""
    user = User(username=SECRETS["name"])
    with pytest.raises(DatabaseError) as caught, connection.cursor():
        user.save()
    logging.getLogger("somewhere").error("It went wrong", exc_info=caught.value)
    [entry] = objects(store)
    assert entry["exception"] == "IntegrityError"
    assert secrets_in(store.getvalue()) == set()


@pytest.mark.parametrize("form", ["line", "json"])
def test_each_request_is_logged_if_access_logging_is_on(
    form: str, ada: User, settings: Settings
) -> None:
    logger = logging.getLogger("playbook.requests")
    settings.LOG_REQUESTS = True
    client = Client(headers={"X-Request-ID": REQUEST_ID})
    logger.setLevel(logging.INFO)
    with terminal_of(form) as stream:
        client.force_login(ada)
        client.get(f"/articles/?q={SECRETS['query']}")
    logger.setLevel(logging.WARNING)
    assert secrets_in(stream.getvalue()) == set()
    [line] = stream.getvalue().splitlines()
    if form == "line":
        assert f" {REQUEST_ID} INFO playbook.requests: GET catalog:entry_list 200, " in line
    else:
        entry = json.loads(line)
        assert 0 < entry.pop("milliseconds") < 30_000
        assert entry["request_id"] == REQUEST_ID
        facts = (entry["logger"], entry["view"], entry["method"], entry["status"])
        assert facts == ("playbook.requests", "catalog:entry_list", "GET", 200)


PROGRAM = (
    "import django; django.setup(); from django.test import Client; "
    "Client().get('/healthz', headers={'host': '127.0.0.1'})"
)


@pytest.mark.parametrize(
    ("variables", "lines"),
    [({}, 0), ({"LOG_REQUESTS": "true"}, 1), ({"LOG_REQUESTS": "true", "LOG_FORMAT": "json"}, 1)],
)
def test_the_variables_decide_how_much_is_logged_and_in_which_form(
    variables: dict[str, str], lines: int, tmp_path: Path
) -> None:
    named = {"DJANGO_SETTINGS_MODULE": "playbook.settings", "STATIC_ROOT": str(tmp_path)}
    done = run("-c", PROGRAM, SECRET_KEY=KEY, **named, **variables)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (0, "", lines)
    assert done.stderr.startswith("{") == ("LOG_FORMAT" in variables)
