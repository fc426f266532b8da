"""Everything that a database holds, read without the product."""

import sqlite3
from contextlib import closing
from typing import Any

import psycopg
from psycopg import sql

Row = tuple[Any, ...]


def rows_of(url: str) -> dict[str, list[Row]]:
    """Return the rows of every table, in an order that does not depend on how they are stored."""
    read = rows_of_sqlite if url.startswith("sqlite") else rows_of_postgresql
    return {table: sorted(rows, key=repr) for table, rows in read(url).items()}


def rows_of_sqlite(url: str) -> dict[str, list[Row]]:
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
        tables = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table'"
        ).fetchall()
        return {
            table: connection.execute(
                f"SELECT {columns(connection, table)} FROM {table}"
            ).fetchall()
            for (table,) in tables
        }


def columns(connection: sqlite3.Connection, table: str) -> str:
    """Return the columns by name: a migration may have added one at the end, or in between."""
    return ", ".join(
        sorted(f'"{row[1]}"' for row in connection.execute(f"PRAGMA table_info({table})"))
    )


def rows_of_postgresql(url: str) -> dict[str, list[Row]]:
    with psycopg.connect(url) as connection:
        tables = connection.execute(
            "SELECT table_name, array_agg(column_name::text ORDER BY column_name) "
            "FROM information_schema.columns WHERE table_schema = 'public' GROUP BY table_name"
        ).fetchall()
        return {
            table: connection.execute(
                sql.SQL("SELECT {} FROM {}").format(
                    sql.SQL(", ").join(map(sql.Identifier, names)), sql.Identifier(table)
                )
            ).fetchall()
            for table, names in tables
        }
