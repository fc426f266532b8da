"""Run every test on SQLite, on PostgreSQL, in a browser, with faults and on a cluster.

`make test` runs this module. Every part runs even if a different one failed, and all have to pass;
so has the coverage, which is measured in the process of the tests on SQLite.
The first four are independent: one more runs in parallel than there are processors, because a
browser and a cluster are often waited for. The longest come first, and the output of each is
printed when it ends. The faults run alone, because they are timed.
"""

import asyncio
import os
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests import machine, postgres, prepared

IN_PROCESS = "not browser and not cluster and not faults"
COVERAGE = ".coverage.json"
LOWEST_COVERAGE = "95"
# Tests themselves are not measured, so the import of pytest's modules stays as it is.
MEASURED = ("slipcover", "--dont-wrap-pytest", "--json", "--out", COVERAGE)
SQLITE_TESTS = (*MEASURED, "-m", "pytest", "-m", IN_PROCESS)
POSTGRESQL_TESTS = (
    "pytest",
    "-m",
    f"{IN_PROCESS} and not once and not same_everywhere",
)
# These are named by their folders, because collecting every test takes ten seconds.
BROWSER_TESTS = ("pytest", "tests/e2e")
FAULT_TESTS = ("pytest", "tests/faults")
CLUSTER_TESTS = ("pytest", "tests/cluster")
SQLITE_URL = "sqlite:///playbook.sqlite3"


@dataclass
class Part:
    """A part of the tests, and its result."""

    name: str
    arguments: tuple[str, ...]
    database_url: str = SQLITE_URL
    checks_dependencies: bool = False
    """True if pages are checked for undeclared dependencies: once, because it takes time."""
    passed: bool = False
    last_line: str = "did not end"

    async def run(self) -> None:
        print(f"{self.name}: started", flush=True)
        checks = {} if self.checks_dependencies else {"WITHOUT_DEPENDENCY_CHECK": "true"}
        self.passed, self.last_line = await run(
            *self.arguments, DATABASE_URL=self.database_url, **checks
        )


async def run(*arguments: str, **environment: str) -> tuple[bool, str]:
    """Run `python -m …`, print its output, and return whether it succeeded and its last line."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        *arguments,
        env={**os.environ, **environment},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    assert process.stdout
    output = bytearray()
    try:
        while chunk := await process.stdout.read(65536):
            output += chunk
        await process.wait()
    except BaseException:
        process.terminate()
        await process.wait()
        raise
    finally:
        text = output.decode(errors="replace").strip()
        print(f"\n$ python -m {' '.join(arguments)}\n{text}", flush=True)
    return process.returncode == 0, text.rpartition("\n")[2].strip()


async def run_in_parallel(parts: list[Part]) -> None:
    """Run the parts in this order, at once one more than there are processors."""
    places = asyncio.Semaphore(1 + (os.cpu_count() or 1))

    async def run_in_free_place(part: Part) -> None:
        async with places:
            await part.run()

    async with asyncio.TaskGroup() as group:
        for part in parts:
            group.create_task(run_in_free_place(part))


@contextmanager
def shared_bytecode() -> Iterator[None]:
    """Let the parts and their programs share compiled code, even where Python may not store it.

    Hundreds of programs would compile the site, and every part its tests.
    """
    if not os.environ.pop("PYTHONDONTWRITEBYTECODE", ""):
        yield
        return
    with tempfile.TemporaryDirectory(prefix="playbook-") as folder:
        os.environ["PYTHONPYCACHEPREFIX"] = folder
        yield


async def main() -> int:
    # On SIGTERM, stop the database server too.
    task = asyncio.current_task()
    assert task
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)

    machine.provide(*machine.CLUSTER)
    with shared_bytecode(), prepared.site() as variables:
        os.environ.update(variables)
        with postgres.temporary_server() as url:
            parts = [
                Part("SQLite", SQLITE_TESTS, checks_dependencies=True),
                Part("Chromium", BROWSER_TESTS),
                Part("PostgreSQL", POSTGRESQL_TESTS, url),
                Part("Cluster", CLUSTER_TESTS),
            ]
            await run_in_parallel(parts)
        parts.append(Part("Faults", FAULT_TESTS))
        await parts[-1].run()
    is_covered, _ = await run(
        "slipcover", "--merge", COVERAGE, "--out", COVERAGE, "--fail-under", LOWEST_COVERAGE
    )
    for part in parts:
        print(f"\n{part.name}:\n{part.last_line}")
    return 0 if is_covered and all(part.passed for part in parts) else 1


if __name__ == "__main__":
    try:
        sys.exit(asyncio.run(main()))
    except asyncio.CancelledError:
        sys.exit(143)
