"""A PostgreSQL database backend without a server, for the linter of migrations.

The linter runs `sqlmigrate`, which sends a few queries before it prints SQL; here they return no
rows.
"""

from collections.abc import Sequence
from typing import Any, Self

from django.db.backends.postgresql import base
from django.db.backends.postgresql.operations import DatabaseOperations
from psycopg import sql


class NoCursor:
    """A cursor that executes nothing and returns no rows."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *args: object) -> None:
        """Close nothing."""

    def __iter__(self) -> Any:
        return iter(())

    def execute(self, statement: str, params: Any = None) -> None:
        """Execute nothing."""

    def fetchone(self) -> None:
        return None

    def fetchall(self) -> list[Any]:
        return []

    def close(self) -> None:
        """Close nothing."""


class OfflineOperations(DatabaseOperations):
    def compose_sql(self, statement: str, params: Sequence[Any]) -> str:
        literals = tuple(sql.Literal(param).as_string() for param in params)
        return statement % literals


class DatabaseWrapper(base.DatabaseWrapper):
    ops_class = OfflineOperations

    def connect(self) -> None:
        """Connect to nothing."""

    def cursor(self) -> Any:
        return NoCursor()

    def set_autocommit(self, *args: Any, **kwargs: Any) -> None:
        """Change nothing, because there is no transaction."""

    def commit(self) -> None:
        """Commit nothing."""

    def rollback(self) -> None:
        """Roll back nothing."""
