"""How near each path comes to what the server could do at most."""

from collections.abc import Iterator, Sequence

from bench.compare import Effort, Side, figures, interleave, ratio, throughput
from bench.load import Request, RunFailed, TooSlow
from bench.paths import Path, paths
from bench.rows import LimitRow
from bench.stage import Stage


def rows(stage: Stage, effort: Effort) -> Iterator[LimitRow]:
    measured = paths(stage)
    for path in measured:
        yield compared(stage, path, effort)
    yield control(stage, measured[1], effort, "Control: the limit of a page against itself")
    yield control(stage, measured[3], effort, "Control: the limit of a write against itself")


def compared(stage: Stage, path: Path, effort: Effort) -> LimitRow:
    database = stage.databases.vendor
    if not path.requests(0):
        return LimitRow(database, path.title, path.bar, unavailable="no ETag")
    page = Side(stage, path.requests, path.status, writes=path.writes)
    try:
        ours, theirs = interleave([page, limit_of(stage, path)], effort)
    except TooSlow as slow:
        return LimitRow(database, path.title, path.bar, unavailable=str(slow))
    except RunFailed as failure:
        return LimitRow(database, path.title, path.bar, failure=str(failure))
    share = ratio(throughput(ours), throughput(theirs))
    return LimitRow(database, path.title, path.bar, figures(ours), figures(theirs), share)


def limit_of(stage: Stage, path: Path) -> Side:
    def requests(run: int) -> Sequence[Request]:
        return [request.at(path.limit) for request in path.requests(run)]

    return Side(stage, requests, path.status)


def control(stage: Stage, path: Path, effort: Effort, title: str) -> LimitRow:
    """How much of a difference the machine alone makes."""
    limit = limit_of(stage, path)
    one, other = interleave([limit, limit], effort)
    share = ratio(throughput(one), throughput(other))
    return LimitRow(stage.databases.vendor, title, None, figures(one), figures(other), share)
