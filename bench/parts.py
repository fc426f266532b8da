"""The parts of the benchmark, in the order in which they are measured and read."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from bench import growth, limited, machine
from bench.plan import Plan
from bench.report import Part
from bench.rows import GrowthRow, LimitRow, Row
from bench.stage import Theatre


@dataclass(frozen=True)
class PartToMeasure:
    title: str
    head: list[str]
    measure: Callable[[Theatre, Plan], Iterator[Row]]

    def reported(self, rows: Sequence[Row], arguments: Sequence[str]) -> Part:
        return Part(
            command=" ".join(["python -m bench", *arguments]),
            commit=machine.commit(),
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


PARTS = {
    "limits": PartToMeasure("Near the limit", LimitRow.HEAD, limits),
    "catalogue": PartToMeasure("A larger catalogue", GrowthRow.HEAD, catalogue),
    "learners": PartToMeasure("More learners", GrowthRow.HEAD, learners),
}
