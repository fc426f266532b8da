"""Connections that send a part of a request and then nothing."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

STALLED = (
    b"POST /theme/ HTTP/1.1\r\nHost: 127.0.0.1\r\nSec-Fetch-Site: same-origin\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 100\r\n\r\nthe"
)


@contextmanager
def stalled(port: int, count: int, request: bytes = STALLED) -> Iterator[list[socket.socket]]:
    """Open connections that send this and then nothing; close them at the end."""
    with ExitStack() as until_done:
        sockets = []
        for _ in range(count):
            connection = socket.create_connection(("127.0.0.1", port), timeout=60)
            sockets.append(until_done.enter_context(connection))
            connection.sendall(request)
        yield sockets
