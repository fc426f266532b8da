from collections.abc import Iterator
from importlib import import_module
from urllib.parse import urlsplit

import pytest
from django.apps import apps
from django.db import connection
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    WebError,
    expect,
)
from pytest_django.live_server_helper import LiveServer

from accounts.models import User

PASSWORD = "a-long-enough-secret"
LOGIN = "/accounts/login/"

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


@pytest.fixture(autouse=True)
def faultless(context: BrowserContext, watch: Watch) -> Iterator[None]:
    watch.over(context)
    yield
    watch.leave(context)
    assert watch.faults == []


@pytest.fixture
def plain_page(browser: Browser, base_url: str, watch: Watch) -> Iterator[Page]:
    """Open a page in a browser without JavaScript."""
    context = browser.new_context(base_url=base_url, java_script_enabled=False)
    watch.over(context)
    yield context.new_page()
    context.close()


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


def sign_in(page: Page, name: str, password: str = PASSWORD) -> None:
    """Send the form of the sign-in page without drawing it, which takes a second."""
    page.request.get(LOGIN)
    cookies = {cookie["name"]: cookie["value"] for cookie in page.context.cookies()}
    form: dict[str, str | float | bool] = {
        "login": name,
        "password": password,
        "csrfmiddlewaretoken": cookies["csrftoken"],
    }
    assert page.request.post(LOGIN, form=form, max_redirects=0).status == 302


def fill_in_sign_in(page: Page, name: str, password: str = PASSWORD) -> None:
    page.goto(LOGIN)
    page.locator("[name=login]").fill(name)
    page.locator("[name=password]").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.locator("summary.account-button").wait_for()
