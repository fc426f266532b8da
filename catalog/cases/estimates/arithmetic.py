"""Lines of arithmetic, such as those of a case's reference, recomputed exactly.

A line is `label: expression = result`:

    Holds a second at the peak: 60,000 ÷ 600 s × 1.5 = 150 /s
    Stored in a year: 10M users × 2 posts × 1.5 KB × 365 days = 10.95 TB
    Writes a second: 10M × 2 ÷ 86,400 s ≈ 200 writes/s
    Servers: 12,000 requests/s ÷ 450 requests/s = 26.7, so 27

- **Label**: any text without a colon that is followed by a space.
- **Numbers**: `86,400`, `86 400`, `0.25`, with `.` for decimals. Directly or one space behind a
  number: a prefix `k M G T P E` (thousands), `%` (hundredths), bytes `B KB MB GB TB PB EB`
  (thousands) or `KiB MiB GiB TiB PiB EiB` (times 1,024), bits `bit kbit Mbit Gbit Tbit` and
  `bps kbps Mbps Gbps Tbps`. A byte counts 1 and so does a bit: `1.25 GB/s × 8 = 10 Gbit/s`.
  A billion is `1G`.
- **Operators**: `×` or `*`, `÷` or `/`, `+`, and `-` or the minus sign. `×` and `÷` come before
  plus and minus, from left to right; parentheses are read. Between two numbers there has to be one.
- **Words**: anything else that begins with a letter is ignored, with `/` or `-` before it: `s`,
  `users`, `/s`, `GB/day`, `10-minute`; so are `$ € £`. Words convert nothing: a day is
  `86,400 s`, and a million is `1M`. The words thousand, million, billion and trillion are refused.
- **Result**: one number with its prefix and unit. After `,`, `;`, `(` or `→` follows a remark,
  which is not read.
- **Rounding**: behind `=` the result is right if it is the exact value rounded to the digits that
  are written (zeros at the end of a whole number do not count as written), at least two
  significant figures: `231.48` may be written `231.48`, `231.5`, `231` and `230`, but not `232` or
  `200`. Behind `≈` one significant figure is enough: `200`.
"""

import re
from dataclasses import dataclass
from fractions import Fraction

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from catalog.cases.estimates import units

MAX_LENGTH = 300

BITS = {
    f"{letter}{unit}": factor
    for unit in ("bit", "bits", "bps")
    for letter, factor in {"": 1, "k": 1000, **units.COUNTS}.items()
}
FACTORS: dict[str, Fraction] = {
    unit: Fraction(factor)
    for unit, factor in {"K": 1000, **units.COUNTS, "kB": 1000, **units.BYTES, **BITS}.items()
} | {"%": Fraction(1, 100)}

MINUS = "\N{MINUS SIGN}"
OPERATORS = {"×": "×", "*": "×", "÷": "÷", "/": "÷", "+": "+", MINUS: MINUS, "-": MINUS}
NUMBER_WORDS = {"thousand": "k", "million": "M", "billion": "G", "trillion": "T"}

_UNITS = "|".join(map(re.escape, sorted(FACTORS, key=len, reverse=True)))
_TOKEN = re.compile(
    rf"(?P<number>{units.NUMBER})(?:[ \u00a0\u202f]?(?P<unit>{_UNITS})(?!\w))?"
    r"|(?P<word>(?:[/-][ ]?)?[^\W\d_]\w*(?:['’.-][^\W\d_]\w*)*\.?|[$€£])"
    rf"|(?P<operator>[×*÷/+{MINUS}()-])"
    r"|(?P<space>\s+)|(?P<other>.)"
)
_REMARK = re.compile(r"[,;(→]")

FORM = _("Write the line as “label: 10M × 2 ÷ 86,400 s = 231 /s”.")
TOO_LONG = _("The line has more than %(length)s characters.")
UNREADABLE = _("“%(text)s” cannot be read in an expression.")
NO_OPERATOR = _("An operator such as × is missing before “%(text)s”.")
NO_NUMBER = _("A number is missing in “%(text)s”.")
NO_PARENTHESIS = _("A parenthesis is missing in “%(text)s”.")
BY_ZERO = _("“%(text)s” divides by zero.")
NUMBER_WORD = _("“%(word)s” is not read as a number. Write the prefix, such as 10%(prefix)s.")
ONE_RESULT = _("“%(text)s” is not one number with its unit.")
WRONG = _("%(expression)s is %(right)s, not %(stated)s.")


@dataclass(frozen=True)
class Line:
    """A line of arithmetic that was recomputed, and the exact value of its expression."""

    label: str
    expression: str
    result: str
    value: Fraction


