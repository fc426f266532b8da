"""Reads of a whole database at one moment, while others write."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import connection, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

SNAPSHOT = "snapshot"


@contextmanager
def snapshot(database: dict[str, Any]) -> Iterator[BaseDatabaseWrapper]:
    """Yield a connection of its own, in a transaction that sees one moment and cannot write."""
    connections.settings[SNAPSHOT] = database
    reading = connections[SNAPSHOT]
    try:
        with transaction.atomic(using=SNAPSHOT):
            begin(reading)
            yield reading
    finally:
        reading.close()
        del connections[SNAPSHOT]
        del connections.settings[SNAPSHOT]


def begin(reading: BaseDatabaseWrapper) -> None:
    with reading.cursor() as cursor:
        if reading.vendor == "postgresql":
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        # The first read decides which moment the transaction sees.
        cursor.execute("SELECT 1 FROM django_migrations")


def of_this_site() -> dict[str, Any]:
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        return of_sqlite_file(Path(database["NAME"]))
    return {**database}


def of_sqlite_file(path: Path) -> dict[str, Any]:
    """Return the settings of a file that is only read, and whose writers do not wait."""
    database = {**connection.settings_dict}
    return {
        **database,
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": f"{path.absolute().as_uri()}?mode=ro",
        "OPTIONS": {"timeout": 20},
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": False,
    }
