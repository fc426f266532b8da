"""The output of wrk becomes figures or a failed run, never a meaningless figure."""

import json
from typing import Any

import pytest

from bench.load import Request, Run, RunFailed, parse


def wrk_output(**changes: Any) -> str:
    figures = {
        "requests": 300,
        "microseconds": 1_500_000,
        "bytes": 600_000,
        "p50": 12_500,
        "p99": 80_250,
        "broken": 0,
        "statuses": {"200": 300},
    }
    return json.dumps({**figures, **changes}) + "\n"


def test_figures_in_seconds_and_milliseconds_are_read() -> None:
    run = parse(wrk_output(), 200)
    assert run == Run(requests=300, seconds=1.5, size=2000, p50=12.5, p99=80.25)
    assert run.per_second == 200


def test_only_the_last_line_of_wrk_is_read() -> None:
    assert parse("unable to say much\n" + wrk_output(), 200) == parse(wrk_output(), 200)


def test_a_run_may_be_too_short_for_a_response() -> None:
    assert parse(wrk_output(requests=0, bytes=0, statuses={}), 200).requests == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"statuses": {"200": 299, "302": 1}},
        {"statuses": {"500": 300}},
        {"broken": 1},
    ],
)
def test_an_unexpected_response_fails_the_run(changes: dict[str, Any]) -> None:
    with pytest.raises(RunFailed, match="300 answers, expected with 200 each"):
        parse(wrk_output(**changes), 200)


@pytest.mark.parametrize("output", ["", "unable to connect to 127.0.0.1:1 Connection refused\n"])
def test_a_run_without_output_fails(output: str) -> None:
    with pytest.raises(RunFailed, match="wrk printed: "):
        parse(output, 200)


def test_a_request_is_written_as_lua() -> None:
    request = Request("/a?b=c", "POST", {"HX-Target": 'the "results"'}, "state=done\\")
    assert request.as_lua() == (
        '{method = "POST", path = "/a?b=c", '
        'headers = {["HX-Target"] = "the \\"results\\""}, body = "state=done\\\\"}'
    )