@dataclass(frozen=True)
class Token:
    """A number or an operator of an expression, as it is written."""

    text: str
    number: Fraction | None = None
    figures: int = 0
    unit: str = ""


def check(line: str) -> Line:
    """Return a line whose result is right, or raise `ValidationError` that says what is not."""
    if len(line) > MAX_LENGTH:
        raise ValidationError(TOO_LONG, params={"length": MAX_LENGTH})
    label, _colon, rest = line.partition(": ")
    parts = re.split(r"([=≈])", rest)
    if len(parts) != 3 or not label.strip():
        raise ValidationError(FORM)
    expression, sign, result = (part.strip() for part in parts)
    if not expression or not result:
        raise ValidationError(FORM)
    tokens = _tokens(expression)
    value, stated = _Expression(tokens).value(), _result(result)
    _compare(value, stated, tokens, least_figures=1 if sign == "≈" else 2)
    return Line(label.strip(), expression, result, value)


def _compare(value: Fraction, stated: Token, tokens: list[Token], least_figures: int) -> None:
    assert stated.number is not None
    figures = max(least_figures, stated.figures)
    right = _rounded(value, figures)
    if right != stated.number:
        shown = _shown(_rounded(value, max(figures, 3)), stated.unit)
        params = {"expression": _text(tokens), "right": shown, "stated": stated.text}
        raise ValidationError(WRONG, params=params)


def _shown(value: Fraction, unit: str) -> str:
    shown = (units.format_bytes if unit in units.BYTES else units.format_count)(abs(value))
    return f"{MINUS}{shown}" if value < 0 else shown


def _text(tokens: list[Token]) -> str:
    text = " ".join(token.text for token in tokens)
    return text.replace("( ", "(").replace(" )", ")")


def _rounded(value: Fraction, figures: int) -> Fraction:
    rounded = units.significant(abs(value), figures)
    return -rounded if value < 0 else rounded


def _result(text: str) -> Token:
    number = re.match(rf"[^0-9]*(?:{units.NUMBER})", text)
    remark = _REMARK.search(text, number.end()) if number else None
    tokens = _tokens(text[: remark.start()] if remark else text)
    if len(tokens) != 1 or tokens[0].number is None:
        raise ValidationError(ONE_RESULT, params={"text": text})
    return tokens[0]


def _tokens(text: str) -> list[Token]:
    matches = list(_TOKEN.finditer(text))
    for match in matches:
        if match["other"]:
            raise ValidationError(UNREADABLE, params={"text": match[0]})
        if prefix := NUMBER_WORDS.get((match["word"] or "").lower()):
            raise ValidationError(NUMBER_WORD, params={"word": match[0], "prefix": prefix})
    return [_token(match) for match in matches if match["number"] or match["operator"]]


def _token(match: re.Match[str]) -> Token:
    if not match["number"]:
        return Token(OPERATORS.get(match[0], match[0]))
    unit = match["unit"] or ""
    number = units.number_in(match["number"])
    figures = len(_significant_digits(match["number"]))
    return Token(match[0], number * FACTORS.get(unit, 1), figures, unit)


def _significant_digits(digits: str) -> str:
    written = re.sub(r"[^0-9.]", "", digits).lstrip("0.")
    return written.replace(".", "") if "." in digits else written.rstrip("0")


class _Expression:
    """Reads tokens from left to right; each method takes what it understands."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.position = 0

    @property
    def text(self) -> str:
        return _text(self.tokens)

    def value(self) -> Fraction:
        value = self._sum()
        if token := self._next():
            if token.text == ")":
                raise ValidationError(NO_PARENTHESIS, params={"text": self.text})
            raise ValidationError(NO_OPERATOR, params={"text": token.text})
        return value

    def _next(self) -> Token | None:
        return self.tokens[self.position] if self.position < len(self.tokens) else None

    def _take(self, *operators: str) -> str:
        token = self._next()
        if not token or token.text not in operators:
            return ""
        self.position += 1
        return token.text

    def _sum(self) -> Fraction:
        value = self._product()
        while operator := self._take("+", MINUS):
            product = self._product()
            value = value + product if operator == "+" else value - product
        return value

    def _product(self) -> Fraction:
        value = self._factor()
        while operator := self._take("×", "÷"):
            factor = self._factor()
            if operator == "÷" and not factor:
                raise ValidationError(BY_ZERO, params={"text": self.text})
            value = value * factor if operator == "×" else value / factor
        return value

    def _factor(self) -> Fraction:
        if self._take("("):
            value = self._sum()
            if not self._take(")"):
                raise ValidationError(NO_PARENTHESIS, params={"text": self.text})
            return value
        token = self._next()
        if not token or token.number is None:
            raise ValidationError(NO_NUMBER, params={"text": self.text})
        self.position += 1
        return token.number
