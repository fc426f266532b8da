"""The form of the estimates page, whose whole state is in the address."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from catalog.cases.estimates import units
from catalog.cases.estimates.estimate import Inputs

TOO_LITTLE = _("It has to be %(limit)s or more.")
TOO_MUCH = _("It has to be %(limit)s or less.")
NOT_WHOLE = _("It has to be a whole number.")
TOO_PRECISE = _("It has more digits than the page keeps. Round it.")
UNKNOWN_FIELD = _("“%(name)s” is not a field of the estimates page. The fields are %(names)s.")


@dataclass(frozen=True)
class Kind:
    """The notation of a field's values."""

    parse: Callable[[str], Fraction]
    format: Callable[[Fraction], str]


COUNT = Kind(units.parse_count, units.format_count)
BYTES = Kind(units.parse_bytes, units.format_bytes)
SHARE = Kind(units.parse_share, units.format_share)


class NumberField(forms.CharField):
    """A number with a prefix, within limits; empty is its default."""

    def __init__(
        self, default: str, limits: tuple[str, str], *, kind: Kind = COUNT, **options: Any
    ) -> None:
        self.is_whole = options.pop("is_whole", False)
        super().__init__(required=False, **options)
        self.kind = kind
        self.default = kind.parse(default)
        self.least, self.most = map(kind.parse, limits)

    def clean(self, value: Any) -> Fraction:
        if not (text := str(value or "").strip()):
            return self.default
        number = self.kind.parse(text)
        if number < self.least:
            raise ValidationError(TOO_LITTLE, params={"limit": self.kind.format(self.least)})
        if number > self.most:
            raise ValidationError(TOO_MUCH, params={"limit": self.kind.format(self.most)})
        if self.is_whole and number.denominator > 1:
            raise ValidationError(NOT_WHOLE)
        # 0.123456789012 TiB is short, but the page and its address write it as bytes.
        if len(self.kind.format(number)) > units.MAX_LENGTH:
            raise ValidationError(TOO_PRECISE)
        return number

    @property
    def default_text(self) -> str:
        return self.kind.format(self.default)

    def in_address(self, number: Fraction) -> str:
        """Return a number as the address has it: without separators and spaces."""
        text = self.kind.format(number).replace(",", "").replace(" ", "")
        # Above 1 the percent sign, which an address escapes, can be left out.
        return text.removesuffix("%") if number * 100 > 1 else text


class EstimateForm(forms.Form):
    """The assumptions about a service. An invalid value gets an error; its default is used."""

    users = NumberField(
        "10M", ("1", "100G"), label=_("Daily users"), help_text=_("People who use it on one day.")
    )
    reads = NumberField(
        "100", ("0", "1G"), label=_("Reads"), help_text=_("Of each user on one day.")
    )
    writes = NumberField(
        "10", ("0", "1G"), label=_("Writes"), help_text=_("Of each user on one day.")
    )
    peak = NumberField(
        "3", ("1", "1k"), label=_("Peak factor"), help_text=_("Peak rate ÷ average rate.")
    )
    bytes_in = NumberField(
        "1 KB",
        ("0 B", "1 TB"),
        kind=BYTES,
        label=_("Bytes in"),
        help_text=_("Received and stored with each write."),
    )
    bytes_out = NumberField(
        "1 KB",
        ("0 B", "1 TB"),
        kind=BYTES,
        label=_("Bytes out"),
        help_text=_("Sent with each read."),
    )
    days = NumberField(
        "1,825",
        ("1", "36,500"),
        is_whole=True,
        label=_("Days kept"),
        help_text=_("1,825 days are five years."),
    )
    copies = NumberField(
        "3",
        ("1", "100"),
        is_whole=True,
        label=_("Copies"),
        help_text=_("The primary and its replicas."),
    )
    hot = NumberField(
        "20%",
        ("0%", "100%"),
        kind=SHARE,
        label=_("Share that is hot"),
        help_text=_("Of a day’s reads, what the cache should hold."),
    )
    figures = forms.CharField(required=False, label=_("One significant figure"))
    practice = forms.UUIDField(required=False, widget=forms.HiddenInput)
    """The practice session that takes the result along; the page carries it."""

    def __init__(self, query: QueryDict | Mapping[str, str]) -> None:
        super().__init__(query)
        self.is_valid()

    @cached_property
    def numbers(self) -> dict[str, NumberField]:
        """The fields of the calculation, by name."""
        return {
            name: field for name, field in self.fields.items() if isinstance(field, NumberField)
        }

    @cached_property
    def values(self) -> dict[str, Fraction]:
        """The values to calculate with, by name."""
        return {
            name: self.cleaned_data.get(name, field.default) for name, field in self.numbers.items()
        }

    @property
    def inputs(self) -> Inputs:
        return Inputs(**self.values)

    @property
    def significant_figures(self) -> int:
        """The significant figures to which answers are rounded; 0 for the usual rounding."""
        return 1 if self.cleaned_data.get("figures") == "1" else 0

    @property
    def has_refused_values(self) -> bool:
        return not self.errors.keys().isdisjoint(self.numbers)

    @property
    def rows(self) -> list["Row"]:
        return [Row(self, name, field) for name, field in self.numbers.items()]

    @property
    def pairs(self) -> dict[str, str]:
        """The parameters of the canonical address: a fixed order, defaults left out."""
        pairs = {
            name: field.in_address(self.values[name])
            for name, field in self.numbers.items()
            if self.values[name] != field.default
        }
        return {**pairs, "figures": "1"} if self.significant_figures else pairs

    @property
    def carried(self) -> dict[str, str]:
        """The parameter that links of the page keep."""
        practice = self.cleaned_data.get("practice")
        return {"practice": str(practice)} if practice else {}

    @property
    def address(self) -> str:
        return address({**self.pairs, **self.carried})

    @property
    def canonical(self) -> str:
        """The address of the same page for everybody, without a practice session."""
        return address(self.pairs)


@dataclass(frozen=True)
class Row:
    """A field as the template shows it."""

    form: EstimateForm
    name: str
    field: NumberField

    @property
    def text(self) -> str:
        """The typed text if it was refused, else the number in its usual form."""
        if self.name in self.form.errors:
            return str(self.form.data.get(self.name, ""))
        return self.field.kind.format(self.form.values[self.name])

    @property
    def errors(self) -> list[str]:
        return [str(error) for error in self.form.errors.get(self.name, [])]


def address(pairs: Mapping[str, str]) -> str:
    path = reverse("estimates:estimates")
    return f"{path}?{urlencode(pairs)}" if pairs else path


def check_inputs(inputs: Mapping[str, str]) -> None:
    """Raise `ValidationError` unless each input is a field of the form with a value it takes."""
    form = EstimateForm(inputs)
    names = ", ".join(form.numbers)
    errors = [
        ValidationError(UNKNOWN_FIELD, params={"name": name, "names": names})
        for name in inputs
        if name not in form.numbers
    ]
    errors += [
        ValidationError(f"{name}: {message}")
        for name, messages in form.errors.items()
        for message in messages
    ]
    if errors:
        raise ValidationError(errors)
