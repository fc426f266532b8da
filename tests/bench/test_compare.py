"""Medians, ratios, and writes that were acknowledged without being stored."""

import pytest

from bench.compare import (
    Effort,
    Figures,
    Ratio,
    expect_written,
    figures,
    latency,
    ratio,
    throughput,
)
from bench.load import Run, RunFailed
from bench.memory import growth


def runs(*per_second: int, p50: float = 1) -> list[Run]:
    return [Run(requests, 1, 100 + requests, p50 * requests, 9) for requests in per_second]


def test_the_figures_are_medians() -> None:
    assert figures(runs(10, 500, 20)) == Figures(per_second=20, p50=20, p99=9, size=120)


def test_the_ratio_compares_medians_and_its_range_compares_neighbouring_runs() -> None:
    ours, limit = runs(10, 30, 20), runs(40, 40, 80)
    assert ratio(throughput(ours), throughput(limit)) == Ratio(0.5, lowest=0.25, highest=0.75)
    assert ratio(latency(ours), latency(limit)).value == 0.5


def test_a_run_lasts_until_the_slowest_side_has_enough_responses() -> None:
    effort = Effort(rounds=3, connections=1, seconds=0.5, enough=30, longest=10)
    assert effort.lasting(runs(1000, 6)).seconds == 5
    assert effort.lasting(runs(1000, 900)).seconds == 0.5
    assert effort.lasting(runs(1000, 1)).seconds == 10
    assert effort.lasting(runs(1000, 0)).seconds == 10


@pytest.mark.parametrize("written", [100, 104])
def test_a_write_cut_off_at_the_end_may_be_stored(written: int) -> None:
    expect_written(runs(100)[0], written, connections=4)


@pytest.mark.parametrize("written", [99, 105])
def test_an_acknowledged_write_that_is_not_stored_fails_the_run(written: int) -> None:
    with pytest.raises(RunFailed, match=f"100 changes were acknowledged and {written} are stored"):
        expect_written(runs(100)[0], written, connections=4)


def test_growth_is_measured_over_the_second_half() -> None:
    assert growth([10, 50, 90, 100, 100, 100]) == pytest.approx(0)
    assert growth([0, 0, 0, 100, 102, 104]) == pytest.approx(4)
    assert growth([0, 0, 0, 104, 102, 100]) == pytest.approx(-4)
