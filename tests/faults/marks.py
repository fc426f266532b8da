"""Learners who mark all the time, with the statements of a release."""

import itertools
import re
import sqlite3
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from threading import Event, Thread
from typing import Any, cast

import psycopg

from tests.faults.releases import Release

ARTICLES = 10
LEARNERS_OF_RELEASE = 2


class Connection:
    """A connection to SQLite or PostgreSQL that takes the same statements."""

    def __init__(self, url: str) -> None:
        self.is_sqlite = url.startswith("sqlite")
        self._own: Any = (
            sqlite3.connect(url.removeprefix("sqlite:///"), timeout=20, isolation_level=None)
            if self.is_sqlite
            else psycopg.connect(url, autocommit=True)
        )

    def execute(self, statement: str, **values: object) -> list[tuple[Any, ...]]:
        if self.is_sqlite:
            statement = re.sub(r"%\((\w+)\)s", r":\1", statement)
        cursor = self._own.execute(cast(Any, statement), values)
        return list(cursor.fetchall()) if cursor.description else []

    def transact(self, statements: Sequence[str], **values: object) -> None:
        """Execute the statements in one transaction. On SQLite, `SELECT … FOR` locks nothing."""
        self.execute("BEGIN IMMEDIATE" if self.is_sqlite else "BEGIN")
        try:
            for statement in statements:
                if not (self.is_sqlite and statement.startswith("SELECT")):
                    self.execute(statement, **values)
            self.execute("COMMIT")
        except Exception:
            self.execute("ROLLBACK")
            raise

    def close(self) -> None:
        self._own.close()


def add_rows(url: str, learners: int) -> None:
    """Add articles and learners to the schema of the first release."""
    with closing(Connection(url)) as database:
        database.execute(
            "INSERT INTO catalog_status (slug, number, label, colour, is_public, is_countable)"
            " VALUES ('published', 1, 'Published', 'green', true, true)"
        )
        for number in range(ARTICLES):
            database.execute(
                "INSERT INTO catalog_article"
                " (uuid, slug, title, url, status_id, added_at, updated_at)"
                " SELECT %(uuid)s, %(slug)s, %(slug)s, '', id,"
                " CURRENT_TIMESTAMP, CURRENT_TIMESTAMP FROM catalog_status",
                uuid=uuid.uuid4().hex,
                slug=f"article-{number}",
            )
        for number in range(learners):
            database.execute(
                "INSERT INTO accounts_user (username, password, is_superuser, is_staff, is_active,"
                " first_name, last_name, email, date_joined, time_zone, shows_streak,"
                " marks_reading_on_open) VALUES (%(name)s, '', false, false, true, '', '', '',"
                " CURRENT_TIMESTAMP, '', true, false)",
                name=f"learner-{number}",
            )


class Marks:
    """The acknowledged marks, counted by learner, and the requests that failed."""

    def __init__(self, url: str, releases: Sequence[Release]) -> None:
        self.url = url
        self.acknowledged: dict[int, int] = {}
        self.faults: list[str] = []
        self._stop = Event()
        with closing(Connection(url)) as database:
            learners = [pk for (pk,) in database.execute("SELECT id FROM accounts_user")]
            self._articles = [pk for (pk,) in database.execute("SELECT id FROM catalog_article")]
        self._threads = [
            Thread(target=self._mark, args=(learner, release))
            for release, learner in zip(
                itertools.chain.from_iterable(
                    [release] * LEARNERS_OF_RELEASE for release in releases
                ),
                learners,
                strict=False,
            )
        ]

    def _mark(self, learner: int, release: Release) -> None:
        self.acknowledged[learner] = 0
        with closing(Connection(self.url)) as database:
            for number in itertools.count():
                # SQLite is not fair: without a pause, others hardly get its lock.
                if self._stop.wait(0.005):
                    return
                article = self._articles[number % ARTICLES]
                try:
                    database.transact(release.mark, learner=learner, article=article)
                    self.acknowledged[learner] += 1
                except (sqlite3.Error, psycopg.Error) as error:
                    self.faults.append(f"{release.name}: {error!r}")

    def wait_for(self, count: int) -> None:
        """Wait until each learner has made so many more marks."""
        wanted = {learner: made + count for learner, made in self.acknowledged.items()}
        deadline = time.monotonic() + 30
        while any(self.acknowledged[learner] < number for learner, number in wanted.items()):
            assert time.monotonic() < deadline, self.faults
            time.sleep(0.01)

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()


@contextmanager
def marks(url: str, releases: Sequence[Release]) -> Iterator[Marks]:
    """Let two learners of each release mark until the end of the block."""
    made = Marks(url, releases)
    made.start()
    try:
        yield made
    finally:
        made.stop()
