from collections.abc import Callable
from fractions import Fraction

import pytest
from django.core.exceptions import ValidationError
from hypothesis import example, given
from hypothesis import strategies as st

from catalog.cases.estimates import units

COUNTS = st.decimals(0, 10**15, allow_nan=False, places=3).map(Fraction)
Parse = Callable[[str], Fraction]
PARSERS: list[Parse] = [units.parse_count, units.parse_bytes, units.parse_share]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("10M", 10_000_000),
        ("10 m", 10_000_000),
        ("2.5k", 2500),
        ("2.5K", 2500),
        ("1,157", 1157),
        ("1 000 000", 1_000_000),
        ("1\u00a0000", 1000),
        ("0.1", Fraction(1, 10)),
        ("3G", 3_000_000_000),
        ("3B", 3_000_000_000),
        (" 7 ", 7),
    ],
)
def test_counts_are_read_exactly(text: str, number: Fraction) -> None:
    assert units.parse_count(text) == number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("500", 500),
        ("500 B", 500),
        ("1KB", 1000),
        ("1 kB", 1000),
        ("1 KiB", 1024),
        ("1.5 MiB", 1_572_864),
        ("2 GB", 2_000_000_000),
        ("2k", 2000),
    ],
)
def test_bytes_are_read_exactly(text: str, number: int) -> None:
    assert units.parse_bytes(text) == number


@pytest.mark.parametrize(
    ("text", "share"),
    [("20%", Fraction(1, 5)), ("20 %", Fraction(1, 5)), ("33.3", Fraction(333, 1000))],
)
def test_shares_are_percentages(text: str, share: Fraction) -> None:
    assert units.parse_share(text) == share


@pytest.mark.parametrize(
    ("parse", "text", "message"),
    [
        (units.parse_count, "many", "“many” is not a number. Write it like 10M, 2,500 or 0.5."),
        (units.parse_count, "-1", "“-1” is not a number. Write it like 10M, 2,500 or 0.5."),
        (units.parse_count, "9**9", "“9**9” is not a number. Write it like 10M, 2,500 or 0.5."),
        (units.parse_count, "٣", "“٣” is not a number. Write it like 10M, 2,500 or 0.5."),
        (
            units.parse_count,
            "1,5",
            "A comma separates thousands. Write “1,5” with a point, or three digits behind it.",
        ),
        (units.parse_count, "5Q", "“Q” is not a prefix. Use k, M, G or T."),
        (units.parse_count, "9" * 31, "The number has more than 30 characters."),
        (units.parse_count, "2E", "The number is larger than 1E."),
        (units.parse_bytes, "5 Mb", "“Mb” means bits. Write MB for bytes."),
        (
            units.parse_bytes,
            "5 QB",
            "“QB” is not a unit of bytes. Use B, KB, MB, GB, TB, or KiB, MiB, GiB, TiB.",
        ),
        (units.parse_share, "0.2", "Write the share as a percentage from 0% to 100%, such as 20%."),
        (
            units.parse_share,
            "101%",
            "Write the share as a percentage from 0% to 100%, such as 20%.",
        ),
    ],
)
def test_texts_that_are_not_numbers_are_refused_with_a_reason(
    parse: Parse, text: str, message: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        parse(text)
    assert refused.value.messages == [message]


@pytest.mark.parametrize("parse", PARSERS)
@given(st.text(max_size=40) | st.from_regex(r"[0-9., ]{1,12}[A-Za-z%]{0,3}", fullmatch=True))
def test_any_text_is_read_or_refused(parse: Parse, text: str) -> None:
    try:
        number = parse(text)
    except ValidationError:
        return
    assert 0 <= number <= units.LARGEST


@given(COUNTS)
@example(Fraction(999_999))
@example(Fraction(1_234_567))
def test_a_formatted_count_is_read_as_the_same_number(number: Fraction) -> None:
    assert units.parse_count(units.format_count(number)) == number


@given(COUNTS | st.integers(0, 2**40).map(lambda number: Fraction(number * 1024)))
def test_formatted_bytes_are_read_as_the_same_number(number: Fraction) -> None:
    assert units.parse_bytes(units.format_bytes(number)) == number
    assert units.parse_bytes(units.format_bytes(number, units.DECIMAL_BYTES)) == number


@given(st.decimals(0, 100, places=2).map(lambda percent: Fraction(percent) / 100))
def test_a_formatted_share_is_read_as_the_same_number(share: Fraction) -> None:
    assert units.parse_share(units.format_share(share)) == share


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1500, "1.5 KB"),
        (2048, "2 KiB"),
        (10**6, "1 MB"),
        (10**18, "1 EB"),
    ],
)
def test_bytes_are_formatted_as_shortly_as_they_can_be(number: int, text: str) -> None:
    assert units.format_bytes(Fraction(number)) == text


@pytest.mark.parametrize(
    ("number", "figures", "rounded"),
    [
        (Fraction(115_741, 100), 4, 1157),
        (Fraction(115_741, 100), 1, 1000),
        (Fraction(25), 1, 30),
        (Fraction(9996), 3, 10_000),
        (Fraction(1, 300), 2, Fraction(33, 10_000)),
        (Fraction(0), 3, 0),
    ],
)
def test_rounding_keeps_significant_figures(
    number: Fraction, figures: int, rounded: Fraction
) -> None:
    assert units.significant(number, figures) == rounded


@given(st.fractions(0, 10**18), st.integers(1, 6))
def test_rounding_is_off_by_half_a_figure_at_most(number: Fraction, figures: int) -> None:
    rounded = units.significant(number, figures)
    assert abs(rounded - number) * 2 * 10 ** (figures - 1) <= number
