"""The stages of a session before its start: their order, and their minutes in any length."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from catalog.cases.case_lines import StageMinutes
from catalog.cases.stages import MINUTES, STAGES_OF, Stage, StageOrder

LENGTHS = (20, 45, 60)
DEFAULT_LENGTH = MINUTES
ESTIMATES_MINUTES = 5
"""The minutes of the estimates where a case states none; only the classic order has them."""


class PlannedStage(NamedTuple):
    stage: Stage
    minutes: int
    """0 leaves the stage out."""


def planned_stages(
    case_stages: Sequence[StageMinutes], order: StageOrder, length: int
) -> list[PlannedStage]:
    """Return every stage in this order, with the minutes of the case scaled to the length.

    Stages that the order does not have get no minutes, at the place where they would be.
    """
    in_order = STAGES_OF[order]
    stated = {stage.stage: stage.minutes for stage in case_stages}
    defaults = {Stage.ESTIMATES: ESTIMATES_MINUTES}
    weights = [stated.get(stage, defaults.get(stage, 0)) for stage in in_order]
    minutes = dict(zip(in_order, scaled(weights, length), strict=True))
    return [PlannedStage(stage, minutes.get(stage, 0)) for stage in _with_others(in_order)]


def _with_others(in_order: Sequence[Stage]) -> list[Stage]:
    """Add the other stages, each before the first one that follows it among all stages."""
    rank = {stage: position for position, stage in enumerate(Stage)}
    stages = list(in_order)
    for other in (stage for stage in Stage if stage not in in_order):
        places = (n for n, stage in enumerate(stages) if rank[stage] > rank[other])
        stages.insert(next(places, len(stages)), other)
    return stages


def rescaled(minutes: Mapping[Stage, int], length: int) -> dict[Stage, int]:
    return dict(zip(minutes, scaled(list(minutes.values()), length), strict=True))


def scaled(weights: Sequence[int], total: int) -> list[int]:
    """Share a total in proportion to the weights, in whole numbers that add up to it.

    Each gets its share rounded down; what is left goes to the largest remainders, the first of
    equal ones first. Without any weight everything goes to the first.
    """
    whole = sum(weights)
    if not whole:
        return [total if position == 0 else 0 for position in range(len(weights))]
    shares = [divmod(weight * total, whole) for weight in weights]
    left = total - sum(share for share, _remainder in shares)
    by_remainder = sorted(range(len(shares)), key=lambda position: -shares[position][1])
    bonus = set(by_remainder[:left])
    return [share + (position in bonus) for position, (share, _remainder) in enumerate(shares)]


def twist_minute(of_case: int, length: int) -> int:
    """Return the minute of the twist in this length: never at the very start or end."""
    return min(max(round(of_case * length / MINUTES), 1), length - 1)
