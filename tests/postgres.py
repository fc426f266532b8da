"""Temporary PostgreSQL servers, which listen on a socket and are removed after use."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from tests.machine import postgresql_folder

# Nothing in the tests' database has to survive a crash.
NOT_DURABLE = "-c fsync=off -c full_page_writes=off -c synchronous_commit=off"

# PostgreSQL refuses to run as root.
SYSTEM_USER = "postgres" if os.geteuid() == 0 else None


class Server:
    """A server whose data, log and socket are in one folder."""

    def __init__(self, folder: Path, options: str, port: int = 5432) -> None:
        programs = postgresql_folder()
        if not programs:
            raise FileNotFoundError("no PostgreSQL server")
        self.programs = programs
        self.folder = folder
        self.data = folder / "data"
        self.port = port
        self.options = f"{options} -k {folder} -p {port}"

    def run(self, program: str, *arguments: str | Path) -> None:
        subprocess.run(
            [self.programs / program, *arguments],
            user=SYSTEM_USER,
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            check=True,
        )

    def create(self, *arguments: str) -> None:
        self.run(
            "initdb", "-D", self.data, "--username=postgres", "--encoding=UTF8", "--no-sync",
            *arguments,
        )  # fmt: skip

    def start(self) -> None:
        log = self.folder / "log"
        self.run("pg_ctl", "start", "--wait", "-D", self.data, "-l", log, "-o", self.options)

    def stop(self, mode: str = "immediate") -> None:
        self.run("pg_ctl", "stop", "--wait", "-D", self.data, "--mode", mode)

    def url(self, user: str, database: str) -> str:
        return f"postgres://{user}@{quote(str(self.folder), safe='')}:{self.port}/{database}"


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """Create a folder that the server's user owns, and remove it after use."""
    folder = Path(tempfile.mkdtemp(prefix="playbook-"))
    try:
        if SYSTEM_USER:
            shutil.chown(folder, SYSTEM_USER)
        yield folder
    finally:
        shutil.rmtree(folder)


@contextmanager
def temporary_server(options: str = NOT_DURABLE) -> Iterator[str]:
    """Run a server, and yield the `DATABASE_URL` of an empty database."""
    with temporary_folder() as folder:
        server = Server(folder, f"-c listen_addresses='' {options}")
        server.create("--auth=trust")
        server.start()
        try:
            yield server.url("postgres", "postgres")
        finally:
            server.stop()
