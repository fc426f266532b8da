"""Describe the faults of a backup, each in one line for the operator."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.management.base import CommandError
from django.db import DatabaseError, connection

from playbook.backup.archive import UnusableBackup
from playbook.backup.replacing import RestoreError
from playbook.backup.schema import UnknownMigrations


@contextmanager
def reported(consequence: str, file: Path | None = None) -> Iterator[None]:
    """Turn the errors of the block into one sentence that begins with what they mean."""
    try:
        yield
    except UnusableBackup as fault:
        raise CommandError(f"{consequence}: {file} {fault}") from fault
    except UnknownMigrations as migration:
        raise CommandError(
            f"{consequence}: a newer release made the tables (it has the migration {migration}, "
            "which this one has not): install that release first"
        ) from migration
    except OSError as error:
        named = f"{file}: " if file and error.filename == str(file) else ""
        raise CommandError(f"{consequence}: {named}{reason_of(error)}") from error
    except (RestoreError, DatabaseError, sqlite3.Error) as error:
        raise CommandError(f"{consequence}: {reason_of(error)}") from error


def reason_of(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    reason = " ".join(str(error).split())
    if connection.vendor == "sqlite" and "unable to open" in reason:
        return f"{reason} ({connection.settings_dict['NAME']})"
    return reason
