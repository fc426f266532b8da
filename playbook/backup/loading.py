"""Create the tables of a backup, and fill them."""

from collections.abc import Iterator
from typing import Any

from django.db import DEFAULT_DB_ALIAS, DatabaseError, connection, connections, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Model

from playbook.backup.archive import Backup
from playbook.backup.manifest import TableSummary
from playbook.backup.replacing import RestoreError
from playbook.backup.rows import (
    Checksum,
    batches_of,
    columns_of,
    converter,
    fields_of,
    read_lines,
    values_of,
)
from playbook.backup.schema import Migrations, check_known, models_at
from playbook.backup.sequences import set_last_id


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
        cursor.execute(f"DELETE FROM {connection.ops.quote_name(model._meta.db_table)}")  # noqa: S608 - quoted names of the schema


def fill(model: type[Model], lines: Iterator[bytes], summary: TableSummary) -> None:
    database = connections[DEFAULT_DB_ALIAS]  # much faster than the proxy, once for each value
    converters = [converter(field, database) for field in fields_of(model)]
    quote = database.ops.quote_name
    columns = ", ".join(map(quote, summary.columns))
    marks = ", ".join(["%s"] * len(converters))
    statement = f"INSERT INTO {quote(summary.table)} ({columns}) VALUES ({marks})"  # noqa: S608 - quoted names of the schema
    for batch in batches_of(lines):
        rows = [values_of(line, converters) for line in batch]
        if fault := insert(statement, rows):
            raise refused_row(statement, rows, summary.table) or RestoreError(str(fault))
    set_last_id(model, summary.last_id, database)


def insert(statement: str, rows: list[list[Any]]) -> Exception | None:
    """Insert all rows or none, and return why not."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.executemany(statement, rows)
    except (DatabaseError, ValueError) as error:
        return error
    return None


def refused_row(statement: str, rows: list[list[Any]], table: str) -> RestoreError | None:
    """Try the rows one by one, and name the first that the database refuses."""
    for row in rows:
        if fault := insert(statement, [row]):
            reason = " ".join(str(fault).split())
            return RestoreError(f"the row {row[0]} of {table} cannot be stored: {reason}")
    return None


def compare(model: type[Model], summary: TableSummary) -> None:
    stored = Checksum()
    for line in read_lines(model, connection.alias):
        stored.add(line)
    if (stored.rows, str(stored)) != (summary.rows, summary.checksum):
        raise RestoreError(f"{summary.table} differs from the backup after it was restored")
