from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest


@dataclass
class Host:
    """An HTTP server on this machine.

    `answers` gives by path a status and a redirect target, or a function that responds itself.
    """

    address: str
    answers: dict[str, Any] = field(default_factory=dict)
    requests: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def url(self, path: str) -> str:
        return f"{self.address}{path}"

    @property
    def paths(self) -> list[str]:
        return [path for path, _headers in self.requests]


@pytest.fixture
def host() -> Iterator[Host]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            served.requests.append((self.path, dict(self.headers)))
            answer: tuple[int, str] | Callable[[Any], None] = served.answers.get(
                self.path, (404, "")
            )
            if callable(answer):
                answer(self)
                return
            status, location = answer
            self.send_response(status)
            if location:
                self.send_header("Location", location)
            self.end_headers()

        def log_message(self, *args: Any) -> None:
            """Nothing: the test asks for `requests`."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        served = Host(f"http://127.0.0.1:{server.server_port}")
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield served
        server.shutdown()
        thread.join()
