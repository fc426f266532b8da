"""A site with the learners whose requests are measured, ready to be driven."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from bench.cast import Cast
from bench.databases import Databases
from bench.site import Product, Site

READERS, WRITERS = 20, 20
"""More than there are connections: two requests under way are seldom of one learner."""


@dataclass(frozen=True)
class Stage:
    product: Product
    databases: Databases
    name: str
    site: Site
    cast: Cast

    def events(self, run: int) -> int:
        """Of those who write in that run."""
        return self.databases.events(self.name, [it["pk"] for it in self.cast["writers"][run]])


@dataclass
class Theatre:
    """The databases that were made on one server, each from a copy of the prepared one."""

    product: Product
    databases: Databases
    rounds: int
    casts: dict[str, Cast] = field(default_factory=dict)

    @property
    def measured(self) -> int:
        """How many learners."""
        return READERS + WRITERS * (self.rounds + 1)

    def prepare(self) -> None:
        url = self.databases.create("prepared")
        self.product.run("manage.py", "prepare", DATABASE_URL=url)
        self.fill("shipped")

    def fill(self, name: str, *arguments: str) -> None:
        """`arguments` of bench.fill, beside those that say how many are measured."""
        url = self.databases.copy("prepared", name)
        measured = [f"--readers={READERS}", f"--writers={WRITERS}", f"--groups={self.rounds + 1}"]
        said = self.product.run("-m", "bench.fill", *measured, *arguments, DATABASE_URL=url)
        self.casts[name] = json.loads(said)

    @contextmanager
    def stage(self, name: str, until: str = "/robots.txt") -> Iterator[Stage]:
        with self.product.serve(self.databases.url(name), until) as site:
            yield Stage(self.product, self.databases, name, site, self.casts[name])
