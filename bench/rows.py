"""The rows of the result tables."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Self

from bench.compare import Effort, Figures, Ratio, Side, figures, interleave, ratio
from bench.load import Run, RunFailed, TooSlow

MET, MISSED, FAILED = "met", "missed", "failed"


def verdict(is_met: bool | None) -> str:
    return "" if is_met is None else MET if is_met else MISSED


@dataclass(frozen=True)
class Row(ABC):
    HEAD: ClassVar[list[str]]

    @abstractmethod
    def cells(self) -> list[str]: ...


@dataclass(frozen=True)
class ComparedRow(Row):
    """A comparison of the figures of one side with those of the other, `against`.

    Without figures, `unavailable` is the reason if there is nothing to compare, and `failure` the
    error if a run failed.
    """

    database: str
    title: str
    bar: float | None
    figures: Figures | None = None
    against: Figures | None = None
    ratio: Ratio | None = None
    unavailable: str = ""
    failure: str = ""

    @classmethod
    def compared(
        cls,
        title: str,
        bar: float | None,
        one: Side,
        other: Side,
        effort: Effort,
        by: Callable[[Sequence[Run]], list[float]],
    ) -> Self:
        """Run both sides in turn, and return the ratio of `one` to `other`."""
        database = one.running_site.databases.vendor
        try:
            runs, against = interleave([one, other], effort)
        except TooSlow as slow:
            return cls(database, title, bar, unavailable=str(slow))
        except RunFailed as failure:
            return cls(database, title, bar, failure=str(failure))
        share = ratio(by(runs), by(against))
        return cls(database, title, bar, figures(runs), figures(against), share)

    @abstractmethod
    def is_met(self, ratio: float, bar: float) -> bool: ...

    @abstractmethod
    def details(self, figures: Figures, against: Figures) -> list[str]: ...

    def cells(self) -> list[str]:
        bar = "" if self.bar is None else f"{self.bar:g}"
        if not (self.figures and self.against and self.ratio):
            blank = [""] * (len(self.HEAD) - 5)
            reason = self.failure or self.unavailable
            result = FAILED if self.failure else MISSED
            return [self.title, self.database, *blank, reason, bar, result]
        return [
            self.title,
            self.database,
            *self.details(self.figures, self.against),
            f"{self.ratio.value:.2f}",
            f"{self.ratio.lowest:.2f}–{self.ratio.highest:.2f}",
            bar,
            verdict(None if self.bar is None else self.is_met(self.ratio.value, self.bar)),
        ]


class LimitRow(ComparedRow):
    HEAD: ClassVar[list[str]] = [
        *("Path", "On", "per s", "p50 ms", "p99 ms", "limit per s", "its p50 ms"),
        *("ratio", "of single runs", "at least", ""),
    ]

    def is_met(self, ratio: float, bar: float) -> bool:
        return ratio >= bar

    def details(self, figures: Figures, against: Figures) -> list[str]:
        return [
            f"{figures.per_second:.0f}",
            f"{figures.p50:.1f}",
            f"{figures.p99:.1f}",
            f"{against.per_second:.0f}",
            f"{against.p50:.1f}",
        ]


class GrowthRow(ComparedRow):
    HEAD: ClassVar[list[str]] = [
        *("Page", "On", "p50 ms, small", "p50 ms, large"),
        *("ratio", "of single runs", "at most", ""),
    ]

    def is_met(self, ratio: float, bar: float) -> bool:
        return ratio <= bar

    def details(self, figures: Figures, against: Figures) -> list[str]:
        return [f"{against.p50:.1f}", f"{figures.p50:.1f}"]


@dataclass(frozen=True)
class SingleRow(Row):
    """A single figure; `bar` is the maximum."""

    HEAD: ClassVar[list[str]] = ["What", "On", "measured", "at most", ""]

    database: str
    title: str
    value: float
    unit: str
    bar: float | None = None

    def cells(self) -> list[str]:
        return [
            self.title,
            self.database,
            f"{self.value:.3g} {self.unit}".strip(),
            "" if self.bar is None else f"{self.bar:g} {self.unit}".strip(),
            verdict(None if self.bar is None else self.value <= self.bar),
        ]


@dataclass(frozen=True)
class FailedRow(Row):
    """A part that could not be measured; `columns` is the width of its table."""

    database: str
    reason: str
    columns: int

    def cells(self) -> list[str]:
        return [self.reason, self.database, *[""] * (self.columns - 3), FAILED]
