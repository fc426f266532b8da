"""Run the production server on one database with the views of the limits, and send requests."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from bench.load import Request
from playbook.starting.preflight import port_fault
from tests.playbook.program import KEY, ROOT, environment

START_WITHIN = STOP_WITHIN = 30
PORTS = range(13000, 14000)
"""Below the ports that the system gives to clients, because the benchmark has many clients."""


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    cookies: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Site:
    port: int
    pid: int = 0

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def ask(self, request: Request) -> Answer:
        """Send a request on a new connection, without following redirects."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=START_WITHIN)
        try:
            connection.request(
                request.method, request.path, request.body or None, dict(request.headers)
            )
            response = connection.getresponse()
            headers = response.getheaders()
            cookies = (value for name, value in headers if name.lower() == "set-cookie")
            pairs = (cookie.split(";")[0].strip().partition("=")[::2] for cookie in cookies)
            return Answer(
                response.status,
                {name.lower(): value for name, value in headers},
                dict(pairs),
                response.read(),
            )
        finally:
            connection.close()


@dataclass(frozen=True)
class Product:
    """The commands of the product, with the settings and folders of the benchmark."""

    folder: Path

    @property
    def captured(self) -> Path:
        return self.folder / "captured"

    def variables(self, **variables: str) -> dict[str, str]:
        return environment(
            DJANGO_SETTINGS_MODULE="bench.settings",
            SECRET_KEY=KEY,
            STATIC_ROOT=str(self.folder / "static"),
            BENCH_CAPTURED=str(self.captured),
            **variables,
        )

    def run(self, *arguments: str, **variables: str) -> str:
        """Run Python with these arguments, and return its output."""
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=self.variables(**variables),
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        return done.stdout

    @contextmanager
    def serve(self, database_url: str, until: str = "/robots.txt") -> Iterator[Site]:
        """Run the server; enter the block when it answers the address `until`."""
        port = free_port()
        self.captured.mkdir(exist_ok=True)
        with subprocess.Popen(
            [sys.executable, "manage.py", "serve"],
            cwd=ROOT,
            env=self.variables(DATABASE_URL=database_url, PORT=str(port)),
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        ) as process:
            try:
                site = Site(port, process.pid)
                wait_for(site, until)
                yield site
            finally:
                stop(process)


def stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_WITHIN)
    except subprocess.TimeoutExpired:
        # This kills the workers as well.
        os.killpg(process.pid, signal.SIGKILL)


def wait_for(site: Site, path: str) -> None:
    patience_ends = time.monotonic() + START_WITHIN
    while time.monotonic() < patience_ends:
        with suppress(OSError, HTTPException):
            if site.ask(Request(path)).status == 200:
                return
        time.sleep(0.005)
    raise TimeoutError(f"no {path} within {START_WITHIN} s of the start")


def free_port() -> int:
    for port in PORTS:
        if not port_fault("127.0.0.1", port):
            return port
    raise OSError(f"every port from {PORTS.start} to {PORTS.stop - 1} is taken")
