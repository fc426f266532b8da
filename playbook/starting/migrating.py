"""Migrate while the site serves: give way to readers and writers, and try again."""

import time
from collections.abc import Callable
from typing import Any

from django.core.management import CommandError, call_command
from django.core.management.base import OutputWrapper
from django.db import DEFAULT_DB_ALIAS, OperationalError, connection, connections

from playbook.stores.sqlstates import DEADLOCK, LOCK_NOT_AVAILABLE, sqlstate_of

LOCK_TIMEOUT = "500ms"
"""The longest that a migration waits for a table, because the site waits behind it."""

PAUSES = (0.2, 0.5, 1, 1, 2, 2, 5, 5, 5, 10, 10, 10)
"""The seconds before each further attempt."""


def migrate(log: OutputWrapper) -> None:
    """Apply all migrations. Raise `CommandError` if other programs keep using the tables.

    A migration that has to wait is rolled back and tried again; those before it stay applied.
    """
    for number, pause in enumerate(PAUSES, start=1):
        if is_migrated():
            return
        log.write(
            "A migration has to wait for a table that the site uses. It was rolled back and is "
            f"tried again in {pause:g} s (attempt {number + 1} of {len(PAUSES) + 1})."
        )
        time.sleep(pause)
    if not is_migrated():
        raise CommandError(
            "The database was not migrated, because other programs kept using its tables. "
            "The migration was rolled back, and the release that serves can go on. End what "
            "runs for long (a backup, an import, a session of psql), or stop the site, and run "
            "prepare again"
        )


def is_migrated() -> bool:
    """Migrate, and return whether no migration had to wait for too long."""
    try:
        with connection.execute_wrapper(limit_waits):
            call_command("migrate", verbosity=0)
    except OperationalError as error:
        if not is_busy(error):
            raise
        # The statements that Django defers to the end of a migration leave its transaction open
        # when they fail, so the next attempt gets a connection of its own.
        connection.close()
        del connections[DEFAULT_DB_ALIAS]
        return False
    return True


def limit_waits(
    execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]
) -> Any:
    """Limit how long a statement in a transaction waits for a lock on PostgreSQL.

    An index that is made without a transaction may wait: nobody waits behind it.
    """
    if connection.vendor == "postgresql" and connection.in_atomic_block:
        # A cursor of psycopg, since one of Django's would call this function again. The cursor of
        # the statement can be a server-side one, which only takes queries.
        with connection.connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
    return execute(sql, params, many, context)


def is_busy(error: OperationalError) -> bool:
    """Return whether the statement failed because another transaction holds a lock."""
    cause = error.__cause__
    is_postgresql = sqlstate_of(cause) in {LOCK_NOT_AVAILABLE, DEADLOCK}
    return is_postgresql or getattr(cause, "sqlite_errorname", "").startswith("SQLITE_BUSY")
