"""Static files for the sites that tests serve, collected once because compressing takes seconds."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.playbook.program import manage

VARIABLE = "COLLECTED_STATIC_FILES"
"""Names the folder with the files, for every part of `make test`."""


@contextmanager
def collected() -> Iterator[dict[str, str]]:
    """Collect the files as an operator does, and yield the variable for `copy_to`."""
    with tempfile.TemporaryDirectory(prefix="playbook-") as folder:
        files = f"{folder}/static"
        done = manage("prepare", DATABASE_URL=f"sqlite:///{folder}/database", STATIC_ROOT=files)
        assert (done.returncode, done.stderr) == (0, "")
        yield {VARIABLE: files}


def copy_to(folder: Path) -> None:
    """Copy the collected files to a new folder; without any, the first `prepare` collects them."""
    if files := os.environ.get(VARIABLE):
        shutil.copytree(files, folder)
