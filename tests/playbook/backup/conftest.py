from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import psycopg
import pytest
from django.core.management import call_command
from django.db import connections
from pytest_django import DjangoDbBlocker

from tests import prepared
from tests.playbook.backup import content


@dataclass(frozen=True)
class Database:
    """A database beside the one of the tests."""

    url: str
    name: str
    blocker: DjangoDbBlocker

    @contextmanager
    def used(self) -> Iterator[None]:
        """Make it the site's database within the block."""
        of_tests = connections["default"]
        other = connections.create_connection("default")
        other.settings_dict = {**other.settings_dict, "NAME": self.name}
        with self.blocker.unblock():
            connections["default"] = other
            try:
                yield
            finally:
                other.close()
                connections["default"] = of_tests

    def run(self, *command: str) -> str:
        """Run a command of `manage.py` and return what it prints."""
        output = StringIO()
        with self.used():
            call_command(*command, stdout=output)
        return output.getvalue()


NewDatabase = Callable[[str], Database]


@pytest.fixture(scope="module")
def new_database(database_url: str, django_db_blocker: DjangoDbBlocker) -> Iterator[NewDatabase]:
    """Return a function that creates an empty database by a name."""
    if not database_url.startswith("postgres"):
        folder = Path(database_url.removeprefix("sqlite:///")).parent

        def create_file(name: str) -> Database:
            file = folder / f"{name}.sqlite3"
            return Database(f"sqlite:///{file}", str(file), django_db_blocker)

        yield create_file
        return

    names = []
    server = database_url.rpartition("/")[0]
    with psycopg.connect(database_url, autocommit=True) as admin:

        def create(name: str) -> Database:
            names.append(name)
            admin.execute(f"CREATE DATABASE {name}")
            return Database(f"{server}/{name}", name, django_db_blocker)

        yield create
        for name in names:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@dataclass(frozen=True)
class Site:
    """A site with content: its database, the session keys of its people, and its backup."""

    database: Database
    sessions: dict[str, str]
    backup: Path


@pytest.fixture(scope="module")
def site(new_database: NewDatabase, tmp_path_factory: pytest.TempPathFactory) -> Site:
    database = new_database("original")
    if database.url.startswith("sqlite"):
        prepared.copy_database(prepared.MIGRATED, Path(database.name))
    for command in ("migrate", "createcachetable", "load_playbook"):
        database.run(command, "--verbosity=0")
    with database.used():
        sessions = content.fill()
    backup = tmp_path_factory.mktemp("backup") / "site.backup"
    database.run("backup", str(backup))
    return Site(database, sessions, backup)
