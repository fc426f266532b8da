"""Start the site on a filled database, with the learners whose requests are measured."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from bench.databases import Databases
from bench.measured_learners import MeasuredLearners
from bench.site import Product, Site
from bench.writes import Writes

READERS, WRITERS = 20, 20
"""More than there are connections, which makes two requests of one learner at once rare."""


@dataclass(frozen=True)
class RunningSite:
    """A site that is being served, with its database and its measured learners."""

    product: Product
    databases: Databases
    name: str
    site: Site
    learners: MeasuredLearners

    def written(self, writes: Writes, run: int) -> int:
        """Return what the learners who write in this run have stored."""
        pks = [learner["pk"] for learner in self.learners[writes.group][run]]
        return self.databases.count(self.name, writes.count, pks)


@dataclass
class Environment:
    """The databases on one server, each created as a copy of the prepared one."""

    product: Product
    databases: Databases
    rounds: int
    learners: dict[str, MeasuredLearners] = field(default_factory=dict)

    @property
    def measured(self) -> int:
        """The number of learners whose requests are measured."""
        return READERS + WRITERS * (self.rounds + 1)

    def prepare(self) -> None:
        url = self.databases.create("prepared")
        self.product.run("manage.py", "prepare", DATABASE_URL=url)
        self.fill("shipped", f"--students={WRITERS}")

    def fill(self, name: str, *arguments: str) -> None:
        """Create the database `name` with bench.fill, passing `arguments` on to it."""
        url = self.databases.copy("prepared", name)
        measured = [f"--readers={READERS}", f"--writers={WRITERS}", f"--groups={self.rounds + 1}"]
        output = self.product.run("-m", "bench.fill", *measured, *arguments, DATABASE_URL=url)
        self.learners[name] = json.loads(output)

    @contextmanager
    def serve(self, name: str, until: str = "/robots.txt") -> Iterator[RunningSite]:
        with self.product.serve(self.databases.url(name), until) as site:
            yield RunningSite(self.product, self.databases, name, site, self.learners[name])
