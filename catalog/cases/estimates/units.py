"""Numbers as people write them: 10M, 1,157, 2.5 KB, 20%. Exact, and nothing is evaluated.

A number has digits, a decimal point, and separators of thousands (`1,000` or `1 000`). Behind it
may stand a prefix: k, M, G, T, P, E for a count, and KB to EB (thousands) or KiB to EiB (times
1,024) for bytes. Of counts B is a billion; of bytes it is a byte.
"""

import re
from collections.abc import Mapping
from fractions import Fraction
from math import ceil
from types import MappingProxyType

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

LETTERS = "kMGTPE"
COUNTS: Mapping[str, int] = MappingProxyType(
    {letter: 1000 ** (power + 1) for power, letter in enumerate(LETTERS)}
)
DECIMAL_BYTES: Mapping[str, int] = MappingProxyType(
    {"B": 1} | {f"{letter.upper()}B": factor for letter, factor in COUNTS.items()}
)
BINARY_BYTES: Mapping[str, int] = MappingProxyType(
    {f"{letter.upper()}iB": 1024 ** (power + 1) for power, letter in enumerate(LETTERS)}
)
BYTES: Mapping[str, int] = MappingProxyType({**DECIMAL_BYTES, **BINARY_BYTES})

DIGITS = r"[0-9]{1,3}(?:[, \u00a0\u202f][0-9]{3})+(?![0-9])|[0-9]+"
NUMBER = rf"(?:{DIGITS})(?:\.[0-9]+)?"
MAX_LENGTH = 30
LARGEST = Fraction(10) ** 18

_WRITTEN = re.compile(rf"({NUMBER})\s*([A-Za-z]{{0,3}}|%)")

NOT_A_NUMBER = _("“%(text)s” is not a number. Write it like 10M, 2,500 or 0.5.")
COMMA = _("A comma separates thousands. Write “%(text)s” with a point, or three digits behind it.")
BITS = _("“%(unit)s” means bits. Write %(bytes)s for bytes.")
UNKNOWN_PREFIX = _("“%(unit)s” is not a prefix. Use k, M, G or T.")
UNKNOWN_UNIT = _("“%(unit)s” is not a unit of bytes. Use B, KB, MB, GB, TB, or KiB, MiB, GiB, TiB.")
NOT_A_SHARE = _("Write the share as a percentage from 0% to 100%, such as 20%.")
TOO_LONG = _("The number has more than %(length)s characters.")
TOO_LARGE = _("The number is larger than %(largest)s.")


def parse_count(text: str) -> Fraction:
    """Return the number that a text like `10M` stands for, or raise `ValidationError`."""
    number, unit = _read(text)
    factor = {**_folded(COUNTS), "": 1, "b": COUNTS["G"]}.get(unit.lower())
    if factor is None:
        raise ValidationError(UNKNOWN_PREFIX, params={"unit": unit})
    return _bounded(number * factor)


def parse_bytes(text: str) -> Fraction:
    """Return the number of bytes that a text like `2 KB` stands for, or raise `ValidationError`."""
    number, unit = _read(text)
    if len(unit) > 1 and unit.endswith("b"):
        in_bytes = unit[0].upper() + unit[1:-1] + "B"
        raise ValidationError(BITS, params={"unit": unit, "bytes": in_bytes})
    factor = {**_folded(COUNTS), **_folded(BYTES), "": 1}.get(unit.lower())
    if factor is None:
        raise ValidationError(UNKNOWN_UNIT, params={"unit": unit})
    return _bounded(number * factor)


def parse_share(text: str) -> Fraction:
    """Return the share that a text like `20%` stands for, 0 to 1, or raise `ValidationError`."""
    number, unit = _read(text)
    # Without the sign, 0.2 could be a fifth as well as two thousandths.
    if unit not in {"", "%"} or number > 100 or (not unit and 0 < number <= 1):
        raise ValidationError(NOT_A_SHARE)
    return number / 100


