from contextlib import suppress
from fractions import Fraction

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from catalog.cases.estimates import arithmetic, units


def messages(line: str) -> list[str]:
    with pytest.raises(ValidationError) as refused:
        arithmetic.check(line)
    return refused.value.messages


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("Holds: 60,000 ÷ 600 s × 1.5 = 150 /s", Fraction(150)),
        ("Writes a second: 10M × 10 ÷ 86,400 s = 1,157 /s", Fraction(10**8, 86_400)),
        ("Writes: 10M users * 10 writes / 86 400 s = 1 157 writes/s", Fraction(10**8, 86_400)),
        ("Stored: 10M × 2 posts × 1.5 KB × 365 days = 10.95 TB", Fraction(10_950 * 10**9)),
        ("Pages: 1 GiB ÷ 8 KiB = 131,072 pages", Fraction(131_072)),
        ("Link: 1.25 GB/s × 8 = 10 Gbit/s", Fraction(10**10)),
        ("Hot: 20% × 10M users = 2M users (of one day)", Fraction(2 * 10**6)),
        ("Sum: 2 + 3 × 4 - 1 = 13", Fraction(13)),
        ("Sum: (2 + 3) × (4 - 1) = 15", Fraction(15)),
        ("From the left: 100 ÷ 10 ÷ 5 × 2 = 4.0", Fraction(4)),
        ("Servers: 12,000 requests/s ÷ 450 requests/s = 26.7, so 27 servers", Fraction(80, 3)),
        ("Costs: $0.02 × 1M GB-month = $20k → too much", Fraction(20_000)),
        ("Log: 10 GB/day × 30 days = 300 GB", Fraction(300 * 10**9)),
        ("Window: 60-minute window × 2 = 120 minutes", Fraction(120)),
        ("Nothing: 5 - 5 = 0", Fraction(0)),
    ],
)
def test_a_right_line_is_recomputed_exactly(line: str, value: Fraction) -> None:
    assert arithmetic.check(line).value == value


def test_a_line_has_its_parts() -> None:
    line = arithmetic.check("Writes: 10M users × 2 ÷ 86,400 s = 231 /s, on average")
    assert (line.label, line.expression) == ("Writes", "10M users × 2 ÷ 86,400 s")
    assert line.result == "231 /s, on average"


@pytest.mark.parametrize("result", ["231.48", "231.5", "231", "230"])
def test_a_result_may_be_rounded_to_its_digits(result: str) -> None:
    assert arithmetic.check(f"Writes: 10M × 2 ÷ 86,400 s = {result} /s").result == f"{result} /s"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("W: 10M × 2 ÷ 86,400 s = 321 /s", "10M × 2 ÷ 86,400 is 231, not 321."),
        ("W: 10M × 2 ÷ 86,400 s = 232", "10M × 2 ÷ 86,400 is 231, not 232."),
        ("W: 10M × 2 ÷ 86,400 s = 200", "10M × 2 ÷ 86,400 is 231, not 200."),
        ("W: 10M × 2 ÷ 86,400 s ≈ 300", "10M × 2 ÷ 86,400 is 231, not 300."),
        ("W: 10M × 2 ÷ 86,400 s = 231.4", "10M × 2 ÷ 86,400 is 231.5, not 231.4."),
        ("S: 1.5 KB × (2M + 1M) = 4.5 TB", "1.5 KB × (2M + 1M) is 4.5 GB, not 4.5 TB."),
        ("W: 1 - 3 = 2", "1 \N{MINUS SIGN} 3 is \N{MINUS SIGN}2, not 2."),
        ("W: 1 day × 24 = 86,400 s", "1 × 24 is 24, not 86,400."),
        ("W: 5 / 0 = 1", "“5 ÷ 0” divides by zero."),
        ("W: 5 6 = 30", "An operator such as × is missing before “6”."),
        ("W: 5 x 6 = 30", "An operator such as × is missing before “6”."),
        ("W: 5 × = 30", "A number is missing in “5 ×”."),
        ("W: users = 30", "A number is missing in “”."),
        ("W: (5 × 6 = 30", "A parenthesis is missing in “(5 × 6”."),
        ("W: 5 × 6) = 30", "A parenthesis is missing in “5 × 6)”."),
        ("W: 5 ^ 2 = 25", "“^” cannot be read in an expression."),
        (
            "W: 10 million × 2 = 20M",
            "“million” is not read as a number. Write the prefix, such as 10M.",
        ),
        ("W: 5 × 6 = thirty", "“thirty” is not one number with its unit."),
        ("W: 5 × 6 = 10 × 3", "“10 × 3” is not one number with its unit."),
        ("5 × 6 = 30", "Write the line as “label: 10M × 2 ÷ 86,400 s = 231 /s”."),
        ("W: 5 × 6", "Write the line as “label: 10M × 2 ÷ 86,400 s = 231 /s”."),
        ("W: 5 × 6 = 30 = 30", "Write the line as “label: 10M × 2 ÷ 86,400 s = 231 /s”."),
        ("W: 1 = " + "1" * 300, "The line has more than 300 characters."),
    ],
)
def test_a_wrong_line_is_refused_with_a_reason(line: str, message: str) -> None:
    assert messages(line) == [message]


def test_the_examples_of_the_documentation_are_right() -> None:
    assert arithmetic.__doc__
    examples = [line for line in arithmetic.__doc__.splitlines() if line.startswith("    ")]
    assert [arithmetic.check(line.strip()).label for line in examples] == [
        "Holds a second at the peak",
        "Stored in a year",
        "Writes a second",
        "Servers",
    ]


EXPRESSIONS = st.text(alphabet="0123456789.,()+-×÷*/ kMGB%=≈:s", max_size=60)


@given(st.text(max_size=60) | EXPRESSIONS | EXPRESSIONS.map("label: {} = 3".format))
def test_any_text_is_checked_or_refused(line: str) -> None:
    with suppress(ValidationError):
        assert arithmetic.check(line).label


@given(st.integers(1, 10**9), st.integers(1, 10**6), st.integers(1, 10**6), st.integers(2, 6))
def test_a_rounded_result_is_right_and_one_that_is_a_tenth_more_is_wrong(
    first: int, second: int, by: int, figures: int
) -> None:
    exact = Fraction(first * second, by)
    right, wrong = (units.significant(exact * times, figures) for times in (1, Fraction(11, 10)))
    line = f"Any: {first} × {second} ÷ {by} = "
    assert arithmetic.check(line + units.format_count(right)).value == exact
    assert messages(line + units.format_count(wrong))
