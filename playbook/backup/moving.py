"""Copy an SQLite file into the site's database."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from playbook.backup.archive import open_backup
from playbook.backup.making import make_backup
from playbook.backup.manifest import Manifest
from playbook.backup.replacing import RestoreError
from playbook.backup.restoring import restore
from playbook.backup.snapshot import of_sqlite_file


def move_from(source: Path) -> Manifest:
    """Copy the file's content, which must not change meanwhile, and return its description."""
    with TemporaryDirectory() as folder, unchanged(source) as check:
        copied = Path(folder) / "database"
        moved = make_backup(copied, of_sqlite_file(source))
        with open_backup(copied) as backup:
            restore(backup, before_commit=check)
    return moved


@contextmanager
def unchanged(source: Path) -> Iterator[Callable[[], None]]:
    """Yield a function that raises if somebody wrote to the file since."""
    address = f"{source.absolute().as_uri()}?mode=ro"
    with closing(sqlite3.connect(address, uri=True)) as watching:

        def version() -> int:
            return int(watching.execute("PRAGMA data_version").fetchone()[0])

        before = version()

        def check() -> None:
            if version() != before:
                raise RestoreError(f"{source} was changed meanwhile: stop the site, and try again")

        yield check
