"""Requests that are sent in part, or without waiting for the response."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

FORM = "Content-Type: application/x-www-form-urlencoded"


def request(path: str, *headers: str, body: str = "") -> bytes:
    lines = [f"POST {path} HTTP/1.1", "Host: 127.0.0.1", "Sec-Fetch-Site: same-origin", *headers]
    return "\r\n".join([*lines, "", body]).encode()


STALLED = request("/theme/", FORM, "Content-Length: 100", body="the")


@contextmanager
def connections(
    port: int, count: int, content: bytes = STALLED, seconds: float = 30
) -> Iterator[list[socket.socket]]:
    """Open connections that send this and no more; close them at the end."""
    with ExitStack() as until_done:
        opened = []
        for _ in range(count):
            connection = socket.create_connection(("127.0.0.1", port), timeout=seconds)
            opened.append(until_done.enter_context(connection))
            connection.sendall(content)
        yield opened


def received(connection: socket.socket) -> str:
    """Return everything up to the end of the connection, or fail when nothing comes any more."""
    content = b""
    while chunk := connection.recv(65536):
        content += chunk
    return content.decode()


def answer(port: int, content: bytes, seconds: float = 2) -> str:
    """Return the response; the request asks for the end of the connection, or gets it."""
    with connections(port, 1, content, seconds) as (connection,):
        return received(connection)
