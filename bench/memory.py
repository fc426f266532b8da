"""Measure the memory of the workers while they serve a mix of all pages."""

import re
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPConnection
from itertools import cycle, islice
from pathlib import Path
from statistics import linear_regression

from bench import browsing
from bench.environment import RunningSite
from bench.load import Request, RunFailed
from bench.paths import ARTICLE, ROADMAP, TABLE
from bench.rows import SingleRow
from bench.site import START_WITHIN, Site

CONNECTIONS = 16
SAMPLES = 20
WARM = 1000
"""With fewer requests the caches of a worker are not full, so its memory still grows."""
FOR_ALL = (
    *(ROADMAP, "/articles/", TABLE, ARTICLE, "/sections/caching/", "/layers/data-mastery/"),
    *("/accounts/login/", "/accounts/signup/", "/sitemap.xml", "/robots.txt", "/favicon.ico"),
)
FOR_LEARNERS = ("/me/", "/me/history/", "/me/export.json", "/accounts/preferences/")


@dataclass(frozen=True)
class Sample:
    """The memory of one worker in MB: resident, proportional share, and the peak."""

    rss: float
    pss: float
    peak: float


def rows(running_site: RunningSite, requests: int) -> Iterator[SingleRow]:
    """Send this number of requests for each worker, and report the worker that uses most memory."""
    workers = workers_of(running_site.site)
    mix = cycle(mixed(running_site))
    samples = [[sample(worker) for worker in workers]]
    for _ in range(SAMPLES):
        send(running_site.site, list(islice(mix, requests * len(workers) // SAMPLES)))
        samples.append([sample(worker) for worker in workers])

    def most(title: str, values: Sequence[float], bar: float | None) -> SingleRow:
        return SingleRow(running_site.databases.vendor, title, max(values), "MB", bar)

    last = samples[-1]
    yield most("The most memory that a worker ever held", [it.peak for it in last], 130)
    yield most(f"A worker after {requests} requests", [it.rss for it in last], 130)
    yield most("The same, pages that are shared divided", [it.pss for it in last], None)
    grown = [growth([it.rss for it in held]) for held in zip(*samples, strict=True)]
    bar = 1 if requests >= WARM else None
    yield most("Growth of a worker over the last half of them", grown, bar)


def growth(held: Sequence[float]) -> float:
    """Return the growth over the second half of the samples, by linear regression."""
    half = held[len(held) // 2 :]
    return linear_regression(range(len(half)), half).slope * (len(half) - 1)


def workers_of(site: Site) -> list[int]:
    children = Path(f"/proc/{site.pid}/task/{site.pid}/children").read_text().split()
    return [pid for pid in map(int, children) if b"resource_tracker" not in command_of(pid)]


def command_of(pid: int) -> bytes:
    return Path(f"/proc/{pid}/cmdline").read_bytes()


def sample(pid: int) -> Sample:
    status = Path(f"/proc/{pid}/status").read_text()
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return Sample(
        rss=megabytes("VmRSS", status),
        pss=megabytes("Pss", rollup),
        peak=megabytes("VmHWM", status),
    )


def megabytes(name: str, text: str) -> float:
    kilobytes = re.search(rf"^{name}:\s+(\d+) kB", text, re.MULTILINE)
    assert kilobytes
    return int(kilobytes[1]) * 1024 / 1e6


def mixed(running_site: RunningSite) -> list[Request]:
    """Return requests for every kind of page as a visitor and as a learner, and state changes."""
    site, readers = running_site.site, running_site.learners["readers"]
    requests = [request for path in FOR_ALL for request in browsing.visitors(path)]
    for path in (ROADMAP, "/articles/", ARTICLE, *FOR_LEARNERS):
        requests += browsing.of_readers(site, path, readers)[:5]
    requests += browsing.fragments(site, TABLE, "results", readers)[:5]
    changes = [
        c for group in running_site.learners["writers"] for c in browsing.state_changes(site, group)
    ]
    return [request for change in changes[:: len(requests) // 5] for request in [*requests, change]]


def send(site: Site, requests: Sequence[Request]) -> None:
    """Send the requests over several connections, so that each worker gets its share."""
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        shares = (requests[start::CONNECTIONS] for start in range(CONNECTIONS))
        for _ in pool.map(lambda share: send_in_turn(site, share), shares):
            pass


def send_in_turn(site: Site, requests: Sequence[Request]) -> None:
    connection = HTTPConnection("127.0.0.1", site.port, timeout=START_WITHIN)
    try:
        for it in requests:
            connection.request(it.method, it.path, it.body or None, dict(it.headers))
            response = connection.getresponse()
            response.read()
            if response.status != 200:
                raise RunFailed(f"{it.method} {it.path} answered {response.status}")
    finally:
        connection.close()
