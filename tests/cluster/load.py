"""Put load on the cluster while a component fails, and compare responses with the database."""

import random
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event
from typing import Any, LiteralString

import psycopg

from tests.cluster.cluster import Cluster
from tests.cluster.people import Learner, People, browser
from tests.cluster.programs import wait_until

WRITERS = 5
READERS = 2
ENOUGH = 300
"""Responses to all readers together, before the fault and again after it."""
STATES = ("todo", "reading", "done", "skipped")
PAGES = ("/", "/articles/?q=scale", "/articles/?layer=data-mastery", "/articles/")


@dataclass
class Load:
    """The running load, and everything observed so far. Times are in seconds."""

    cluster: Cluster
    people: People
    began_at: float = field(default_factory=time.monotonic)
    stop: Event = field(default_factory=Event)
    answers: int = 0
    acknowledged: int = 0
    faults: list[str] = field(default_factory=list)
    stale: list[str] = field(default_factory=list)
    slowest: float = 0
    states: dict[int, dict[str, str]] = field(default_factory=dict)
    """The acknowledged states by learner and slug, without articles to do."""
    changes: dict[int, int] = field(default_factory=dict)
    """The number of acknowledged changes, by learner."""
    working: list[Future[None]] = field(default_factory=list)
    earlier_errors: int = field(init=False)

    def __post_init__(self) -> None:
        self.earlier_errors = len(self._error_log())

    def write(self, learner: Learner) -> None:
        """Change states in one browser, and check in another that they are visible."""
        port = self.cluster.ports["proxy"]
        writing, looking = (browser(port, session) for session in learner.sessions)
        writing.on_fault = looking.on_fault = self.note
        own = self.states[learner.pk] = {}
        self.changes[learner.pk] = 0
        generator = random.Random(learner.pk)
        slugs = sorted(self.people.articles.values())
        while not self.stop.is_set():
            slug = generator.choice(slugs)
            state = generator.choice([other for other in STATES if other != own.get(slug, "todo")])
            began_at = time.monotonic()
            answer = writing.post(f"/articles/{slug}/state/", {"state": state})
            assert answer.status == 302, answer
            self.count(began_at)
            self.acknowledged += 1
            self.changes[learner.pk] += 1
            own[slug] = state
            if state == "todo":
                del own[slug]
            began_at = time.monotonic()
            seen = self.exported(looking.get("/me/export.json").json())
            self.count(began_at)
            if seen != own:
                self.stale.append(f"learner {learner.pk} after {slug}={state}: {seen} != {own}")

    def read(self) -> None:
        reading = browser(self.cluster.ports["proxy"])
        reading.on_fault = self.note
        while not self.stop.is_set():
            for page in PAGES:
                began_at = time.monotonic()
                answer = reading.get(page)
                self.count(began_at)
                assert answer.status == 200, answer
                assert "</html>" in answer.body
                time.sleep(0.01)

    def exported(self, export: Any) -> dict[str, str]:
        slugs = self.people.articles
        return {slugs[row["article"]["uuid"]]: row["state"] for row in export["states"]}

    def wait_for_answers(self, number: int) -> None:
        """Wait until this many more responses arrived, or until a writer or reader failed."""
        target = self.answers + number
        wait_until(lambda: self.answers >= target or any(work.done() for work in self.working))

    def count(self, began_at: float) -> None:
        self.answers += 1
        self.slowest = max(self.slowest, time.monotonic() - began_at)

    def note(self, fault: str) -> None:
        self.faults.append(f"{time.monotonic() - self.began_at:5.2f} {fault}")

    def stored(self) -> dict[int, dict[str, str]]:
        """Return the states of these learners on the primary."""
        rows = self._query(
            "SELECT s.user_id, a.slug, s.state FROM progress_state s "
            "JOIN catalog_article a ON a.id = s.article_id WHERE s.user_id = ANY(%s)"
        )
        states: dict[int, dict[str, str]] = {pk: {} for pk in self.states}
        for pk, slug, state in rows:
            states[pk][slug] = state
        return states

    def events(self) -> dict[int, int]:
        """Return the number of changes on the primary for each of these learners."""
        rows = self._query(
            "SELECT user_id, count(*) FROM progress_event WHERE user_id = ANY(%s) GROUP BY user_id"
        )
        return dict(rows)

    def _query(self, query: LiteralString) -> list[Any]:
        with psycopg.connect(self.cluster.direct_url) as connection:
            return connection.execute(query, [list(self.states)]).fetchall()

    def proxy_errors(self) -> list[str]:
        """Return what nginx logged about nodes since the load began."""
        return self._error_log()[self.earlier_errors :][:20]

    def _error_log(self) -> list[str]:
        return (self.cluster.proxy.folder / "error.log").read_text().splitlines()

    def summary(self) -> str:
        return (
            f"{self.answers} answers, {self.acknowledged} changes acknowledged, "
            f"{len(self.faults)} sent again, slowest {self.slowest:.1f} s\n"
            + "\n".join([*self.faults[:20], *self.proxy_errors()])
        )


@contextmanager
def under_load(cluster: Cluster, people: People) -> Iterator[Load]:
    """Run writers and readers during the block, then check that no change was lost."""
    load = Load(cluster, people)
    with ThreadPoolExecutor(WRITERS + READERS) as threads:
        load.working += [threads.submit(load.write, learner) for learner in people.some(WRITERS)]
        load.working += [threads.submit(load.read) for _ in range(READERS)]
        try:
            load.wait_for_answers(ENOUGH)
            yield load
            load.wait_for_answers(ENOUGH)
        finally:
            load.stop.set()
            print(load.summary())
    for work in load.working:
        work.result()
    assert load.stale == []
    assert load.stored() == load.states
    assert load.events() == load.changes
