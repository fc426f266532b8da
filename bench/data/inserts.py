"""Insert millions of rows within minutes, without checking references or updating indexes."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.models import Model

# Queries for the definitions of the indexes that no constraint of the table creates.
INDEXES = {
    "sqlite": "SELECT name, sql FROM sqlite_master"
    " WHERE type = 'index' AND tbl_name = %s AND sql IS NOT NULL",
    "postgresql": "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = %s"
    " AND NOT EXISTS (SELECT FROM pg_constraint WHERE conname = indexname)",
}
CONSTRAINTS = """
    SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE conrelid = %s::regclass AND contype = 'u'"""


@contextmanager
def large_inserts(*models: type[Model]) -> Iterator[None]:
    """Run the block in a transaction, without the models' indexes and foreign key checks.

    The indexes are created at the end. The caller makes sure that every reference is valid.
    """
    tables = [model._meta.db_table for model in models]
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA foreign_keys = OFF")
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute("SET LOCAL maintenance_work_mem = '512MB'")
        again = [statement for table in tables for statement in drop_indexes(table)]
        yield
        for statement in [*again, *connection.ops.sequence_reset_sql(no_style(), models)]:
            cursor.execute(statement)
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA foreign_keys = ON")


def drop_indexes(table: str) -> list[str]:
    """Drop the table's indexes and return the statements that create them again."""
    quoted = connection.ops.quote_name
    again = []
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(CONSTRAINTS, [table])
            for name, definition in cursor.fetchall():
                cursor.execute(f"ALTER TABLE {quoted(table)} DROP CONSTRAINT {quoted(name)}")
                again.append(
                    f"ALTER TABLE {quoted(table)} ADD CONSTRAINT {quoted(name)} {definition}"
                )
        cursor.execute(INDEXES[connection.vendor], [table])
        for name, definition in cursor.fetchall():
            cursor.execute(f"DROP INDEX {quoted(name)}")
            again.append(definition)
    return again


def settle() -> None:
    """Update statistics and vacuum now, as the database would do by itself later."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("VACUUM (ANALYZE)")
            cursor.execute("CHECKPOINT")
        else:
            cursor.execute("ANALYZE")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
