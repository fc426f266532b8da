import os
from collections.abc import Iterator

import psycopg
import pytest

from tests.playbook.program import free_port, manage


@pytest.fixture(scope="module")
def database_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Create a database that is not prepared yet."""
    server = os.environ.get("DATABASE_URL", "")
    if not server.startswith("postgres"):
        yield f"sqlite:///{tmp_path_factory.mktemp('database')}/playbook.sqlite3"
        return
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("CREATE DATABASE to_be_started")
        yield server.rpartition("/")[0] + "/to_be_started"
        connection.execute("DROP DATABASE to_be_started WITH (FORCE)")


@pytest.fixture(scope="session")
def static_root(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Compressing takes seconds: whoever is prepared first does it for all."""
    return str(tmp_path_factory.mktemp("static"))


@pytest.fixture(scope="module")
def site(database_url: str, static_root: str) -> dict[str, str]:
    """Return the variables of a prepared site."""
    variables = {
        "DATABASE_URL": database_url,
        "STATIC_ROOT": static_root,
        "PORT": str(free_port()),
        "WEB_WORKERS": "2",
    }
    done = manage("prepare", **variables)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    return variables
