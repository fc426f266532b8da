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
    """True if it is measured on one database only, because the database makes no difference."""

    def result(self, command: str, commit: str, rows: Sequence[Row]) -> Part:
        return Part(
            command=command,
            commit=commit,
            measured_at=f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
            head=self.head,
            rows=[row.cells() for row in rows],
            figures=[asdict(row) for row in rows],
        )


def compare_with_limits(environment: Environment, plan: Plan) -> Iterator[Row]:
    with environment.serve("shipped") as running_site:
        yield from limited.rows(running_site, plan.throughput)


def compare_catalogues(environment: Environment, plan: Plan) -> Iterator[Row]:
    environment.fill("catalogue", f"--catalogue={plan.entries}")
    with environment.serve("shipped") as small, environment.serve("catalogue") as large:
        yield from growth.of_catalogue(small, large, plan.latency)
    environment.databases.drop("catalogue")


def compare_learner_counts(environment: Environment, plan: Plan) -> Iterator[Row]:
    environment.fill("few", f"--learners={environment.measured}")
    environment.fill("many", f"--learners={plan.learners}")
    with environment.serve("few") as small, environment.serve("many") as large:
        yield from growth.of_learners(small, large, plan.latency)
    environment.databases.drop("few")
    environment.databases.drop("many")


def measure_file_import(environment: Environment, plan: Plan) -> Iterator[Row]:
    yield from file_import.rows(environment, plan.entries, plan.learners // 10)


def measure_start(environment: Environment, plan: Plan) -> Iterator[Row]:
    yield from start.rows(environment, plan.starts)


def measure_memory(environment: Environment, plan: Plan) -> Iterator[Row]:
    with environment.serve("shipped") as running_site:
        yield from memory.rows(running_site, plan.memory_requests)


def measure_first_visit(environment: Environment, plan: Plan) -> Iterator[Row]:
    with environment.serve("shipped") as running_site:
        yield from visit.rows(running_site)


def run_lighthouse(environment: Environment, plan: Plan) -> Iterator[Row]:
    with environment.serve("shipped") as running_site:
        yield from lighthouse.rows(running_site)


PARTS = {
    "limits": PartToMeasure("Near the limit", LimitRow.HEAD, compare_with_limits),
    "catalogue": PartToMeasure("A larger catalogue", GrowthRow.HEAD, compare_catalogues),
    "learners": PartToMeasure("More learners", GrowthRow.HEAD, compare_learner_counts),
    "file": PartToMeasure(
        "A new version of the playbook file", SingleRow.HEAD, measure_file_import
    ),
    "memory": PartToMeasure("Memory", SingleRow.HEAD, measure_memory),
    "start": PartToMeasure("Start", SingleRow.HEAD, measure_start),
    "visit": PartToMeasure("First visit", SingleRow.HEAD, measure_first_visit, is_once=True),
    "lighthouse": PartToMeasure("Lighthouse", LighthouseRow.HEAD, run_lighthouse, is_once=True),
}
BY_DEFAULT = [name for name in PARTS if name != "lighthouse"]
"""Everything except Lighthouse, which needs Node."""
