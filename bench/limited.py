"""Compare each path with its limit, which is the most that the server could do."""

from collections.abc import Iterator, Sequence

from bench.compare import Effort, Side, throughput
from bench.environment import RunningSite
from bench.load import Request
from bench.paths import Path, paths
from bench.rows import LimitRow

CONTROLS = {
    "Control: the limit of a page against itself": "roadmap",
    "Control: the limit of a write against itself": "state",
}


def rows(running_site: RunningSite, effort: Effort) -> Iterator[LimitRow]:
    measured = {path.name: path for path in paths(running_site)}
    for path in measured.values():
        yield row(running_site, path, effort)
    # The controls show how much the machine alone varies.
    for title, name in CONTROLS.items():
        limit = limit_of(running_site, measured[name])
        yield LimitRow.compared(title, None, limit, limit, effort, throughput)


def row(running_site: RunningSite, path: Path, effort: Effort) -> LimitRow:
    if not path.requests(0):
        return LimitRow(running_site.databases.vendor, path.title, path.bar, unavailable="no ETag")
    page = Side(running_site, path.requests, path.status, writes=path.writes)
    return LimitRow.compared(
        path.title, path.bar, page, limit_of(running_site, path), effort, throughput
    )


def limit_of(running_site: RunningSite, path: Path) -> Side:
    def requests(run: int) -> Sequence[Request]:
        return [request.at(path.limit) for request in path.requests(run)]

    return Side(running_site, requests, path.status)
