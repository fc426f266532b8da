"""Visits to many addresses: so many at a time, and each host in its own time."""

from collections import Counter
from collections.abc import Generator, Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed
from threading import Event, Lock
from time import monotonic
from urllib.parse import urlsplit

from django.db.models import QuerySet

from catalog.links.link_checker import Visit, Visitor
from catalog.models import Article


class Stopped(Exception):
    """Nobody waits for the visit any more."""


class Turns:
    """Between two requests to one host there are `delay` seconds."""

    def __init__(self, delay: float) -> None:
        self.delay = delay
        self._stopped = Event()
        self._lock = Lock()
        self._next: dict[str, float] = {}

    def wait(self, host: str) -> None:
        with self._lock:
            now = monotonic()
            turn = max(now, self._next.get(host, now))
            self._next[host] = turn + self.delay
        if self._stopped.wait(turn - now):
            raise Stopped

    def stop(self) -> None:
        self._stopped.set()


def links_to_check() -> QuerySet[Article]:
    """Drafts too: their link should work on the day they are published."""
    return Article.objects.filter(retired_at=None).exclude(url="").order_by("pk")


def host_by_host(links: Iterable[tuple[int, str]]) -> list[tuple[int, str]]:
    """The first of each host, then the second of each: no host holds up the others."""
    seen: Counter[str] = Counter()
    ranked = []
    for link in links:
        host = urlsplit(link[1]).netloc
        ranked.append((seen[host], link))
        seen[host] += 1
    return [link for _rank, link in sorted(ranked)]


def visits(
    links: Iterable[tuple[int, str]], visitor: Visitor, turns: Turns, workers: int
) -> Generator[tuple[int, str, Visit]]:
    """Of (article's primary key, address) pairs, each with what was found, as it comes in."""
    pool = ThreadPoolExecutor(workers, thread_name_prefix="links")
    try:
        jobs = {pool.submit(visitor.visit, url): (pk, url) for pk, url in host_by_host(links)}
        for job in as_completed(jobs):
            yield *jobs[job], job.result()
    finally:
        turns.stop()
        pool.shutdown(cancel_futures=True)
