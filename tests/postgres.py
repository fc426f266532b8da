"""A PostgreSQL server of one's own, reached by a socket and gone when one is done with it."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from tests.machine import postgresql_folder

# The tests' server keeps nothing that has to outlive it.
CARELESS = "-c fsync=off -c full_page_writes=off -c synchronous_commit=off"


@contextmanager
def temporary_server(options: str = CARELESS) -> Iterator[str]:
    """The `DATABASE_URL` of an empty database."""
    programs = postgresql_folder()
    if not programs:
        raise FileNotFoundError("no PostgreSQL server")
    # It refuses to run as root.
    user = "postgres" if os.geteuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="playbook-"))
    data = folder / "data"

    def run(program: str, *arguments: str) -> None:
        subprocess.run(
            [programs / program, "-D", data, *arguments],
            user=user,
            cwd=folder,
            stdout=subprocess.DEVNULL,
            check=True,
        )

    try:
        if user:
            shutil.chown(folder, user)
        run("initdb", "--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-sync")
        options = f"-c listen_addresses='' -k {folder} {options}"
        run("pg_ctl", "start", "--wait", "-l", str(folder / "log"), "-o", options)
        try:
            yield f"postgres://postgres@{quote(str(folder), safe='')}/postgres"
        finally:
            run("pg_ctl", "stop", "--wait", "--mode=immediate")
    finally:
        shutil.rmtree(folder)
