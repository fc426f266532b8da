"""The folder in which the workers keep their figures: `serve` makes it, each worker joins it."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path

VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
"""By its presence prometheus_client knows, when it is first imported, that there are others."""


def folder_of(host: str, port: int) -> Path:
    """Whoever listens at an address has the folder of its name."""
    name = f"playbook-metrics-{host}-{port}".replace(":", ".")
    return Path(tempfile.gettempdir(), name)


@contextmanager
def kept(folder: Path) -> Iterator[None]:
    """The folder, empty, until the server stops; what a killed server left in it is removed.

    OSError where it is not ours.
    """
    with suppress(FileNotFoundError):
        shutil.rmtree(folder)
    folder.mkdir(mode=0o700)
    os.environ[VARIABLE] = str(folder)
    try:
        yield
    finally:
        del os.environ[VARIABLE]
        shutil.rmtree(folder, ignore_errors=True)


def join() -> None:
    """Lets this process count in files of its own: before the first figure is made."""
    if VARIABLE not in os.environ:
        return
    from prometheus_client import values

    place = take_place(Path(os.environ[VARIABLE]))
    values.ValueClass = values.MultiProcessValue(lambda: place)  # type: ignore[no-untyped-call]  # has no types


def take_place(folder: Path) -> int:
    """The first number that no living process holds, until this one ends, however it ends.

    A worker that is started in the place of one that died goes on counting in its files, so that
    nothing counted is lost and there are never more files than workers.
    """
    for place in count(1):
        file = os.open(folder / f"{place}.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(file)
        else:
            return place
    raise AssertionError
