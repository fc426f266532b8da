"""Create, copy and drop the databases of the benchmark, on SQLite and on PostgreSQL."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import ClassVar, Protocol

import psycopg
from psycopg import sql

from tests import postgres

# Acknowledged writes are on the disk, as on a production server. A large write-ahead log avoids
# checkpoints while the data is generated.
DURABLE = "-c fsync=on -c full_page_writes=on -c synchronous_commit=on -c max_wal_size=8GB"


class Databases(Protocol):
    """Databases by name. A database has to be without connections to be copied or dropped."""

    @property
    def vendor(self) -> str: ...

    def url(self, name: str) -> str: ...
    def create(self, name: str) -> str: ...
    def copy(self, source: str, name: str) -> str: ...
    def drop(self, name: str) -> None: ...
    def size(self, name: str) -> int: ...
    def count(self, name: str, counting: str, users: list[int]) -> int: ...


class SQLiteFiles:
    vendor: ClassVar = "SQLite"

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def file(self, name: str) -> Path:
        return self.folder / f"{name}.sqlite3"

    def url(self, name: str) -> str:
        return f"sqlite:///{self.file(name)}"

    def create(self, name: str) -> str:
        return self.url(name)

    def copy(self, source: str, name: str) -> str:
        with (
            closing(sqlite3.connect(self.file(source))) as original,
            closing(sqlite3.connect(self.file(name))) as copy,
        ):
            original.backup(copy)
        return self.url(name)

    def drop(self, name: str) -> None:
        for file in self.folder.glob(f"{name}.sqlite3*"):
            file.unlink()

    def size(self, name: str) -> int:
        return self.file(name).stat().st_size

    def count(self, name: str, counting: str, users: list[int]) -> int:
        count = f"{counting} WHERE user_id IN ({', '.join('?' * len(users))})"
        with closing(sqlite3.connect(self.file(name))) as connection:
            return int(connection.execute(count, users).fetchone()[0])


class PostgreSQLServer:
    vendor: ClassVar = "PostgreSQL"

    def __init__(self, admin_url: str) -> None:
        self.admin_url = admin_url

    def url(self, name: str) -> str:
        return f"{self.admin_url.rpartition('/')[0]}/{name}"

    def create(self, name: str) -> str:
        return self.copy("template1", name)

    def copy(self, source: str, name: str) -> str:
        make = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        self._run(make.format(sql.Identifier(name), sql.Identifier(source)))
        return self.url(name)

    def drop(self, name: str) -> None:
        self._run(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def size(self, name: str) -> int:
        with psycopg.connect(self.admin_url) as connection:
            row = connection.execute("SELECT pg_database_size(%s)", [name]).fetchone()
        return int(row[0]) if row else 0

    def count(self, name: str, counting: str, users: list[int]) -> int:
        count = f"{counting} WHERE user_id = ANY(%s)"
        with psycopg.connect(self.url(name)) as connection:
            row = connection.execute(count, [users]).fetchone()
        return int(row[0]) if row else 0

    def _run(self, statement: sql.Composed) -> None:
        with psycopg.connect(self.admin_url, autocommit=True) as connection:
            connection.execute(statement)


VENDORS = (SQLiteFiles.vendor, PostgreSQLServer.vendor)


@contextmanager
def databases(vendor: str, folder: Path) -> Iterator[Databases]:
    if vendor == SQLiteFiles.vendor:
        yield SQLiteFiles(folder)
        return
    with postgres.temporary_server(DURABLE) as url:
        yield PostgreSQLServer(url)
