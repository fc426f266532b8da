"""Metrics that are in the database, the same for all processes and nodes.

This module does not import prometheus_client, so that an app can register its metrics at the start.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    COUNTER = "counter"
    GAUGE = "gauge"


@dataclass(frozen=True)
class StoredMetric:
    kind: Kind
    name: str
    description: str
    values: dict[str, float]
    """The value of each series by its label `name`."""


sources: list[Callable[[], Iterable[StoredMetric]]] = []
