"""The release that this process runs."""

import hashlib
from pathlib import Path

from django.conf import settings

SOURCES = ("accounts", "catalog", "playbook", "progress", "static", "templates")


def digest(folder: Path) -> str:
    """Return a digest of everything that decides how a page looks; equal on equal machines."""
    digested = hashlib.sha256((folder / "requirements.txt").read_bytes())
    for source in SOURCES:
        for file in sorted((folder / source).rglob("*")):
            if file.is_file() and file.suffix != ".pyc":
                digested.update(file.relative_to(folder).as_posix().encode())
                digested.update(file.read_bytes())
    return digested.hexdigest()[:16]


RELEASE = digest(settings.BASE_DIR)
