"""The production server with the limit's views: each answers as its page does, without work."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from bench.databases import SQLiteFiles
from bench.limited import limit_of
from bench.load import Request
from bench.paths import Path, paths
from bench.site import Answer, Product
from bench.stage import Stage, Theatre


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("bench")
    theatre = Theatre(Product(folder), SQLiteFiles(folder), rounds=1)
    theatre.prepare()
    with theatre.stage("shipped") as stage:
        yield stage


@pytest.fixture(scope="module")
def measured(stage: Stage) -> dict[str, Path]:
    return {path.name: path for path in paths(stage)}


def written(stage: Stage) -> int:
    with closing(sqlite3.connect(stage.product.folder / "shipped.sqlite3")) as database:
        return int(database.execute("SELECT count(*) FROM bench_write").fetchone()[0])


def uncompressed(request: Request) -> Request:
    headers = {k: v for k, v in request.headers.items() if k != "Accept-Encoding"}
    return Request(request.path, request.method, headers, request.body)


def kind(answer: Answer) -> tuple[int, str, int]:
    return answer.status, answer.headers["content-type"], len(answer.body)


@pytest.mark.parametrize("name", ["visitor", "roadmap", "table", "article"])
def test_the_limit_answers_as_the_page(stage: Stage, measured: dict[str, Path], name: str) -> None:
    path = measured[name]
    page = path.requests(1)[0]
    limit = limit_of(stage, path).requests(1)[0]
    assert kind(stage.site.ask(uncompressed(limit))) == kind(stage.site.ask(uncompressed(page)))
    ours, theirs = stage.site.ask(page), stage.site.ask(limit)
    assert ours.headers["content-encoding"] == theirs.headers["content-encoding"]
    # Django pads what it compresses with up to a hundred random bytes.
    assert len(theirs.body) == pytest.approx(len(ours.body), abs=150)


def test_a_page_is_that_of_its_reader(stage: Stage, measured: dict[str, Path]) -> None:
    signed_in = measured["roadmap"].requests(1)
    assert len(signed_in) == len(stage.cast["readers"])
    assert b"/accounts/logout/" in stage.site.ask(uncompressed(signed_in[-1])).body
    visitor = measured["visitor"].requests(1)
    assert [request.headers.get("Cookie") for request in visitor] == [None]


def test_every_request_changes_a_state_round_after_round(
    stage: Stage, measured: dict[str, Path]
) -> None:
    changes = measured["state"].requests(1)
    before = stage.events(1)
    once_round = changes[:: len(stage.cast["writers"][1])]
    for change in [*once_round, *once_round]:
        assert stage.site.ask(change).status == 200
    assert stage.events(1) - before == 2 * len(once_round)


def test_the_limit_of_a_write_writes_one_row(stage: Stage, measured: dict[str, Path]) -> None:
    path = measured["state"]
    before = written(stage)
    answer = stage.site.ask(uncompressed(limit_of(stage, path).requests(1)[0]))
    assert (answer.status, written(stage) - before) == (200, 1)
    assert kind(answer)[1:] == ("text/html; charset=utf-8", len(answer.body))
    assert b'id="announcement"' in answer.body


def test_the_limit_of_a_revisit_is_unchanged(stage: Stage) -> None:
    answer = stage.site.ask(Request("/limit/unchanged/"))
    assert (answer.status, answer.body) == (304, b"")


@pytest.mark.django_db
def test_the_product_itself_knows_no_limit() -> None:
    from django.test import Client

    assert Client().get("/limit/unchanged/").status_code == 404
