"""A database that cannot do its work: readers get 503 in words, and no saved mark is lost."""

import os
import signal
import sqlite3
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.client import HTTPException
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest

from tests.faults.readers import Answer, Reader, readers_of
from tests.playbook.program import free_port, get, manage, served
from tests.postgres import NOT_DURABLE, Server, temporary_folder
from tests.prepared import DATABASE, copy_database

SLUG = "payment-wallet"
STATES = ("reading", "done")


def file_of(site: dict[str, str]) -> str:
    return site["DATABASE_URL"].removeprefix("sqlite:///").partition("?")[0]


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory, static_root: str) -> dict[str, str]:
    """Return the variables of a prepared site on SQLite."""
    file = tmp_path_factory.mktemp("database") / "playbook.sqlite3"
    copy_database(DATABASE, file)
    variables = {"DATABASE_URL": f"sqlite:///{file}", "STATIC_ROOT": static_root}
    assert manage("prepare", **variables).returncode == 0
    return variables


@pytest.fixture
def site(prepared: dict[str, str], tmp_path: Path) -> dict[str, str]:
    """Return a copy of the prepared site, with a database that the test may break."""
    file = tmp_path / "playbook.sqlite3"
    with (
        closing(sqlite3.connect(file_of(prepared))) as source,
        closing(sqlite3.connect(file)) as copy,
    ):
        source.backup(copy)
        copy.execute("PRAGMA journal_mode=WAL")
    url = {"DATABASE_URL": f"sqlite:///{file}", "PORT": str(free_port()), "WEB_WORKERS": "1"}
    return {**prepared, **url}


def with_options(site: dict[str, str], **options: object) -> dict[str, str]:
    query = "&".join(f"{name}={quote(str(value))}" for name, value in options.items())
    return {**site, "DATABASE_URL": f"{site['DATABASE_URL']}?{query}"}


def events(site: dict[str, str]) -> int:
    with closing(sqlite3.connect(file_of(site))) as database:
        return int(database.execute("SELECT count(*) FROM progress_event").fetchone()[0])


def expect_unsaved(answer: Answer, reason: str, retry_after: str) -> None:
    assert (answer.status, answer.retry_after) == (503, retry_after)
    assert "Your change could not be saved" in answer.text
    assert reason in answer.text
    assert 'class="site-header"' in answer.text


def test_a_full_disk_is_named_and_pages_are_read(site: dict[str, str]) -> None:
    (reader,) = readers_of(site, 1)
    with closing(sqlite3.connect(file_of(site))) as database:
        (pages,) = database.execute("PRAGMA page_count").fetchone()
    full = with_options(site, init_command=f"PRAGMA max_page_count={pages + 4}")
    with served(**full):
        for number in range(60):
            before = events(site)
            answer = reader.mark_layer("scale-reliability", STATES[number % 2])
            if answer.status != 200:
                break
        expect_unsaved(answer, "The disk of this site is full", "60")
        assert events(site) == before > 0
        # What a layer does not fit into can still have room for smaller changes.
        while reader.mark(SLUG, STATES[events(site) % 2]).status == 200:
            assert events(site) < before + 500
        assert reader.get("/").status == 200
        assert get(site, "/readyz") == (
            503,
            "not ready: writing to the database (the disk is full)\n",
        )


def test_a_read_only_database_is_named_and_pages_are_read(site: dict[str, str]) -> None:
    (reader,) = readers_of(site, 1)
    with served(**with_options(site, init_command="PRAGMA query_only=1")):
        new_visitor = Reader(site, "")
        for answer in (
            reader.mark(SLUG, "done"),
            # What is limited first counts in the cache, which is a table of the database.
            new_visitor.mark(SLUG, "done"),
            new_visitor.post("/accounts/login/", "login=learner-0&password=wrong"),
        ):
            expect_unsaved(answer, "can be read but not written", "60")
        assert reader.get("/").status == 200
        assert get(site, "/readyz") == (
            503,
            "not ready: writing to the database (it is read-only)\n",
        )
    assert events(site) == 0


def test_a_mark_beside_a_long_change_is_refused_and_accepted_afterwards(
    site: dict[str, str],
) -> None:
    (reader,) = readers_of(site, 1)
    with (
        served(**with_options(site, timeout=0)),
        closing(sqlite3.connect(file_of(site), isolation_level=None)) as editor,
    ):
        editor.execute("BEGIN IMMEDIATE")
        expect_unsaved(reader.mark(SLUG, "done"), "A large change is being saved", "5")
        editor.execute("COMMIT")
        assert reader.mark(SLUG, "done").status == 200
        assert reader.mark(SLUG, "done").status == 200
    assert events(site) == 1


