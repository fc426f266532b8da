"""Check many links at a time, with a delay between two requests to one host."""

from collections import Counter
from collections.abc import Generator, Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed
from threading import Event, Lock
from time import monotonic
from urllib.parse import urlsplit

from django.db.models import QuerySet

from catalog.links.link_checker import LinkChecker
from catalog.links.results import CheckResult
from catalog.models import Article


class Stopped(Exception):
    """The checks were interrupted."""


class HostThrottle:
    """Keeps `delay` seconds between two requests to one host."""

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
    """Return the articles with a link, drafts included."""
    return Article.objects.filter(retired_at=None).exclude(url="").order_by("pk")


def host_by_host(links: Iterable[tuple[int, str]]) -> list[tuple[int, str]]:
    """Return the first link of each host, then the second of each, so no host delays others."""
    seen: Counter[str] = Counter()
    ranked = []
    for link in links:
        host = urlsplit(link[1]).netloc
        ranked.append((seen[host], link))
        seen[host] += 1
    return [link for _rank, link in sorted(ranked)]


def check_all(
    links: Iterable[tuple[int, str]], checker: LinkChecker, throttle: HostThrottle, workers: int
) -> Generator[tuple[int, str, CheckResult]]:
    """Check pairs of an article's primary key and its link; yield each with its result."""
    pool = ThreadPoolExecutor(workers, thread_name_prefix="links")
    try:
        jobs = {pool.submit(checker.check, url): (pk, url) for pk, url in host_by_host(links)}
        for job in as_completed(jobs):
            yield *jobs[job], job.result()
    finally:
        throttle.stop()
        pool.shutdown(cancel_futures=True)
