"""Measure the time and memory that importing a new version of a large playbook file takes."""

import os
import random
import re
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import groupby
from threading import Event, Thread

from bench.environment import Environment
from bench.load import RunFailed
from bench.rows import SingleRow
from tests.playbook.program import ROOT

ROW = re.compile(r"\| \d")
ADDRESS = re.compile(r"(\[Read\]\(https?://[^)]+)\)")
WAIT_MAX = 10
"""Seconds. A mark waits for the lock for twenty, and is then refused."""
RETITLED, READDRESSED, MISSING = 3, 10, 10
"""One row in this many is changed."""


@dataclass(frozen=True)
class Usage:
    seconds: float
    megabytes: float


def rows(environment: Environment, entries: int, learners: int) -> Iterator[SingleRow]:
    environment.fill("file", f"--catalogue={entries}", f"--learners={learners}")
    product, url = environment.product, environment.databases.url("file")
    file = product.folder / "next.md"
    file.write_text(
        make_next_version(product.run("manage.py", "export_playbook", DATABASE_URL=url))
    )
    variables = product.variables(DATABASE_URL=url)
    preview = usage_of(variables, "import_playbook", str(file), "--preview")
    applied = usage_of(variables, "import_playbook", str(file))
    again = usage_of(variables, "import_playbook", str(file))
    every_row = product.folder / "new.md"
    every_row.write_text(make_all_new(file.read_text()))
    preview_new = usage_of(variables, "import_playbook", str(every_row), "--preview")
    with longest_wait(url) as wait:
        apply_new = usage_of(variables, "import_playbook", str(every_row))
    environment.databases.drop("file")
    vendor = environment.databases.vendor
    yield SingleRow(vendor, "Preview", preview.seconds, "s", 5)
    yield SingleRow(vendor, "Apply", applied.seconds, "s", 10)
    yield SingleRow(vendor, "Apply it once more, which changes nothing", again.seconds, "s", 10)
    yield SingleRow(vendor, "Preview of a file in which every row is new", preview_new.seconds, "s")
    yield SingleRow(vendor, "Apply it", apply_new.seconds, "s")
    if wait:
        name = "The longest that a writer waited meanwhile"
        yield SingleRow(vendor, name, max(wait), "s", WAIT_MAX)
    every = (preview, applied, again, preview_new, apply_new)
    most = max(usage.megabytes for usage in every)
    yield SingleRow(vendor, "The most memory of these", most, "MB", 300)


def make_next_version(text: str) -> str:
    """Return the file with changed titles and addresses, rows missing, and tables reordered."""
    chance = random.Random("file")
    lines: list[str] = []
    for is_table, block in groupby(text.splitlines(), lambda line: bool(ROW.match(line))):
        block_lines = list(block)
        if is_table:
            block_lines = [change_row(row, number) for number, row in enumerate(block_lines)]
            chance.shuffle(block_lines)
            block_lines = block_lines[len(block_lines) // MISSING :]
        lines += block_lines
    return "\n".join(lines)


def make_all_new(text: str) -> str:
    """Return the file with another title and address in every row, so that none is recognised."""
    text = re.sub(r"^(\| \d+ \| )\*\*", r"\1**Anew: ", text, flags=re.MULTILINE)
    return ADDRESS.sub(r"\1-all-new)", text)


@contextmanager
def longest_wait(url: str) -> Iterator[list[float]]:
    """Yield a list of how long a writer beside the block waits for SQLite's lock, again and again.

    It stays empty on PostgreSQL, where an import and a mark lock different rows.
    """
    waits: list[float] = []
    is_over = Event()

    def write() -> None:
        file = url.removeprefix("sqlite:///")
        with closing(sqlite3.connect(file, timeout=600, isolation_level=None)) as database:
            while not is_over.wait(0.01):
                began = time.monotonic()
                database.execute("BEGIN IMMEDIATE")
                waits.append(time.monotonic() - began)
                database.execute("ROLLBACK")

    writer = Thread(target=write)
    if url.startswith("sqlite"):
        writer.start()
    try:
        yield waits
    finally:
        is_over.set()
        if writer.is_alive():
            writer.join()


def change_row(row: str, number: int) -> str:
    if number % RETITLED == 0:
        row = row.replace("**", "**Retold: ", 1)
    return ADDRESS.sub(r"\1-anew)", row) if number % READDRESSED == 1 else row


def usage_of(variables: dict[str, str], *arguments: str) -> Usage:
    """Return the time and the peak memory of a command, from the start of Python to its end."""
    began = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=variables,
        stdout=subprocess.DEVNULL,
    )
    _pid, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RunFailed(f"manage.py {' '.join(arguments)} ended with {process.returncode}")
    return Usage(time.monotonic() - began, usage.ru_maxrss * 1024 / 1e6)
