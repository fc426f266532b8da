"""Start and stop programs that listen on a port, each with its own folder."""

import os
import random
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from tests.playbook.program import ROOT
from tests.postgres import SYSTEM_USER

PORTS = range(12_000, 13_000)
"""Ports below the range that the system uses for outgoing connections."""
TIMEOUT = 120
STOPS_WITHIN = 20


def free_ports(count: int) -> list[int]:
    ports: list[int] = []
    for port in random.sample(PORTS, len(PORTS)):
        if len(ports) == count:
            return ports
        if not answers(port):
            ports.append(port)
    raise OSError("no free port is left")


def answers(port: int) -> bool:
    with socket.socket() as caller:
        caller.settimeout(1)
        return caller.connect_ex(("127.0.0.1", port)) == 0


def wait_until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + TIMEOUT
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(0.02)


class Program:
    """A program that runs in the foreground, listens on a port and writes its output to a file."""

    def __init__(
        self,
        folder: Path,
        port: int,
        command: Sequence[str | Path],
        *,
        user: str | None = SYSTEM_USER,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.folder = folder
        self.port = port
        self.command = command
        self.user = user
        self.environment = environment
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with (self.folder / "output").open("ab") as output:
            self.process = subprocess.Popen(
                self.command,
                cwd=ROOT,
                env=self.environment,
                user=self.user,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                # Ctrl-C must reach only the program that started this one.
                start_new_session=True,
            )
        wait_until(lambda: answers(self.port) or self.process is None or self.process.poll())
        if not answers(self.port):
            raise RuntimeError(f"{self.command[0]} does not start:\n{self.output()}")

    def stop(self) -> None:
        """Ask the program to end, and kill it if it does not end within `STOPS_WITHIN` seconds."""
        if not self.process:
            return
        self.process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(STOPS_WITHIN)
        self.kill()

    def kill(self) -> None:
        """Kill the program and every process that it started."""
        if self.process:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def output(self) -> str:
        return (self.folder / "output").read_text(errors="replace")


def folder_for(parent: Path, name: str) -> Path:
    """Create a folder, owned by the user who runs the programs of the system."""
    folder = parent / name
    folder.mkdir(mode=0o700)
    if SYSTEM_USER:
        shutil.chown(folder, SYSTEM_USER)
    return folder


def fill_in(template: str, target: Path, **values: object) -> Path:
    """Write a template of this folder to `target`, with each `@name@` replaced by its value."""
    text = (Path(__file__).parent / template).read_text()
    for name, value in values.items():
        text = text.replace(f"@{name}@", str(value))
    target.write_text(text)
    if SYSTEM_USER:
        shutil.chown(target, SYSTEM_USER)
    return target
