"""Measure the time and memory that importing a new version of a large playbook file takes."""

import os
import random
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from bench.environment import Environment
from bench.load import RunFailed
from bench.rows import SingleRow
from tests.playbook.program import ROOT

ROW = re.compile(r"\| \d")
ADDRESS = re.compile(r"(\[Read\]\(https?://[^)]+)\)")
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
    environment.databases.drop("file")
    vendor = environment.databases.vendor
    yield SingleRow(vendor, "Preview", preview.seconds, "s", 5)
    yield SingleRow(vendor, "Apply", applied.seconds, "s", 10)
    yield SingleRow(vendor, "Apply it once more, which changes nothing", again.seconds, "s", 10)
    most = max(usage.megabytes for usage in (preview, applied, again))
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
