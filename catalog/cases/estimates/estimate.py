"""The load of a service computed from nine numbers: rates, storage, bandwidth, cache, servers.

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
from catalog.cases.estimates.ceilings import CEILINGS, SERVER, PublishedFigure, Verdict
from catalog.cases.estimates.measures import Group, Measure

SECONDS_A_DAY = 86_400
DAYS_A_YEAR = 365


@dataclass(frozen=True)
class Inputs:
    """The assumptions about a service. The shares and counts are exact."""

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
    """The share of a day's reads that the cache should answer, from 0 to 1."""


@dataclass(frozen=True)
class Result:
    """One answer: its exact value, and how it is shown."""

    measure: Measure
    value: Fraction
    rounded: Fraction
    """The value as it is shown."""
    formula: str
    figures: int
    """The significant figures that were asked for; 0 for the usual rounding."""
    verdicts: tuple[Verdict, ...]

    @property
    def label(self) -> str:
        return str(self.measure.label)

    @property
    def shown(self) -> str:
        """The number with its prefix and unit: 1,157 writes/s, 36.5 TB."""
        if self.measure.is_bytes:
            number = units.format_bytes(self.rounded, units.DECIMAL_BYTES)
        else:
            number = units.format_count(self.rounded)
        return f"{number} {self.measure.unit}".replace(" /", "/").strip()

    @property
    def sign(self) -> str:
        """`=`, or `≈` where the number is rounded to the figures that were asked for."""
        return "≈" if self.figures else "="

    @property
    def equation(self) -> str:
        return f"{self.formula} {self.sign} {self.shown}"

    @property
    def assumed(self) -> PublishedFigure | None:
        """The ceiling that the formula uses in addition to the inputs."""
        return SERVER if self.measure is Measure.SERVERS else None

    @property
    def spoken(self) -> str:
        """The number in a sentence: servers rounded up, other answers as in the equation."""
        if self.measure is not Measure.SERVERS:
            return self.shown
        needed = units.rounded_up(Fraction(max(1, ceil(self.value))), self.figures)
        text = ngettext("%(number)s server", "%(number)s servers", int(needed))
        return text % {"number": units.format_count(needed)}

    @property
    def answer(self) -> str:
        """The number in a sentence, with spaces that do not break."""
        return self.spoken.replace(" ", "\N{NO-BREAK SPACE}")

    @property
    def line(self) -> str:
        """The answer as a line of text, in the form that `arithmetic.check` reads."""
        line = f"{self.label}: {self.equation}"
        if self.assumed:
            line += ", " + _("so %(answer)s") % {"answer": self.spoken}
        return "; ".join([line, *(verdict.meaning for verdict in self.verdicts[:1])])


@dataclass(frozen=True)
class Estimate:
    """All answers for one set of inputs."""

    inputs: Inputs
    results: tuple[Result, ...]

    def of(self, measure: Measure) -> Result:
        return next(result for result in self.results if result.measure is measure)

    def __iter__(self) -> Iterator[Result]:
        return iter(self.results)

    @property
    def groups(self) -> dict[Group, list[Result]]:
        return {
            group: [result for result in self.results if result.measure.group is group]
            for group in Group
        }


@dataclass(frozen=True)
class Factor:
    """A number of a formula, and how it is written there."""

    value: Fraction
    text: str


@dataclass(frozen=True)
class Formula:
    """Factors that are multiplied, and what their product is divided by."""

    factors: tuple[Factor, ...]
    divisors: tuple[Factor, ...]

    @property
    def has_value(self) -> bool:
        return all(divisor.value for divisor in self.divisors)

    @property
    def value(self) -> Fraction:
        product = prod((factor.value for factor in self.factors), start=Fraction(1))
        return product / prod(divisor.value for divisor in self.divisors)

    @property
    def text(self) -> str:
        product = " × ".join(factor.text for factor in self.factors)
        return product + "".join(f" ÷ {divisor.text}" for divisor in self.divisors)


def estimate(inputs: Inputs, *, figures: int = 0) -> Estimate:
    """Return the answers; `figures` rounds what is shown to so many significant figures."""
    results = (
        _result(measure, formula, figures)
        for measure, formula in _formulas(inputs).items()
        if formula.has_value
    )
    return Estimate(inputs, tuple(results))


def as_text(estimate: Estimate) -> str:
    """Return a line for each answer, with its formula and what it means."""
    return "\n".join(result.line for result in estimate)


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
"""The factors and the divisors of each answer."""


def _formulas(inputs: Inputs) -> dict[Measure, Formula]:
    terms = _terms(inputs)
    return {
        measure: Formula(*(tuple(terms[name] for name in names) for names in parts))
        for measure, parts in FORMULAS.items()
    }


def _terms(inputs: Inputs) -> dict[str, Factor]:
    """Return what formulas consist of, by the names in `FORMULAS`."""
    reads = _count(inputs.reads, ngettext("read", "reads", _number(inputs.reads)))
    writes = _count(inputs.writes, ngettext("write", "writes", _number(inputs.writes)))
    return {
        "users": _count(inputs.users, ngettext("user", "users", _number(inputs.users))),
        "reads": reads,
        "writes": writes,
        "requests": Factor(reads.value + writes.value, f"({reads.text} + {writes.text})"),
        "peak": _count(inputs.peak),
        "bytes_in": Factor(inputs.bytes_in, units.format_bytes(inputs.bytes_in)),
        "bytes_out": Factor(inputs.bytes_out, units.format_bytes(inputs.bytes_out)),
        "days": _count(inputs.days, ngettext("day", "days", _number(inputs.days))),
        "copies": _count(inputs.copies, ngettext("copy", "copies", _number(inputs.copies))),
        "hot": Factor(inputs.hot, units.format_share(inputs.hot)),
        "day": _count(Fraction(SECONDS_A_DAY), "s"),
        "year": _count(Fraction(DAYS_A_YEAR), _("days")),
        "server": _count(SERVER.value, _("requests/s")),
    }


def _count(value: Fraction, noun: str = "") -> Factor:
    return Factor(value, f"{units.format_count(value)} {noun}".strip())


def _number(value: Fraction) -> int:
    """Return a whole number for choosing the plural form; fractions take the plural."""
    return int(value) if value.denominator == 1 else 2


def _result(measure: Measure, formula: Formula, figures: int) -> Result:
    value = formula.value
    round_shown = units.round_bytes if measure.is_bytes else units.round_count
    return Result(
        measure=measure,
        value=value,
        rounded=round_shown(value, figures),
        formula=formula.text,
        figures=figures,
        verdicts=tuple(Verdict(ceiling, value) for ceiling in CEILINGS.get(measure, ())),
    )
