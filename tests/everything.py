"""Runs every test, on SQLite, on PostgreSQL, in a browser and on a cluster, and the coverage.

`make test` runs it. Each part runs even if another failed, and each has to pass. The first three
are independent: as many run at once as there are processors, and the output of each is shown when
it ends. The cluster runs alone, since it is several machines in one.
"""

import asyncio
import os
import signal
import sys
from dataclasses import dataclass

from tests import machine, postgres

ALONE = ("pytest", "-m", "not browser and not cluster")
AGAIN = ("pytest", "-m", "not browser and not cluster and not once")
IN_BROWSER = ("pytest", "-m", "browser")
ON_CLUSTER = ("pytest", "-m", "cluster")
MEASURED = ("coverage", "run", "-m")
ON_SQLITE = "sqlite:///playbook.sqlite3"


@dataclass
class Part:
    name: str
    arguments: tuple[str, ...]
    database_url: str = ON_SQLITE
    passed: bool = False
    closing_line: str = "did not end"

    async def run(self) -> None:
        print(f"{self.name}: begun", flush=True)
        self.passed, self.closing_line = await run(*self.arguments, DATABASE_URL=self.database_url)


async def run(*arguments: str, **environment: str) -> tuple[bool, str]:
    """Whether `python -m …` succeeded, and its last line, after showing all it said."""
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
        said = output.decode(errors="replace").strip()
        print(f"\n$ python -m {' '.join(arguments)}\n{said}", flush=True)
    return process.returncode == 0, said.rpartition("\n")[2].strip()


async def run_all(parts: list[Part]) -> None:
    processors = asyncio.Semaphore(os.cpu_count() or 1)

    async def take_turn(part: Part) -> None:
        async with processors:
            await part.run()

    async with asyncio.TaskGroup() as group:
        for part in parts:
            group.create_task(take_turn(part))


async def main() -> int:
    # A stop from outside takes the database server down with it.
    task = asyncio.current_task()
    assert task
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)

    machine.provide(*machine.CLUSTER)
    with postgres.temporary_server() as url:
        parts = [
            Part("SQLite", (*MEASURED, *ALONE)),
            Part("PostgreSQL", AGAIN, url),
            Part("Chromium", IN_BROWSER),
        ]
        await run_all(parts)
    cluster = Part("Cluster", ON_CLUSTER)
    await cluster.run()
    await run("coverage", "combine", "--quiet")
    is_covered, _ = await run("coverage", "report")
    for part in (*parts, cluster):
        print(f"\n{part.name}:\n{part.closing_line}")
    return 0 if is_covered and all(part.passed for part in (*parts, cluster)) else 1


if __name__ == "__main__":
    try:
        sys.exit(asyncio.run(main()))
    except asyncio.CancelledError:
        sys.exit(143)
