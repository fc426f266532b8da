"""The amounts of data and requests to measure with, for a full and for a quick run."""

from dataclasses import dataclass

from bench.compare import Effort


@dataclass(frozen=True)
class Plan:
    throughput: Effort
    latency: Effort
    entries: int
    learners: int
    memory_requests: int
    starts: int


FULL = Plan(
    throughput=Effort(rounds=3, connections=16, seconds=3, enough=50, longest=10),
    latency=Effort(rounds=3, connections=1, seconds=2, enough=50, longest=10),
    entries=10_000,
    learners=100_000,
    memory_requests=10_000,
    starts=3,
)
# A fiftieth of the data or less, and runs just long enough to see that everything works.
QUICK = Plan(
    throughput=Effort(rounds=3, connections=16, seconds=0.25, enough=8, longest=1),
    latency=Effort(rounds=3, connections=1, seconds=0.2, enough=5, longest=1),
    entries=200,
    learners=1_000,
    memory_requests=100,
    starts=1,
)
