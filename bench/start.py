"""From the start of the server to its first answer, on a database that is prepared."""

import time
from collections.abc import Iterator
from statistics import median

from bench.paths import ROADMAP
from bench.rows import SingleRow
from bench.stage import Theatre


def rows(theatre: Theatre, starts: int) -> Iterator[SingleRow]:
    times = [start(theatre) for _ in range(starts)]
    vendor = theatre.databases.vendor
    yield SingleRow(vendor, "From the start to the first roadmap", median(times), "s", 3)


def start(theatre: Theatre) -> float:
    began = time.monotonic()
    with theatre.stage("shipped", until=ROADMAP):
        return time.monotonic() - began
