from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from socket import socket
from threading import Thread

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command
from django.test import Client

from progress.project_metrics.models import RepositoryFigures
from tests.progress.project_metrics.tables import figures_of

pytestmark = [pytest.mark.usefixtures("playbook"), pytest.mark.same_everywhere]


class Api(HTTPServer):
    """A local server that responds as GitHub's API does."""

    status = 200
    body = b'{"stargazers_count": 1234, "forks_count": 45}'

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)

    @property
    def address(self) -> str:
        return f"--api=http://127.0.0.1:{self.server_port}"


class Answer(BaseHTTPRequestHandler):
    server: Api

    def do_GET(self) -> None:
        self.send_response(self.server.status if self.path == "/repos/owner/name" else 404)
        self.end_headers()
        self.wfile.write(self.server.body)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def api() -> Iterator[Api]:
    with Api() as server:
        Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
        yield server
        server.shutdown()


def test_the_figures_of_a_chosen_repository_are_shown(
    client: Client, settings: LazySettings, api: Api
) -> None:
    with pytest.raises(CommandError, match="METRICS_REPOSITORY is empty"):
        call_command("fetch_repository_figures", api.address)
    settings.METRICS_REPOSITORY = "owner/name"
    assert "Repository" not in client.get("/metrics/").content.decode()
    call_command("fetch_repository_figures", api.address)
    page = client.get("/metrics/").content.decode()
    assert figures_of(page, "metrics-repository") == ["1,234", "45"]
    # Figures of a different repository are not shown instead.
    settings.METRICS_REPOSITORY = "owner/another"
    assert "Repository" not in client.get("/metrics/").content.decode()


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (404, b"{}"),
        (500, b"away"),
        (200, b""),
        (200, b"<html>"),
        (200, b"[]"),
        (200, b"{}"),
        (200, b'{"stargazers_count": null, "forks_count": 4}'),
        (200, b'{"stargazers_count": -1, "forks_count": 4}'),
        (200, b'{"stargazers_count": 1e99, "forks_count": 4}'),
        (200, b'{"stargazers_count": NaN, "forks_count": 4}'),
        (200, b'{"stargazers_count": 99999999999999999999, "forks_count": 4}'),
    ],
)
def test_an_invalid_response_keeps_the_old_figures(
    client: Client, settings: LazySettings, api: Api, status: int, body: bytes
) -> None:
    settings.METRICS_REPOSITORY = "owner/name"
    api.status, api.body = status, body
    with pytest.raises(CommandError, match="the old ones stay"):
        call_command("fetch_repository_figures", api.address)
    page = client.get("/metrics/").content.decode()
    assert "Repository" not in page
    RepositoryFigures.objects.create(name="owner/name", stars=123, forks=45)
    with pytest.raises(CommandError, match="the old ones stay"):
        call_command("fetch_repository_figures", api.address)
    kept = RepositoryFigures.objects.get()
    assert (kept.stars, kept.forks) == (123, 45)


def test_an_unreachable_api_keeps_the_old_figures(settings: LazySettings) -> None:
    settings.METRICS_REPOSITORY = "owner/name"
    with socket() as taken:  # no server listens on this port
        taken.bind(("127.0.0.1", 0))
        api = f"--api=http://127.0.0.1:{taken.getsockname()[1]}"
        for address in (api, f"{api}:no-port"):
            with pytest.raises(CommandError, match="the old ones stay"):
                call_command("fetch_repository_figures", address)
    assert not RepositoryFigures.objects.exists()
