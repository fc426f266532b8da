"""Run several sides in turn, and compare the medians of their runs."""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from statistics import median

from bench.environment import RunningSite
from bench.load import Request, Run, RunFailed, TooSlow, drive
from bench.writes import Writes


@dataclass(frozen=True)
class Effort:
    """The number and length of the runs. The first round is a warm-up and is not counted.

    A run takes `seconds`, or up to `longest` seconds if a side needs them for `enough` responses.
    """

    rounds: int
    connections: int
    seconds: float
    enough: int
    longest: float

    def lasting(self, warm_up: Iterable[Run]) -> "Effort":
        slowest = min(run.per_second for run in warm_up)
        needed = self.enough / slowest if slowest else self.longest
        return replace(self, seconds=min(max(self.seconds, needed), self.longest))


@dataclass(frozen=True)
class Side:
    """A side of a comparison. Every acknowledged write of what it `writes` has to be stored."""

    running_site: RunningSite
    requests: Callable[[int], Sequence[Request]]
    status: int = 200
    writes: Writes | None = None

    def run(self, number: int, effort: Effort) -> Run:
        before = self._written(number)
        run = drive(
            self.running_site.site.origin,
            self.requests(number),
            status=self.status,
            connections=effort.connections,
            seconds=effort.seconds,
        )
        let_it_finish(run, effort.connections)
        if self.writes and number:
            expect_written(run, self._written(number) - before, effort.connections)
        return run

    def _written(self, number: int) -> int:
        return self.running_site.written(self.writes, number) if self.writes else 0


@dataclass(frozen=True)
class Figures:
    """The medians of the runs: times in milliseconds, `size` in bytes with headers."""

    per_second: float
    p50: float
    p99: float
    size: float


@dataclass(frozen=True)
class Ratio:
    """The ratio of the medians, and the lowest and highest ratio of two successive runs."""

    value: float
    lowest: float
    highest: float


def let_it_finish(run: Run, connections: int) -> None:
    """Wait for requests still in progress, because they would slow down the next run."""
    time.sleep(min(1.2 * connections / run.per_second, 2) if run.requests else 2)


def expect_written(run: Run, written: int, connections: int) -> None:
    """Raise `RunFailed` if changes are lost; each connection may have one unanswered change."""
    if not run.requests <= written <= run.requests + connections:
        raise RunFailed(f"{run.requests} changes were acknowledged and {written} are stored")


def interleave(sides: Sequence[Side], effort: Effort) -> list[list[Run]]:
    """Return the runs of each side, after measuring the sides in turn."""
    warming = replace(effort, seconds=effort.seconds / 2)
    lasting = effort.lasting([side.run(0, warming) for side in sides])
    rounds = [
        [side.run(number, lasting) for side in sides] for number in range(1, effort.rounds + 1)
    ]
    if not all(run.requests for runs in rounds for run in runs):
        raise TooSlow(f"no answer within {lasting.seconds:g} s")
    return [list(runs) for runs in zip(*rounds, strict=True)]


def figures(runs: Sequence[Run]) -> Figures:
    return Figures(
        per_second=median(run.per_second for run in runs),
        p50=median(run.p50 for run in runs),
        p99=median(run.p99 for run in runs),
        size=median(run.size for run in runs),
    )


def ratio(above: Sequence[float], below: Sequence[float]) -> Ratio:
    single = [one / other for one, other in zip(above, below, strict=True)]
    return Ratio(median(above) / median(below), min(single), max(single))


def throughput(runs: Sequence[Run]) -> list[float]:
    return [run.per_second for run in runs]


def latency(runs: Sequence[Run]) -> list[float]:
    return [run.p50 for run in runs]
