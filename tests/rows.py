"""Copy rows from the database and back, without models."""

from collections.abc import Iterable
from itertools import chain
from typing import Any, TypeAlias

from django.apps import apps
from django.db import connection, transaction
from psycopg import ClientCursor

Row: TypeAlias = tuple[Any, ...]
Rows: TypeAlias = dict[str, list[Row]]
Statement: TypeAlias = tuple[str, list[Any] | None]

# Triggers of the database set the catalog version, which is different each time.
CATALOG_VERSION = "catalog_stamp"


def read_catalog() -> Rows:
    """Return the rows of the catalogue, by the name of their table."""
    return read([model._meta.db_table for model in apps.get_app_config("catalog").get_models()])


def read_all() -> Rows:
    """Return the rows of every model, by the name of their table."""
    return read(connection.introspection.django_table_names(only_existing=True))


def read(tables: Iterable[str]) -> Rows:
    """Return the rows of each of the tables that has any, by the table's name."""
    with connection.cursor() as cursor:
        rows_by_table: Rows = {}
        for table in tables:
            cursor.execute(f"SELECT * FROM {table} ORDER BY 1")
            rows_by_table[table] = cursor.fetchall()
    return {
        table: rows for table, rows in rows_by_table.items() if rows and table != CATALOG_VERSION
    }


def insertion(rows_by_table: Rows) -> list[Statement]:
    """Return the statements that write the rows.

    Those for PostgreSQL have the values filled in, which takes long for each test.
    """
    statements: list[Statement] = []
    for table, rows in rows_by_table.items():
        row = f"({', '.join(['%s'] * len(rows[0]))})"
        values = ", ".join([row] * len(rows))
        statements.append((f"INSERT INTO {table} VALUES {values}", list(chain(*rows))))
    if connection.vendor != "postgresql" or not statements:
        return statements
    connection.ensure_connection()
    client = ClientCursor(connection.connection)
    return [("; ".join(client.mogrify(*statement) for statement in statements), None)]


def run(statements: list[Statement]) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        for sql, parameters in statements:
            cursor.execute(sql, parameters)
