"""Replace the content of the site's database as a whole, or leave it as it is."""

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from django.apps import apps
from django.db import OperationalError, connection, transaction
from django.db.migrations.recorder import MigrationRecorder

from playbook.stores.database_file import make_private
from playbook.stores.sqlstates import LOCK_NOT_AVAILABLE, sqlstate_of

LONGEST_WAIT = 20.0
"""Seconds to wait for others who use the database."""
IN_USE = "the database is in use: stop the site, and try again"


class RestoreError(Exception):
    """The database is as it was; says why."""


@contextmanager
def replaced_database() -> Iterator[None]:
    """Make the site's database empty, and keep what the block writes if it does not raise."""
    if connection.vendor == "sqlite":
        with replaced_file(Path(connection.settings_dict["NAME"])):
            yield
    else:
        with transaction.atomic():
            drop_tables()
            yield


@contextmanager
def replaced_file(target: Path) -> Iterator[None]:
    """Let the block write to a new file, and copy it over the old one in one transaction."""
    new = target.with_name(f"{target.name}.{os.getpid()}.restoring")
    database = connection.settings_dict
    with ExitStack() as cleaning:
        for end in ("", "-wal", "-shm", "-journal"):
            cleaning.callback(new.with_name(f"{new.name}{end}").unlink, missing_ok=True)
        new.touch(mode=0o600, exist_ok=False)
        connection.close()
        database["NAME"] = str(new)
        try:
            yield
        finally:
            connection.close()
            database["NAME"] = str(target)
        copy_over(new, target)


def copy_over(new: Path, target: Path) -> None:
    """Replace what the file holds; processes that have it open see the new content."""
    gives_up_at = time.monotonic() + LONGEST_WAIT

    def give_up(*pages: int) -> None:
        if time.monotonic() > gives_up_at:
            raise RestoreError(IN_USE)

    with closing(sqlite3.connect(new)) as source, closing(sqlite3.connect(target, 0)) as copy:
        source.backup(copy, progress=give_up)


def drop_tables() -> None:
    """Drop the tables of the site's apps, also those that a newer release added."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = '{LONGEST_WAIT * 1000:.0f}ms'")
        for table in tables_of_site():
            try:
                cursor.execute(f"DROP TABLE {connection.ops.quote_name(table)} CASCADE")
            except OperationalError as error:
                if sqlstate_of(error.__cause__) == LOCK_NOT_AVAILABLE:
                    raise RestoreError(IN_USE) from error
                raise


def tables_of_site() -> list[str]:
    labels = {app.label for app in apps.get_app_configs()}
    known = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    tables = connection.introspection.table_names()
    if MigrationRecorder(connection).has_table():
        known.add(MigrationRecorder.Migration._meta.db_table)
        labels |= {app for app, _name in MigrationRecorder(connection).applied_migrations()}
    prefixes = tuple(f"{label}_" for label in labels)
    return [table for table in tables if table in known or table.startswith(prefixes)]


def is_empty() -> bool:
    """Return whether the site's database has no tables yet."""
    make_private()
    return not tables_of_site()
