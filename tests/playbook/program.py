"""The product's own commands, started as programs, as an operator starts them."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path

from tests.settings import VARIABLES

ROOT = Path(__file__).parents[2]
KEY = "a-key-that-only-the-tests-know-and-that-is-long-enough"


def environment(**variables: str) -> dict[str, str]:
    """Return the machine's environment with only these variables of the product."""
    machine = {name: value for name, value in os.environ.items() if name not in VARIABLES}
    machine.pop("DJANGO_SETTINGS_MODULE", None)
    # Jobs run only in the tests of jobs.
    return {**machine, "ENV_FILE": os.devnull, "RUN_SCHEDULER": "false", **variables}


def run(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=environment(**variables),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def manage(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return run("manage.py", *arguments, **{"SECRET_KEY": KEY, **variables})


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def answers(port: int) -> bool:
    """Return whether something listens on the port, which is bound before that."""
    try:
        with socket.create_connection(("127.0.0.1", port)):
            return True
    except ConnectionRefusedError:
        return False


def processes_of(group: int) -> set[int]:
    """Return the processes of a group that have not ended."""
    found = set()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            state, _parent, in_group = (folder / "stat").read_text().rpartition(")")[2].split()[:3]
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(in_group) == group and state != "Z":
            found.add(int(folder.name))
    return found


@contextmanager
def served(
    stdout: int = subprocess.PIPE, redirected: str = "", /, **variables: str
) -> Iterator["subprocess.Popen[str]"]:
    """Start the server in its own process group; yield it when it answers.

    `redirected` is what a shell does with its output, such as `>&-`.
    """
    with subprocess.Popen(
        ["sh", "-c", f'exec "$0" manage.py serve {redirected}', sys.executable],
        cwd=ROOT,
        env=environment(SECRET_KEY=KEY, **variables),
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            deadline = time.monotonic() + 30
            while not answers(int(variables["PORT"])):
                assert process.poll() is None
                assert time.monotonic() < deadline
                time.sleep(0.05)
            yield process
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)


@contextmanager
def scheduler(**variables: str) -> Iterator["subprocess.Popen[str]"]:
    """Run the jobs in a process of their own; yield it when it heeds a signal to stop."""
    with subprocess.Popen(
        [sys.executable, "manage.py", "schedule"],
        cwd=ROOT,
        env=environment(**{"SECRET_KEY": KEY, **variables}),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout
            assert process.stdout.readline() == "The scheduled jobs run. To stop them: Ctrl-C.\n"
            yield process
        finally:
            process.kill()


def get(site: dict[str, str], path: str, **headers: str) -> tuple[int, str]:
    with closing(HTTPConnection("127.0.0.1", int(site["PORT"]), timeout=30)) as connection:
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        return response.status, response.read().decode()