def number_in(digits: str) -> Fraction:
    """Return the exact number that digits with a point and separators stand for."""
    return Fraction(re.sub(r"[^0-9.]", "", digits))


def _read(text: str) -> tuple[Fraction, str]:
    text = text.strip()
    if len(text) > MAX_LENGTH:
        raise ValidationError(TOO_LONG, params={"length": MAX_LENGTH})
    if not (match := _WRITTEN.fullmatch(text)):
        message = COMMA if re.search(r"[0-9],[0-9]", text) else NOT_A_NUMBER
        raise ValidationError(message, params={"text": text})
    return number_in(match[1]), match[2]


def _folded(factors: Mapping[str, int]) -> dict[str, int]:
    return {unit.lower(): factor for unit, factor in factors.items()}


def _bounded(number: Fraction) -> Fraction:
    if number > LARGEST:
        raise ValidationError(TOO_LARGE, params={"largest": format_count(LARGEST)})
    return number


def significant(number: Fraction, figures: int) -> Fraction:
    """Round a number to significant figures, halves up."""
    if not number:
        return number
    step = Fraction(10) ** (exponent_of(number) - figures + 1)
    return (number / step + Fraction(1, 2)).__floor__() * step


def rounded_up(number: Fraction, figures: int = 0) -> Fraction:
    """Round a whole number up to significant figures; 0 leaves it as it is."""
    if not figures:
        return number
    step = Fraction(10) ** max(exponent_of(number) - figures + 1, 0)
    return ceil(number / step) * step


def exponent_of(number: Fraction) -> int:
    """Return the power of ten of a number's first digit: 3 for 1,157, -2 for 0.05."""
    exponent = len(str(int(number))) - 1
    while Fraction(10) ** exponent > number:
        exponent -= 1
    return exponent


def format_count(number: Fraction) -> str:
    """Return a number as `parse_count` reads it: 2,500, 10M, 0.5. Exact if its decimals end."""
    for letter in reversed(LETTERS[1:]):
        scaled = number / COUNTS[letter]
        if scaled >= 1 and _has_few_decimals(scaled):
            return f"{_digits(scaled)}{letter}"
    return _digits(number)


def format_bytes(number: Fraction, among: Mapping[str, int] = BYTES) -> str:
    """Return a number of bytes as `parse_bytes` reads it: 500 B, 2.5 KB, 4 KiB.

    The shortest text is taken, and of two that are as short the larger unit.
    """
    scaled = {unit: number / factor for unit, factor in among.items()}
    texts = [
        f"{_digits(value)} {unit}"
        for unit, value in scaled.items()
        if unit == "B" or (value >= 1 and _has_few_decimals(value))
    ]
    return min(reversed(texts), key=len)


def format_share(number: Fraction) -> str:
    """Return a share as `parse_share` reads it: 20%."""
    return f"{_digits(number * 100)}%"


def round_count(number: Fraction, figures: int = 0) -> Fraction:
    """Round a result to be shown: to a whole number from 1,000 to 1M, else to four figures."""
    if figures:
        return significant(number, figures)
    digits = exponent_of(number) + 1 if 1000 <= number < COUNTS["M"] else 4
    return significant(number, digits)


def round_bytes(number: Fraction, figures: int = 0) -> Fraction:
    """Round a number of bytes to be shown, to four figures unless others are asked for."""
    return significant(number, figures or 4)


def _has_few_decimals(number: Fraction) -> bool:
    return (number * 1000).denominator == 1


def _digits(number: Fraction) -> str:
    """Return a number in full, with commas between thousands."""
    whole, rest = divmod(number, 1)
    decimals = ""
    while rest and len(decimals) < MAX_LENGTH:
        digit, rest = divmod(rest * 10, 1)
        decimals += str(digit)
    return f"{whole:,}.{decimals}" if decimals else f"{whole:,}"
