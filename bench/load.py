"""Run wrk once: send requests in turn over a few connections for a few seconds."""

import json
import signal
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import ceil
from pathlib import Path
from typing import Self

SCRIPT = Path(__file__).with_name("drive.lua")
PATIENCE = 30
"""Seconds that wrk waits for a response, and that we wait for wrk to end."""


class RunFailed(Exception):
    """The server gave a wrong response, so the figures of the run mean nothing."""


class TooSlow(Exception):
    """There was no response within the time of a run."""


@dataclass(frozen=True)
class Request:
    path: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""

    def at(self, path: str) -> Self:
        """Return the same request for a different path."""
        return replace(self, path=path)

    def as_lua(self) -> str:
        headers = ", ".join(f"[{quoted(k)}] = {quoted(v)}" for k, v in self.headers.items())
        body = f", body = {quoted(self.body)}" if self.body else ""
        return (
            f"{{method = {quoted(self.method)}, path = {quoted(self.path)}, "
            f"headers = {{{headers}}}{body}}}"
        )


@dataclass(frozen=True)
class Run:
    """The figures of a run: times in milliseconds, `size` in mean bytes with headers."""

    requests: int
    seconds: float
    size: float
    p50: float
    p99: float

    @property
    def per_second(self) -> float:
        return self.requests / self.seconds


def quoted(text: str) -> str:
    """Return a Lua string literal; for ASCII, it looks the same in JSON."""
    if not text.isascii():
        raise ValueError(f"not ASCII: {text!r}")
    return json.dumps(text)


def drive(
    origin: str, requests: Sequence[Request], *, status: int, connections: int, seconds: float
) -> Run:
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as file:
        file.write("return {" + ",\n".join(request.as_lua() for request in requests) + "}")
        file.flush()
        wrk = ["wrk", f"--connections={connections}", "--threads=1", f"--timeout={PATIENCE}s"]
        wrk += [f"--duration={ceil(seconds) + 1}s", f"--script={SCRIPT}", origin, "--", file.name]
        return parse(run_for(seconds, wrk), status)


def run_for(seconds: float, command: list[str]) -> str:
    """Run wrk, stop it after `seconds` (its own option takes whole seconds), return its output."""
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            try:
                process.wait(seconds)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGINT)
            return process.communicate(timeout=PATIENCE)[1]
        finally:
            process.kill()


def parse(output: str, status: int) -> Run:
    """Parse the output. Raise `RunFailed` if a response is missing or has a different status."""
    try:
        figures = json.loads(output.strip().rpartition("\n")[2])
    except json.JSONDecodeError:
        raise RunFailed(f"wrk printed: {output.strip() or 'nothing'}") from None
    requests, statuses = figures["requests"], figures["statuses"]
    if figures["broken"] or set(statuses) - {str(status)}:
        raise RunFailed(
            f"{requests} answers, expected with {status} each, were {statuses}; "
            f"{figures['broken']} connections broke or waited more than {PATIENCE} s"
        )
    return Run(
        requests=requests,
        seconds=figures["microseconds"] / 1e6,
        size=figures["bytes"] / requests if requests else 0,
        p50=figures["p50"] / 1e3,
        p99=figures["p99"] / 1e3,
    )
