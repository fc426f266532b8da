"""The parts of the benchmark, in the order in which they are measured and read."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from bench import file_import, growth, lighthouse, limited, memory, start, visit
from bench.environment import Environment
from bench.lighthouse import LighthouseRow
from bench.plan import Plan
from bench.report import Part
from bench.rows import GrowthRow, LimitRow, Row, SingleRow


@dataclass(frozen=True)
class PartToMeasure:
    title: str
    head: list[str]
    measure: Callable[[Environment, Plan], Iterator[Row]]
    is_once: bool = False
    """Whether to measure on one database only, because the database makes no difference."""

    def reported(self, command: str, commit: str, rows: Sequence[Row]) -> Part:
        return Part(
            command=command,
            commit=commit,
            measured_at=f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
            head=self.head,
            rows=[row.cells() for row in rows],
            figures=[asdict(row) for row in rows],
        )


def limits(environment: Environment, plan: Plan) -> Iterator[Row]:
    with environment.serve("shipped") as running_site:
        yield from limited.rows(running_site, plan.throughput)


def catalogue(environment: Environment, plan: Plan) -> Iterator[Row]:
    environment.fill("catalogue", f"--catalogue={plan.entries}")
    with environment.serve("shipped") as small, environment.serve("catalogue") as large:
        yield from growth.of_catalogue(small, large, plan.latency)
    environment.databases.drop("catalogue")


def learners(environment: Environment, plan: Plan) -> Iterator[Row]:
    environment.fill("few", f"--learners={environment.measured}")
    environment.fill("many", f"--learners={plan.learners}")
    with environment.serve("few") as small, environment.serve("many") as large:
        yield from growth.of_learners(small, large, plan.latency)
    environment.databases.drop("few")
    environment.databases.drop("many")


def file(environment: Environment, plan: Plan) -> Iterator[Row]:
    yield from file_import.rows(environment, plan.entries, plan.learners // 10)


def starting(environment: Environment, plan: Plan) -> Iterator[Row]:
    yield from start.rows(environment, plan.starts)


def holding(environment: Environment, plan: Plan) -> Iterator[Row]:
    with environment.serve("shipped") as running_site:
        yield from memory.rows(running_site, plan.memory_requests)


def visiting(environment: Environment, plan: Plan) -> Iterator[Row]:
    with environment.serve("shipped") as running_site:
        yield from visit.rows(running_site)


def audited(environment: Environment, plan: Plan) -> Iterator[Row]:
    with environment.serve("shipped") as running_site:
        yield from lighthouse.rows(running_site)


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
"""Everything except Lighthouse, which needs Node."""
