"""What an operator's terminal says of a request that was refused, and of one that broke."""

import logging
from collections.abc import Iterator
from io import StringIO

import pytest
from django.test import Client, override_settings

from accounts.models import User


@pytest.fixture
def log() -> Iterator[StringIO]:
    """What the product's own handler writes."""
    console = next(
        handler
        for handler in logging.getLogger().handlers
        if handler.name == "console" and isinstance(handler, logging.StreamHandler)
    )
    terminal = console.setStream(StringIO())
    yield console.stream
    console.setStream(terminal)


def test_a_foreign_host_is_one_line(log: StringIO, db: None) -> None:
    assert Client().get("/", headers={"host": "evil.example"}).status_code == 400
    [line] = log.getvalue().splitlines()
    assert " ERROR django.security.DisallowedHost: " in line
    assert "evil.example" in line


def test_a_forbidden_page_is_one_line(log: StringIO, client: Client, editor: User) -> None:
    client.force_login(editor)
    assert client.get("/admin/accounts/user/").status_code == 403
    [line] = log.getvalue().splitlines()
    assert line.endswith(
        " WARNING django.request: Forbidden (Permission denied): /admin/accounts/user/"
    )


@override_settings(ROOT_URLCONF="tests.accounts.broken_urls")
def test_what_broke_keeps_its_traceback(log: StringIO, db: None) -> None:
    client = Client(raise_request_exception=False)
    assert client.get("/broken/").status_code == 500
    lines = log.getvalue().splitlines()
    assert lines[0].endswith(" ERROR django.request: Internal Server Error: /broken/")
    assert "Traceback (most recent call last):" in lines
