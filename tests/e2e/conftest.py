import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.test import Client
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    ViewportSize,
    WebError,
    expect,
)
from pytest_django.live_server_helper import LiveServer

from accounts.models import User

PASSWORD = "a-long-enough-secret"
LOGIN = "/accounts/login/"
HOST = "localhost"
BLANK = "about:blank"
SIZE = ViewportSize(width=1280, height=720)

# Seconds that a page may take to show what a test expects. A busy machine needs more than
# Playwright's five.
WAITS = 30
expect.set_options(timeout=WAITS * 1000)


@pytest.fixture(scope="session")
def base_url(live_server: LiveServer) -> str:
    return live_server.url


@pytest.fixture(autouse=True)
def shipped_playbook(transactional_db: None, playbook: None) -> None:
    """Load the playbook that ships for every browser test."""


class Watch:
    """Collects reported errors and requests to other hosts, which no page may cause."""

    def __init__(self, host: str) -> None:
        self.host = host
        self.faults: list[str] = []
        self.expected: list[str] = []

    def expect(self, message: str) -> None:
        """Accept what the browser itself reports in this test, also after the page is left."""
        self.expected.append(message)

    def over(self, context: BrowserContext) -> None:
        context.on("console", self.console)
        context.on("weberror", self.error)
        context.on("request", self.request)

    def leave(self, context: BrowserContext) -> None:
        context.remove_listener("console", self.console)
        context.remove_listener("weberror", self.error)
        context.remove_listener("request", self.request)

    def console(self, message: ConsoleMessage) -> None:
        is_expected = any(expected in message.text for expected in self.expected)
        if message.type in {"error", "warning"} and not is_expected:
            self.faults.append(f"{message.type}: {message.text}")

    def error(self, error: WebError) -> None:
        self.faults.append(str(error.error))

    def request(self, request: Request) -> None:
        if urlsplit(request.url).netloc not in {self.host, ""}:
            self.faults.append(f"asked {request.url}")


@pytest.fixture
def watch(base_url: str) -> Watch:
    return Watch(urlsplit(base_url).netloc)


@contextmanager
def open_window(browser: Browser, **options: Any) -> Iterator[Page]:
    context = browser.new_context(**options)
    yield context.new_page()
    context.close()


@pytest.fixture(scope="module")
def window(browser: Browser, browser_context_args: dict[str, Any]) -> Iterator[Page]:
    """Open one window for the tests of a module, because opening one takes as long as two pages."""
    with open_window(browser, **browser_context_args) as window:
        yield window


@pytest.fixture(scope="module")
def plain_window(browser: Browser, browser_context_args: dict[str, Any]) -> Iterator[Page]:
    """Open one window without JavaScript for the tests of a module."""
    with open_window(browser, **browser_context_args, java_script_enabled=False) as window:
        yield window


def clear(window: Page) -> None:
    """Leave nothing in the window that the next test could find."""
    context = window.context
    for page in context.pages:
        if page != window:
            page.close()
    window.unroute_all()
    context.unroute_all()
    context.set_offline(False)
    if window.url != BLANK:
        window.evaluate("localStorage.clear(); sessionStorage.clear()")
        window.goto(BLANK)
    window.set_viewport_size(SIZE)
    window.emulate_media(media="null", color_scheme="light", reduced_motion="no-preference")
    context.clear_cookies()
    context.clear_permissions()


@pytest.fixture
def context(window: Page) -> BrowserContext:
    return window.context


@pytest.fixture
def page(window: Page) -> Iterator[Page]:
    yield window
    clear(window)


@pytest.fixture
def plain_page(plain_window: Page, watch: Watch) -> Iterator[Page]:
    """Return a page in a browser without JavaScript."""
    watch.over(plain_window.context)
    yield plain_window
    clear(plain_window)
    watch.leave(plain_window.context)


@pytest.fixture(autouse=True)
def faultless(context: BrowserContext, watch: Watch) -> Iterator[None]:
    watch.over(context)
    yield
    watch.leave(context)
    assert watch.faults == []


@pytest.fixture
def account(transactional_db: None) -> User:
    return User.objects.create_user("ada", "ada@example.org", PASSWORD)


@pytest.fixture
def editor(editor: User) -> User:
    """Create the group of editors again; the rollback between browser tests removes it."""
    schema_editor = connection.schema_editor()
    import_module("catalog.migrations.0002_editors").make_editors(apps, schema_editor)
    for room in ("playbook_file", "suggestions", "prompts"):
        migration = import_module(f"catalog.{room}.migrations.0002_editors")
        migration.permit_editors(apps, schema_editor)
    return editor


def sign_in(page: Page, name: str) -> None:
    """Give the browser a session of the account, without the form of the sign-in page."""
    client = Client()
    client.force_login(User.objects.get(username=name))
    cookie = settings.SESSION_COOKIE_NAME
    value = client.cookies[cookie].value
    page.context.add_cookies([{"name": cookie, "value": value, "domain": HOST, "path": "/"}])


def fill_in_sign_in(page: Page, name: str) -> None:
    page.goto(LOGIN)
    page.locator("[name=login]").fill(name)
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.locator("summary.account-button").wait_for()


@contextmanager
def leads_to_page(page: Page) -> Iterator[None]:
    """Wait after the block until the page to which it leads is loaded, with its scripts.

    `expect_navigation` is no help: a page that stores something in its history, as pages do while
    they load, has gone somewhere too.
    """
    page.wait_for_load_state()
    with page.expect_event("load"):
        yield


def wait_until(page: Page, holds: Callable[[], bool]) -> None:
    """Wait until a condition holds.

    Our content security policy keeps Playwright's `wait_for_function` from looking twice.
    """
    deadline = time.monotonic() + WAITS
    while not holds():
        assert time.monotonic() < deadline, "the condition never held"
        page.wait_for_timeout(50)
