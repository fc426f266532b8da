"""Explain the faults of the database to readers."""

import sqlite3
from dataclasses import dataclass
from enum import Enum
from typing import Any

from django.db import DatabaseError, InterfaceError, OperationalError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from playbook.stores import sqlstates
from playbook.stores.sqlstates import sqlstate_of


@dataclass(frozen=True)
class Explanation:
    reason: Promise | str
    saved: Promise | str
    """The outcome of the change that was requested."""
    retry_after: int
    """Seconds until it is worth trying again."""


NOT_SAVED = _("Your change was not saved. Everything saved before is kept.")


class DatabaseFault(Enum):
    BUSY = Explanation(
        _("A large change is being saved, such as an import, and takes longer than usual."),
        NOT_SAVED,
        5,
    )
    FULL = Explanation(_("The disk of this site is full, so nothing can be saved."), NOT_SAVED, 60)
    READ_ONLY = Explanation(
        _("The database of this site can be read but not written."), NOT_SAVED, 60
    )
    UNREACHABLE = Explanation(
        _("The database of this site does not answer."),
        _("Your change may not have been saved. Everything saved before is kept."),
        10,
    )


SQLITE = {
    sqlite3.SQLITE_BUSY: DatabaseFault.BUSY,
    sqlite3.SQLITE_LOCKED: DatabaseFault.BUSY,
    sqlite3.SQLITE_FULL: DatabaseFault.FULL,
    sqlite3.SQLITE_READONLY: DatabaseFault.READ_ONLY,
    sqlite3.SQLITE_CANTOPEN: DatabaseFault.UNREACHABLE,
    sqlite3.SQLITE_IOERR: DatabaseFault.UNREACHABLE,
    sqlite3.SQLITE_CORRUPT: DatabaseFault.UNREACHABLE,
    sqlite3.SQLITE_NOTADB: DatabaseFault.UNREACHABLE,
}
FOR_PROBES = {
    DatabaseFault.BUSY: "another change takes long",
    DatabaseFault.FULL: "the disk is full",
    DatabaseFault.READ_ONLY: "it is read-only",
}

POSTGRESQL = {
    sqlstates.DISK_FULL: DatabaseFault.FULL,
    sqlstates.READ_ONLY: DatabaseFault.READ_ONLY,
    sqlstates.LOCK_NOT_AVAILABLE: DatabaseFault.BUSY,
    sqlstates.DEADLOCK: DatabaseFault.BUSY,
    sqlstates.QUERY_CANCELED: DatabaseFault.BUSY,
}


def fault_of(error: BaseException | None) -> DatabaseFault | None:
    """Return why the database failed; None for any other error, such as a wrong query."""
    while error is not None:
        if isinstance(error, DatabaseError | InterfaceError):
            return _of_database(error)
        error = error.__cause__
    return None


def _of_database(error: DatabaseError | InterfaceError) -> DatabaseFault | None:
    cause: Any = error.__cause__ or error
    if isinstance(cause, sqlite3.Error):
        # The lower eight bits are the kind, the others say more about it.
        return SQLITE.get(getattr(cause, "sqlite_errorcode", 0) & 0xFF)
    if fault := POSTGRESQL.get(sqlstate_of(cause) or ""):
        return fault
    is_lost = isinstance(error, OperationalError | InterfaceError)
    return DatabaseFault.UNREACHABLE if is_lost else None
