"""The parts of the benchmark, in the order in which they are measured and read."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from bench import bringing, growth, lighthouse, limited, memory, start, visit
from bench.lighthouse import LighthouseRow
from bench.plan import Plan
from bench.report import Part
from bench.rows import GrowthRow, LimitRow, Row, SingleRow
from bench.stage import Theatre


@dataclass(frozen=True)
class PartToMeasure:
    title: str
    head: list[str]
    measure: Callable[[Theatre, Plan], Iterator[Row]]
    is_once: bool = False
    """The database makes no difference."""

    def reported(self, command: str, commit: str, rows: Sequence[Row]) -> Part:
        return Part(
            command=command,
            commit=commit,
            measured_at=f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
            head=self.head,
            rows=[row.cells() for row in rows],
            figures=[asdict(row) for row in rows],
        )


def limits(theatre: Theatre, plan: Plan) -> Iterator[Row]:
    with theatre.stage("shipped") as stage:
        yield from limited.rows(stage, plan.throughput)


def catalogue(theatre: Theatre, plan: Plan) -> Iterator[Row]:
    theatre.fill("catalogue", f"--catalogue={plan.entries}")
    with theatre.stage("shipped") as small, theatre.stage("catalogue") as large:
        yield from growth.of_catalogue(small, large, plan.latency)
    theatre.databases.drop("catalogue")


def learners(theatre: Theatre, plan: Plan) -> Iterator[Row]:
    theatre.fill("few", f"--learners={theatre.measured}")
    theatre.fill("many", f"--learners={plan.learners}")
    with theatre.stage("few") as small, theatre.stage("many") as large:
        yield from growth.of_learners(small, large, plan.latency)
    theatre.databases.drop("few")
    theatre.databases.drop("many")


def file(theatre: Theatre, plan: Plan) -> Iterator[Row]:
    yield from bringing.rows(theatre, plan.entries, plan.learners // 10)


def starting(theatre: Theatre, plan: Plan) -> Iterator[Row]:
    yield from start.rows(theatre, plan.starts)


def holding(theatre: Theatre, plan: Plan) -> Iterator[Row]:
    with theatre.stage("shipped") as stage:
        yield from memory.rows(stage, plan.memory_requests)


def visiting(theatre: Theatre, plan: Plan) -> Iterator[Row]:
    with theatre.stage("shipped") as stage:
        yield from visit.rows(stage)


def audited(theatre: Theatre, plan: Plan) -> Iterator[Row]:
    with theatre.stage("shipped") as stage:
        yield from lighthouse.rows(stage)


PARTS = {
    "limits": PartToMeasure("Near the limit", LimitRow.HEAD, limits),
    "catalogue": PartToMeasure("A larger catalogue", GrowthRow.HEAD, catalogue),
    "learners": PartToMeasure("More learners", GrowthRow.HEAD, learners),
    "file": PartToMeasure("A new version of the playbook file", SingleRow.HEAD, file),
    "memory": PartToMeasure("Memory", SingleRow.HEAD, holding),
    "start": PartToMeasure("Start", SingleRow.HEAD, starting),
    "visit": PartToMeasure("First visit", SingleRow.HEAD, visiting, is_once=True),
    "lighthouse": PartToMeasure("Lighthouse", LighthouseRow.HEAD, audited, is_once=True),
}
BY_DEFAULT = [name for name in PARTS if name != "lighthouse"]
"""Lighthouse needs Node, which nothing else does."""
