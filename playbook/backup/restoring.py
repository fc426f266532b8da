"""Replace the whole database by a backup, in one transaction or not at all."""

import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from itertools import islice
from pathlib import Path

from django.apps import apps
from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connection, connections, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Model

from playbook.backup.archive import Backup
from playbook.backup.manifest import TableSummary
from playbook.backup.rows import (
    BATCH,
    Checksum,
    columns_of,
    converter,
    fields_of,
    read_lines,
    values_of,
)
from playbook.backup.schema import Migrations, check_known, models_at
from playbook.backup.sequences import set_last_id
from playbook.database_file import make_private
from playbook.signals import database_restored

LONGEST_WAIT = 20
"""Seconds to wait for others to leave an SQLite file."""


class RestoreError(Exception):
    """The database is as it was; says why."""


def nothing() -> None:
    """Do nothing."""


def restore(backup: Backup, before_commit: Callable[[], None] = nothing) -> None:
    """Replace the content of the site's database by the backup's.

    Nothing has changed if it raises, also if `before_commit` does.
    """
    with replaced_database():
        load(backup)
        bring_up_to_date()
        before_commit()


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
            raise RestoreError(f"{target} is in use: stop the site, and try again")

    with closing(sqlite3.connect(new)) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy, progress=give_up)


def drop_tables() -> None:
    """Drop the tables of the site's apps, also those that a newer release added."""
    with connection.cursor() as cursor:
        for table in tables_of_site():
            cursor.execute(f"DROP TABLE {connection.ops.quote_name(table)} CASCADE")


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


def load(backup: Backup) -> None:
    """Create the tables as they were when the backup was made, and fill them."""
    migrations = backup.manifest.migrations
    migrate_to(migrations)
    models = models_at(migrations)
    check_columns(models, backup.manifest.tables)
    with transaction.atomic():
        for model in models.values():
            empty(model)
        for table in backup.manifest.tables:
            fill(models[table.table], backup.lines(table.table), table)
        connection.check_constraints()
    for table in backup.manifest.tables:
        compare(models[table.table], table)


def migrate_to(migrations: Migrations) -> None:
    check_known(migrations)
    executor = MigrationExecutor(connection)
    graph = executor.loader.graph
    known = {key for key in migrations if key in graph.nodes}
    older = {parent for key in known for parent in graph.node_map[key].parents}
    executor.migrate(sorted(known - older))


def check_columns(models: dict[str, type[Model]], tables: tuple[TableSummary, ...]) -> None:
    expected = {table: columns_of(model) for table, model in models.items()}
    if expected != {table.table: table.columns for table in tables}:
        raise RestoreError("the tables of the backup are not those of its migrations")


def empty(model: type[Model]) -> None:
    """Delete what migrations wrote into the table."""
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {connection.ops.quote_name(model._meta.db_table)}")  # noqa: S608


def fill(model: type[Model], lines: Iterator[bytes], summary: TableSummary) -> None:
    database = connections[DEFAULT_DB_ALIAS]  # much faster than the proxy, once for each value
    converters = [converter(field, database) for field in fields_of(model)]
    quote = connection.ops.quote_name
    columns = ", ".join(map(quote, summary.columns))
    marks = ", ".join(["%s"] * len(converters))
    statement = f"INSERT INTO {quote(summary.table)} ({columns}) VALUES ({marks})"  # noqa: S608
    with connection.cursor() as cursor:
        while batch := [values_of(line, converters) for line in islice(lines, BATCH)]:
            try:
                cursor.executemany(statement, batch)
            except (DatabaseError, ValueError) as error:
                reason = " ".join(str(error).split())
                raise RestoreError(
                    f"a row of {summary.table} cannot be stored: {reason}"
                ) from error
    set_last_id(model, summary.last_id, connection)


def compare(model: type[Model], summary: TableSummary) -> None:
    stored = Checksum()
    for line in read_lines(model, connection.alias):
        stored.add(line)
    if (stored.rows, str(stored)) != (summary.rows, summary.checksum):
        raise RestoreError(f"{summary.table} differs from the backup after it was restored")


def bring_up_to_date() -> None:
    """Migrate to this release, and let the apps forget what they knew of the old content."""
    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)
    database_restored.send(sender=None)
