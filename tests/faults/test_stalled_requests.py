"""A request whose body never arrives, or never ends, holds nobody else up."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from urllib.parse import urlencode

import pytest

from tests.faults.sockets import FORM, STALLED, answer, connections, received, request
from tests.playbook.program import served

WITHIN = 2
"""Seconds in which readers and probes get their answer, whatever others do."""
CLOSE = "Connection: close"
STALLED_FILE = request(
    "/admin/playbook_file/revision/add/",
    "Content-Type: multipart/form-data; boundary=x",
    f"Content-Length: {4 * 1024**2}",
    body="--x",
)
MARK = "/articles/payment-wallet/state/"
HEADERS = {"Content-Type": FORM.partition(" ")[2], "Sec-Fetch-Site": "same-origin"}


@pytest.fixture(scope="module")
def port(site: dict[str, str]) -> Iterator[int]:
    # A proxy is trusted, so that a client could pretend to be one.
    with served(**{**site, "WEB_WORKERS": "1", "TRUSTED_PROXY_COUNT": "1"}):
        yield int(site["PORT"])


@pytest.fixture(scope="module")
def cookie(port: int) -> str:
    """Return the session of a visitor, because one address may start only some a minute."""
    with closing(HTTPConnection("127.0.0.1", port)) as connection:
        connection.request("POST", MARK, "state=reading", HEADERS)
        cookies = connection.getresponse().headers.get_all("Set-Cookie") or []
        return next(c for c in cookies if c.startswith("sessionid=")).partition(";")[0]


def ask(port: int, method: str, path: str, cookie: str = "", **form: str) -> int:
    with closing(HTTPConnection("127.0.0.1", port, timeout=WITHIN)) as connection:
        connection.request(method, path, urlencode(form) or None, {**HEADERS, "Cookie": cookie})
        return connection.getresponse().status


def test_stalled_bodies_hold_nobody_up_and_are_given_up(port: int, cookie: str) -> None:
    with connections(port, 60) as stalled, connections(port, 4, STALLED_FILE) as stalled_files:
        deadline = time.monotonic() + 60
        for connection in stalled + stalled_files:
            while time.monotonic() < deadline:
                assert ask(port, "GET", "/", cookie) == 200
                assert ask(port, "POST", MARK, cookie, state="reading") == 302
                assert ask(port, "GET", "/healthz") == 200
                connection.settimeout(0.1)
                try:
                    first = connection.recv(65536)
                except TimeoutError:
                    continue
                break
            connection.settimeout(WITHIN)
            response = first.decode() + received(connection)
            assert response.startswith("HTTP/1.1 408 ")
            assert "Nothing was changed" in response


@contextmanager
def locked_database(site: dict[str, str]) -> Iterator[None]:
    """Hold SQLite's lock, for which every change waits up to twenty seconds."""
    path = site["DATABASE_URL"].removeprefix("sqlite:///")
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("ROLLBACK")


def test_probes_do_not_wait_for_readers(site: dict[str, str], port: int) -> None:
    body = "state=reading"
    mark = request(MARK, FORM, CLOSE, f"Content-Length: {len(body)}", body=body)
    with connections(port, 16, mark) as waiting:
        with locked_database(site):
            assert [ask(port, "GET", "/healthz") for _ in range(5)] == [200] * 5
        assert {received(reader)[:13] for reader in waiting} == {"HTTP/1.1 302 "}


@pytest.mark.parametrize("path", ["/theme/", "/accounts/login/", "/nowhere/"])
def test_a_large_body_is_refused_before_it_is_sent(port: int, path: str) -> None:
    file = "Content-Type: multipart/form-data; boundary=x"
    response = answer(port, request(path, file, f"Content-Length: {300 * 1024**2}"))
    assert response.startswith("HTTP/1.1 413 ")
    assert "This page takes up to 64.0" in response
    assert "Nothing was changed" in response


def test_a_chunked_body_is_read_up_to_the_limit(port: int) -> None:
    chunk = f"{1024:x}\r\n{'x' * 1024}\r\n"
    endless = request("/theme/", FORM, "Transfer-Encoding: chunked", body=chunk * 65)
    assert answer(port, endless).startswith("HTTP/1.1 413 ")
    body = "a\r\ntheme=dark\r\n0\r\n\r\n"
    short = request("/theme/", FORM, CLOSE, "Transfer-Encoding: chunked", body=body)
    assert " theme=dark;" in answer(port, short)


def test_a_body_that_breaks_off_changes_nothing(port: int) -> None:
    with connections(port, 1, STALLED.replace(b"\r\n\r\nthe", b"\r\n\r\ntheme=dark")) as (sender,):
        sender.shutdown(1)
        assert "theme=dark" not in received(sender)


def test_only_a_name_with_hyphens_is_a_header_of_the_proxy(port: int) -> None:
    given = "0123456789abcdef"
    for name, is_used in (("X-Request-ID", True), ("X_Request_ID", False)):
        response = answer(port, request("/nowhere/", CLOSE, f"{name}: {given}"))
        assert (f"x-request-id: {given}" in response) is is_used