def test_pages_are_read_while_many_changes_wait_for_a_long_one(site: dict[str, str]) -> None:
    reader, *writers = readers_of(site, 13)
    with (
        served(**site),
        closing(sqlite3.connect(file_of(site), isolation_level=None)) as editor,
        ThreadPoolExecutor(len(writers)) as pool,
    ):
        assert reader.get("/").status == 200  # which begins the reader's day
        editor.execute("BEGIN IMMEDIATE")
        marks = [pool.submit(writer.mark, SLUG, "done") for writer in writers]
        for number in range(50):
            assert reader.get(f"/articles/?q={number}").status == 200
        assert not any(mark.done() for mark in marks)
        editor.execute("COMMIT")
        assert {mark.result().status for mark in marks} == {200}
    assert events(site) == len(writers)


def test_no_acknowledged_mark_is_lost_when_the_server_is_killed(site: dict[str, str]) -> None:
    readers = readers_of(site, 4)
    slugs = slugs_of(site)
    acknowledged: Counter[Reader] = Counter()

    def mark(reader: Reader, until: int) -> None:
        """Mark until the server is killed, or this many marks are acknowledged."""
        for _number in range(until):
            # A mark without an answer is sent again after the start: it names its target state.
            number = acknowledged[reader]
            state = STATES[number // len(slugs) % 2]
            try:
                answer = reader.mark(slugs[number % len(slugs)], state)
            except (OSError, HTTPException):
                return
            assert answer.status == 200
            acknowledged[reader] += 1

    kills = 3
    for round_ in range(kills + 1):
        with served(**site) as process, ThreadPoolExecutor() as threads:
            left = [250 - acknowledged[reader] if round_ == kills else 1_000 for reader in readers]
            marking = list(map(threads.submit, [mark] * len(readers), readers, left))
            if round_ < kills:
                target = acknowledged.total() + 150
                deadline = time.monotonic() + 30
                while acknowledged.total() < target:
                    assert not any(thread.done() for thread in marking)
                    assert time.monotonic() < deadline
                    time.sleep(0.01)
                os.killpg(process.pid, signal.SIGKILL)
            for done in marking:
                done.result()
    assert acknowledged.total() >= 1_000
    assert events(site) == acknowledged.total()


def slugs_of(site: dict[str, str]) -> list[str]:
    with closing(sqlite3.connect(file_of(site))) as database:
        query = (
            "SELECT catalog_article.slug FROM catalog_article JOIN catalog_status"
            " ON status_id = catalog_status.id WHERE is_public ORDER BY 1"
        )
        return [slug for (slug,) in database.execute(query)]


@pytest.fixture
def server() -> Iterator[Server]:
    with temporary_folder() as folder:
        server = Server(folder, f"-c listen_addresses='' {NOT_DURABLE}")
        server.create("--auth=trust")
        server.start()
        try:
            yield server
        finally:
            server.stop()


def test_the_site_goes_on_when_postgresql_is_back(server: Server, prepared: dict[str, str]) -> None:
    url = server.url("postgres", "postgres")
    site = {**prepared, "DATABASE_URL": url, "PORT": str(free_port()), "WEB_WORKERS": "1"}
    assert manage("prepare", **site).returncode == 0
    (reader,) = readers_of(site, 1)
    with served(**site):
        assert reader.mark(SLUG, "reading").status == 200
        set_read_only(url, "on")
        expect_unsaved(reader.mark(SLUG, "done"), "can be read but not written", "60")
        assert get(site, "/readyz")[1] == "not ready: writing to the database (it is read-only)\n"
        set_read_only(url, "off")
        server.stop("fast")
        expect_unsaved(reader.mark(SLUG, "done"), "The database of this site does not answer", "10")
        page = reader.get("/me/")
        assert (page.status, page.retry_after) == (503, "10")
        assert "This page is not available at the moment" in page.text
        assert get(site, "/readyz") == (503, "not ready: database\n")
        server.start()
        assert reader.mark(SLUG, "done").status == 200
        assert get(site, "/readyz") == (200, "ok\n")
    with psycopg.connect(url) as database:
        query = "SELECT from_state, to_state FROM progress_event ORDER BY id"
        assert database.execute(query).fetchall() == [("todo", "reading"), ("reading", "done")]


def set_read_only(url: str, value: str) -> None:
    with psycopg.connect(url, autocommit=True) as database:
        database.execute("SET default_transaction_read_only = off")
        database.execute(f"ALTER SYSTEM SET default_transaction_read_only = {value}")
        database.execute("SELECT pg_reload_conf()")
