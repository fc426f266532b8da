"""The production server with the limit's views: each answers as its page does, without work."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from bench import memory
from bench.databases import SQLiteFiles
from bench.environment import Environment, RunningSite
from bench.limited import limit_of
from bench.load import Request
from bench.paths import Path, paths
from bench.site import Answer, Product
from bench.writes import EVENTS, NOTE_SAVES, REVIEWS, SCRATCH_SAVES, Writes
from tests import prepared


@pytest.fixture(scope="module")
def running_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSite]:
    folder = tmp_path_factory.mktemp("bench")
    environment = Environment(Product(folder), SQLiteFiles(folder), rounds=1)
    prepared.copy_static_files(folder / "static")
    prepared.copy_database(prepared.DATABASE, folder / "prepared.sqlite3")
    environment.prepare()
    with environment.serve("shipped") as running_site:
        yield running_site


@pytest.fixture(scope="module")
def measured(running_site: RunningSite) -> dict[str, Path]:
    return {path.name: path for path in paths(running_site)}


def written(running_site: RunningSite) -> int:
    with closing(sqlite3.connect(running_site.product.folder / "shipped.sqlite3")) as database:
        return int(database.execute("SELECT count(*) FROM bench_write").fetchone()[0])


def uncompressed(request: Request) -> Request:
    headers = {k: v for k, v in request.headers.items() if k != "Accept-Encoding"}
    return Request(request.path, request.method, headers, request.body)


def kind(answer: Answer) -> tuple[int, str, int]:
    return answer.status, answer.headers["content-type"], len(answer.body)


@pytest.mark.parametrize(
    "name", ["visitor", "roadmap", "table", "article", "recall", "today", "map"]
)
def test_a_limit_response_equals_the_page(
    running_site: RunningSite, measured: dict[str, Path], name: str
) -> None:
    path = measured[name]
    page = path.requests(1)[0]
    limit = limit_of(running_site, path).requests(1)[0]
    assert kind(running_site.site.ask(uncompressed(limit))) == kind(
        running_site.site.ask(uncompressed(page))
    )
    ours, theirs = running_site.site.ask(page), running_site.site.ask(limit)
    assert ours.headers["content-encoding"] == theirs.headers["content-encoding"]
    # Django pads what it compresses with up to a hundred random bytes.
    assert len(theirs.body) == pytest.approx(len(ours.body), abs=150)


def test_the_limit_of_a_practice_session_has_the_size_of_its_page(
    running_site: RunningSite, measured: dict[str, Path]
) -> None:
    path = measured["practice"]
    page = running_site.site.ask(uncompressed(path.requests(1)[0]))
    limit = running_site.site.ask(uncompressed(limit_of(running_site, path).requests(1)[0]))
    assert kind(page)[:2] == kind(limit)[:2] == (200, "text/html; charset=utf-8")
    # The clock says the time that is left in up to six decimal places.
    assert len(page.body) == pytest.approx(len(limit.body), abs=6)
    assert b'data-stage="started"' in page.body


def test_a_page_belongs_to_the_signed_in_learner(
    running_site: RunningSite, measured: dict[str, Path]
) -> None:
    signed_in = measured["roadmap"].requests(1)
    assert len(signed_in) == len(running_site.learners["readers"])
    assert b"/accounts/logout/" in running_site.site.ask(uncompressed(signed_in[-1])).body
    visitor = measured["visitor"].requests(1)
    assert [request.headers.get("Cookie") for request in visitor] == [None]


def test_every_request_changes_a_state_in_every_round(
    running_site: RunningSite, measured: dict[str, Path]
) -> None:
    changes = measured["state"].requests(1)
    before = running_site.written(EVENTS, 1)
    once_round = changes[:: len(running_site.learners["writers"][1])]
    for change in [*once_round, *once_round]:
        assert running_site.site.ask(change).status == 200
    assert running_site.written(EVENTS, 1) - before == 2 * len(once_round)


@pytest.mark.parametrize(
    ("name", "writes"), [("rating", REVIEWS), ("note", NOTE_SAVES), ("scratch", SCRATCH_SAVES)]
)
def test_every_request_of_a_student_is_stored(
    running_site: RunningSite, measured: dict[str, Path], name: str, writes: Writes
) -> None:
    students = running_site.learners["students"][1]
    of_one = measured[name].requests(1)[:: len(students)][:45]
    before = running_site.written(writes, 1)
    for request in of_one:
        assert running_site.site.ask(request).status == 200
    assert running_site.written(writes, 1) - before == len(of_one) == 45


def test_every_page_of_the_memory_part_is_answered(running_site: RunningSite) -> None:
    pages = {it.path: it for it in memory.mixed(running_site) if it.method == "GET"}
    assert "/me/export.json" in pages
    statuses = {path: running_site.site.ask(request).status for path, request in pages.items()}
    assert statuses == dict.fromkeys(pages, 200)


def test_the_limit_of_a_write_writes_one_row(
    running_site: RunningSite, measured: dict[str, Path]
) -> None:
    path = measured["state"]
    before = written(running_site)
    answer = running_site.site.ask(uncompressed(limit_of(running_site, path).requests(1)[0]))
    assert (answer.status, written(running_site) - before) == (200, 1)
    assert kind(answer)[1:] == ("text/html; charset=utf-8", len(answer.body))
    assert b'id="announcement"' in answer.body


def test_the_limit_of_a_revisit_is_not_modified(running_site: RunningSite) -> None:
    answer = running_site.site.ask(Request("/limit/unchanged/"))
    assert (answer.status, answer.body) == (304, b"")


@pytest.mark.django_db
def test_the_product_has_no_limit_views() -> None:
    from django.test import Client

    assert Client().get("/limit/unchanged/").status_code == 404
