"""A site that is prepared once for every part of the tests, because preparing takes seconds."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.playbook.program import manage

VARIABLE = "PREPARED_SITE"
"""Names the folder with the site, for every part of `make test`."""
STATIC = "static"
DATABASE = "playbook.sqlite3"
MIGRATED = "migrated.sqlite3"
"""The database before the playbook was loaded, without a row that a command or a person made."""


@contextmanager
def site() -> Iterator[dict[str, str]]:
    """Prepare a site as an operator does, and yield the variable that names its folder."""
    with tempfile.TemporaryDirectory(prefix="playbook-") as folder:
        database = Path(folder, DATABASE)
        variables = {"DATABASE_URL": f"sqlite:///{database}", "STATIC_ROOT": f"{folder}/{STATIC}"}
        migrated = manage("migrate", "--verbosity=0", **variables)
        assert (migrated.returncode, migrated.stderr) == (0, "")
        shutil.copyfile(database, Path(folder, MIGRATED))
        done = manage("prepare", **variables)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
        yield {VARIABLE: folder}


def copy_static_files(copy: Path) -> None:
    """Copy the collected files to a new folder; without any, the first `prepare` collects them."""
    if folder := os.environ.get(VARIABLE):
        shutil.copytree(Path(folder, STATIC), copy)


def copy_database(name: str, copy: Path) -> None:
    """Copy `DATABASE` or `MIGRATED` to a new file if there is any."""
    if folder := os.environ.get(VARIABLE):
        shutil.copyfile(Path(folder, name), copy)
        copy.chmod(0o600)
