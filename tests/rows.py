"""The catalogue's rows as the database has them, to be written again as they are."""

from itertools import chain
from typing import Any, TypeAlias

from django.apps import apps
from django.db import connection, transaction

Row: TypeAlias = tuple[Any, ...]
Rows: TypeAlias = dict[str, list[Row]]

# The database's own triggers give the catalogue a stamp, another one each time.
STAMP = "catalog_stamp"


def written() -> Rows:
    """Rows by table; tables without rows are left out."""
    tables = [model._meta.db_table for model in apps.get_app_config("catalog").get_models()]
    with connection.cursor() as cursor:
        found: Rows = {}
        for table in tables:
            cursor.execute(f"SELECT * FROM {table} ORDER BY 1")
            found[table] = cursor.fetchall()
    return {table: rows for table, rows in found.items() if rows and table != STAMP}


def write(rows_by_table: Rows) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        for table, rows in rows_by_table.items():
            row = f"({', '.join(['%s'] * len(rows[0]))})"
            places = ", ".join([row] * len(rows))
            cursor.execute(f"INSERT INTO {table} VALUES {places}", list(chain(*rows)))
