"""What a service has to bear, from nine numbers: rates, storage, bandwidth, cache, servers.

Everything is exact until it is shown. A formula is written from the same factors as its value is
multiplied from, and always from what was entered, never from a result that was rounded before.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, prod

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.cases.estimates import units
from catalog.cases.estimates.ceilings import CEILINGS, SERVER, Verdict
from catalog.cases.estimates.measures import Measure

SECONDS_A_DAY = 86_400
DAYS_A_YEAR = 365


@dataclass(frozen=True)
class Inputs:
    """What one assumes of a service. The shares and counts are exact."""

    users: Fraction
    """Users on one day."""
    reads: Fraction
    """Reads of a user on one day, as `writes`."""
    writes: Fraction
    peak: Fraction
    """The rate at the peak divided by the average rate, 1 or more."""
    bytes_in: Fraction
    """Bytes that arrive with one write, and are stored."""
    bytes_out: Fraction
    """Bytes that leave with one read."""
    days: Fraction
    """Days for which what was written is kept."""
    copies: Fraction
    hot: Fraction
    """The share of a day's reads that is for what is read again and again, from 0 to 1."""


@dataclass(frozen=True)
class Result:
    """One answer: its exact value, and how it is shown."""

    measure: Measure
    value: Fraction
    number: str
    """The number with its prefix, such as 1,157 or 36.5 TB."""
    unit: str
    formula: str
    sign: str
    """`=`, or `≈` where the number is rounded to one significant figure."""
    remark: str
    verdicts: tuple[Verdict, ...]

    @property
    def label(self) -> str:
        return str(self.measure.label)

    @property
    def shown(self) -> str:
        return f"{self.number} {self.unit}".replace(" /", "/").strip()

    @property
    def equation(self) -> str:
        return f"{self.formula} {self.sign} {self.shown}"


@dataclass(frozen=True)
class Estimate:
    """All answers for one set of inputs."""

    inputs: Inputs
    results: tuple[Result, ...]

    def __getitem__(self, measure: Measure) -> Result:
        return next(result for result in self.results if result.measure is measure)

    def __iter__(self) -> Iterator[Result]:
        return iter(self.results)


@dataclass(frozen=True)
class Factor:
    """A number of a formula, and how it is written there."""

    value: Fraction
    text: str


def estimate(inputs: Inputs, *, figures: int = 0) -> Estimate:
    """Return the answers; `figures` rounds what is shown to so many significant figures."""
    factors = _factors(inputs)
    results = [
        _result(inputs, figures, measure, [factors[name] for name in over], divided_by)
        for measure, (over, by) in FORMULAS.items()
        for divided_by in [[factors[name] for name in by]]
        if all(factor.value for factor in divided_by)
    ]
    return Estimate(inputs, tuple(results))


def as_text(estimate: Estimate) -> str:
    """Return a line of text for each answer, in the form that `arithmetic.check` reads."""
    return "\n".join(
        f"{result.label}: {result.equation}" + (f", {result.remark}" if result.remark else "")
        for result in estimate
    )


FORMULAS: dict[Measure, tuple[tuple[str, ...], tuple[str, ...]]] = {
    Measure.WRITES: (("users", "writes"), ("day",)),
    Measure.READS: (("users", "reads"), ("day",)),
    Measure.PEAK_WRITES: (("users", "writes", "peak"), ("day",)),
    Measure.PEAK_READS: (("users", "reads", "peak"), ("day",)),
    Measure.RATIO: (("reads",), ("writes",)),
    Measure.STORED_A_YEAR: (("users", "writes", "bytes_in", "year", "copies"), ()),
    Measure.STORED: (("users", "writes", "bytes_in", "days", "copies"), ()),
    Measure.ONE_COPY: (("users", "writes", "bytes_in", "days"), ()),
    Measure.IN: (("users", "writes", "bytes_in"), ("day",)),
    Measure.PEAK_IN: (("users", "writes", "bytes_in", "peak"), ("day",)),
    Measure.OUT: (("users", "reads", "bytes_out"), ("day",)),
    Measure.PEAK_OUT: (("users", "reads", "bytes_out", "peak"), ("day",)),
    Measure.CACHE: (("users", "reads", "bytes_out", "hot"), ()),
    Measure.SERVERS: (("users", "requests", "peak"), ("day", "server")),
}
"""What is multiplied for each answer, and what it is divided by."""


def _factors(inputs: Inputs) -> dict[str, Factor]:
    reads = _count(inputs.reads, _("reads"))
    writes = _count(inputs.writes, _("writes"))
    requests = Factor(inputs.reads + inputs.writes, f"({reads.text} + {writes.text})")
    return {
        "users": _count(inputs.users, _("users")),
        "reads": reads,
        "writes": writes,
        "requests": requests,
        "peak": _count(inputs.peak, ""),
        "bytes_in": Factor(inputs.bytes_in, units.format_bytes(inputs.bytes_in)),
        "bytes_out": Factor(inputs.bytes_out, units.format_bytes(inputs.bytes_out)),
        "days": _count(inputs.days, _("days")),
        "copies": _count(inputs.copies, _("copies")),
        "hot": Factor(inputs.hot, units.format_share(inputs.hot)),
        "day": _count(Fraction(SECONDS_A_DAY), "s"),
        "year": _count(Fraction(DAYS_A_YEAR), _("days")),
        "server": _count(SERVER.value, _("requests/s")),
    }


def _count(value: Fraction, noun: str) -> Factor:
    return Factor(value, f"{units.format_count(value)} {noun}".strip())


def _result(
    inputs: Inputs, figures: int, measure: Measure, over: list[Factor], by: list[Factor]
) -> Result:
    value = prod((factor.value for factor in over), start=Fraction(1))
    value /= prod((factor.value for factor in by), start=Fraction(1))
    formula = " × ".join(factor.text for factor in over)
    return Result(
        measure=measure,
        value=value,
        number=_number(measure, value, figures),
        unit=str(measure.unit),
        formula="".join([formula, *(f" ÷ {factor.text}" for factor in by)]),
        sign="≈" if figures else "=",
        remark=_servers(value, figures) if measure is Measure.SERVERS else "",
        verdicts=tuple(Verdict(ceiling, value) for ceiling in CEILINGS.get(measure, ())),
    )


def _number(measure: Measure, value: Fraction, figures: int) -> str:
    if measure.is_bytes:
        rounded = units.round_bytes(value, figures)
        return units.format_bytes(rounded, units.DECIMAL_BYTES)
    return units.format_count(units.round_count(value, figures))


def _servers(value: Fraction, figures: int) -> str:
    needed = max(1, ceil(units.significant(value, figures) if figures else value))
    text = ngettext("so %(number)s server", "so %(number)s servers", needed)
    return text % {"number": units.format_count(Fraction(needed))}
