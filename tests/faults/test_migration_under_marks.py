"""Every release is installed while learners mark with the code of the releases before it."""

import re
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.faults.marks import LEARNERS_OF_RELEASE, Connection, add_rows, marks
from tests.faults.releases import RELEASES
from tests.playbook.program import KEY, ROOT, environment, manage, run
from tests.postgres import temporary_server


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/playbook.sqlite3"
    else:
        with temporary_server() as server:
            yield server


def migrate_to(url: str, name: str) -> None:
    settings = {"DJANGO_SETTINGS_MODULE": "playbook.settings", "SECRET_KEY": KEY}
    done = run("-m", "tests.faults.migrate_to", name, DATABASE_URL=url, **settings)
    assert done.returncode == 0, done.stderr


@contextmanager
def preparing(url: str) -> Iterator["subprocess.Popen[str]"]:
    variables = environment(SECRET_KEY=KEY, DATABASE_URL=url, DEBUG="true")
    with subprocess.Popen(
        [sys.executable, "manage.py", "prepare"],
        cwd=ROOT,
        env=variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        yield process


def prepare(url: str) -> None:
    # The development server needs no collected files.
    done = manage("prepare", DATABASE_URL=url, DEBUG="true")
    assert done.returncode == 0, done.stderr


def test_each_release_is_installed_while_learners_mark(url: str) -> None:
    # SQLite has one lock for all tables, so that no order of locks can be wrong.
    releases = RELEASES[-1:] if url.startswith("sqlite") else RELEASES
    migrate_to(url, releases[0].name)
    add_rows(url, LEARNERS_OF_RELEASE * len(releases))
    acknowledged: Counter[int] = Counter()
    for number in range(1, len(releases) + 1):
        # Learners of earlier releases too: a node may not be updated for a while.
        with marks(url, releases[:number]) as made:
            made.wait_for(3)
            if number < len(releases):
                migrate_to(url, releases[number].name)
            else:
                prepare(url)
            made.wait_for(3)
        assert made.faults == []
        acknowledged.update(made.acknowledged)
    assert events_of(url) == acknowledged


def events_of(url: str) -> dict[int, int]:
    with closing(Connection(url)) as database:
        counted = "SELECT user_id, count(*) FROM progress_event GROUP BY user_id"
        return dict(database.execute(counted))


def test_the_list_of_releases_is_complete() -> None:
    """Add each release to `RELEASES`, so that its schema is migrated from."""
    changelog = (ROOT / "CHANGELOG.md").read_text()
    released = re.findall(r"^## (\d+\.\d+\.\d+)", changelog, re.MULTILINE)
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert [release.name for release in reversed(RELEASES)] == released
    assert released[0] == version


def test_a_migration_gives_way_to_a_table_in_use_and_is_tried_again() -> None:
    with temporary_server() as url:
        migrate_to(url, "1.1.0")
        with closing(Connection(url)) as reader, preparing(url) as process:
            reader.execute("BEGIN")
            reader.execute("SELECT count(*) FROM catalog_article")
            assert process.stderr
            waits = process.stderr.readline()
            reader.execute("COMMIT")
            assert process.wait(30) == 0
    assert waits == (
        "A migration has to wait for a table that the site uses. It was rolled back and is tried "
        "again in 0.2 s (attempt 2 of 13).\n"
    )
