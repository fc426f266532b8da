"""Measure the time from starting the server to its first response on a prepared database."""

import time
from collections.abc import Iterator
from statistics import median

from bench.environment import Environment
from bench.paths import ROADMAP
from bench.rows import SingleRow


def rows(environment: Environment, starts: int) -> Iterator[SingleRow]:
    times = [start(environment) for _ in range(starts)]
    vendor = environment.databases.vendor
    yield SingleRow(vendor, "From the start to the first roadmap", median(times), "s", 3)


def start(environment: Environment) -> float:
    began = time.monotonic()
    with environment.serve("shipped", until=ROADMAP):
        return time.monotonic() - began
