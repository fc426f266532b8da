"""The folder in which the workers of `serve` share their metrics, as prometheus_client does it."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
"""prometheus_client shares metrics if this is set when it is first imported."""


def folder_for(host: str, port: int) -> Path:
    """Return the folder of the server at this address; only one server can have the address."""
    name = f"playbook-metrics-{host}-{port}".replace(":", ".")
    return Path(tempfile.gettempdir(), name)


@contextmanager
def shared(folder: Path) -> Iterator[None]:
    """Share metrics in the folder, which is empty at first and removed at the end.

    Raise `OSError` if the folder is not ours.
    """
    # A server that was killed could not remove it.
    with suppress(FileNotFoundError):
        shutil.rmtree(folder)
    folder.mkdir(mode=0o700)
    os.environ[VARIABLE] = str(folder)
    try:
        yield
    finally:
        del os.environ[VARIABLE]
        shutil.rmtree(folder, ignore_errors=True)
