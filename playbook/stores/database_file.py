"""The file of an SQLite database."""

from contextlib import suppress
from pathlib import Path

from django.db import connection


def make_private() -> None:
    """Create a new SQLite file readable by its owner only; its log and index follow it."""
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite" and name != ":memory:":
        # If it exists, its mode stays; if its folder does not, connecting reports that.
        with suppress(OSError):
            Path(name).touch(mode=0o600, exist_ok=False)
