"""PostgreSQL's SQL without PostgreSQL: a database that is empty and takes everything.

`sqlmigrate` asks the database a few questions before it writes what it would do.
"""

from collections.abc import Sequence
from typing import Any, Self

from django.db.backends.postgresql import base
from django.db.backends.postgresql.operations import DatabaseOperations
from psycopg import sql


class NoCursor:
    """Whatever it is asked, there is no such row."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *args: object) -> None:
        """Nothing was opened."""

    def __iter__(self) -> Any:
        return iter(())

    def execute(self, statement: str, params: Any = None) -> None:
        """Nothing is done."""

    def fetchone(self) -> None:
        return None

    def fetchall(self) -> list[Any]:
        return []

    def close(self) -> None:
        """Nothing was opened."""


class OfflineOperations(DatabaseOperations):
    def compose_sql(self, statement: str, params: Sequence[Any]) -> str:
        literals = tuple(sql.Literal(param).as_string() for param in params)
        return statement % literals


class DatabaseWrapper(base.DatabaseWrapper):
    ops_class = OfflineOperations

    def connect(self) -> None:
        """There is nothing to connect to."""

    def cursor(self) -> Any:
        return NoCursor()

    def set_autocommit(self, *args: Any, **kwargs: Any) -> None:
        """There is no transaction."""

    def commit(self) -> None:
        """There is no transaction."""

    def rollback(self) -> None:
        """There is no transaction."""
