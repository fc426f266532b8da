import re
from dataclasses import Field, fields, replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.cases.estimates import arithmetic
from catalog.cases.estimates.ceilings import CEILINGS, SERVER, Ceiling, PublishedFigure, Verdict
from catalog.cases.estimates.estimate import Inputs, as_text, estimate
from catalog.cases.estimates.measures import Measure

SERVICE = Inputs(
    users=Fraction(10_000_000),
    reads=Fraction(100),
    writes=Fraction(10),
    peak=Fraction(3),
    bytes_in=Fraction(1000),
    bytes_out=Fraction(2048),
    days=Fraction(1825),
    copies=Fraction(3),
    hot=Fraction(1, 5),
)


def numbers(least: int, most: int) -> st.SearchStrategy[Fraction]:
    return st.decimals(least, most, places=2).map(Fraction)


INPUTS = st.builds(
    Inputs,
    users=st.integers(1, 10**11).map(Fraction),
    reads=numbers(0, 10**6),
    writes=numbers(0, 10**6),
    peak=numbers(1, 1000),
    bytes_in=st.integers(0, 10**12).map(Fraction),
    bytes_out=st.integers(0, 10**12).map(Fraction),
    days=st.integers(1, 36_500).map(Fraction),
    copies=st.integers(1, 100).map(Fraction),
    hot=st.integers(0, 100).map(lambda percent: Fraction(percent, 100)),
)


def test_hand_computed_answers_are_exact() -> None:
    values = {result.measure: result.value for result in estimate(SERVICE)}
    assert values == {
        Measure.WRITES: Fraction(100_000_000, 86_400),
        Measure.READS: Fraction(1_000_000_000, 86_400),
        Measure.PEAK_WRITES: Fraction(300_000_000, 86_400),
        Measure.PEAK_READS: Fraction(3_000_000_000, 86_400),
        Measure.RATIO: 10,
        Measure.STORED_A_YEAR: 109_500_000_000_000,
        Measure.STORED: 547_500_000_000_000,
        Measure.ONE_COPY: 182_500_000_000_000,
        Measure.IN: Fraction(100_000_000_000, 86_400),
        Measure.PEAK_IN: Fraction(300_000_000_000, 86_400),
        Measure.OUT: Fraction(2_048_000_000_000, 86_400),
        Measure.PEAK_OUT: Fraction(6_144_000_000_000, 86_400),
        Measure.CACHE: 409_600_000_000,
        Measure.SERVERS: Fraction(3_300_000_000, 86_400 * 2424),
    }


EQUATIONS = """\
Writes, average: 10M users × 10 writes ÷ 86,400 s = 1,157 writes/s
Reads, average: 10M users × 100 reads ÷ 86,400 s = 11,574 reads/s
Writes, peak: 10M users × 10 writes × 3 ÷ 86,400 s = 3,472 writes/s
Reads, peak: 10M users × 100 reads × 3 ÷ 86,400 s = 34,722 reads/s
Read to write ratio: 100 reads ÷ 10 writes = 10 reads per write
Stored in a year, all copies: 10M users × 10 writes × 1 KB × 365 days × 3 copies = 109.5 TB
Stored in all, all copies: 10M users × 10 writes × 1 KB × 1,825 days × 3 copies = 547.5 TB
Stored in all, one copy: 10M users × 10 writes × 1 KB × 1,825 days = 182.5 TB
In, average: 10M users × 10 writes × 1 KB ÷ 86,400 s = 1.157 MB/s
In, peak: 10M users × 10 writes × 1 KB × 3 ÷ 86,400 s = 3.472 MB/s
Out, average: 10M users × 100 reads × 2 KiB ÷ 86,400 s = 23.7 MB/s
Out, peak: 10M users × 100 reads × 2 KiB × 3 ÷ 86,400 s = 71.11 MB/s
Cache: 10M users × 100 reads × 2 KiB × 20% = 409.6 GB
"""


def test_answers_are_shown_with_their_formulas() -> None:
    *results, servers = estimate(SERVICE)
    assert "".join(f"{result.label}: {result.equation}\n" for result in results) == EQUATIONS
    assert servers.line == (
        "Servers at the peak: 10M users × (100 reads + 10 writes) × 3 ÷ 86,400 s"
        " ÷ 2,424 requests/s = 15.76, so 16 servers"
    )


def test_a_line_of_text_says_what_its_answer_means() -> None:
    lines = as_text(estimate(SERVICE)).splitlines()
    assert lines[0] == "Writes, average: 10M users × 10 writes ÷ 86,400 s = 1,157 writes/s"
    assert lines[2] == (
        "Writes, peak: 10M users × 10 writes × 3 ÷ 86,400 s = 3,472 writes/s;"
        " one PostgreSQL primary does that; sharding is not forced"
    )
    assert len(lines) == len(Measure)


def test_one_significant_figure_rounds_answers_only() -> None:
    rounded = estimate(SERVICE, figures=1)
    assert rounded.of(Measure.PEAK_READS).equation == (
        "10M users × 100 reads × 3 ÷ 86,400 s ≈ 30,000 reads/s"
    )
    assert rounded.of(Measure.STORED).shown == "500 TB"
    assert rounded.of(Measure.SERVERS).answer == "20\N{NO-BREAK SPACE}servers"
    exact = estimate(SERVICE)
    assert [result.value for result in rounded] == [result.value for result in exact]


@pytest.mark.parametrize(
    ("servers", "figures", "shown"),
    [
        (Fraction("0.2"), 0, "0.2, so 1 server"),
        (Fraction("16.0001"), 0, "16, so 17 servers"),
        (Fraction("1.4"), 1, "1, so 2 servers"),
        (Fraction("12.3"), 1, "10, so 20 servers"),
        (Fraction(20), 1, "20, so 20 servers"),
        (Fraction(1001), 1, "1,000, so 2,000 servers"),
    ],
)
def test_servers_are_never_too_few(servers: Fraction, figures: int, shown: str) -> None:
    service = replace(SERVICE, users=servers * 2424 * 86_400 / 330)
    line = estimate(service, figures=figures).of(Measure.SERVERS).line
    assert re.split("[=≈] ", line)[1] == shown


def test_a_service_without_writes_has_no_ratio() -> None:
    measures = {result.measure for result in estimate(replace(SERVICE, writes=Fraction(0)))}
    assert measures == set(Measure) - {Measure.RATIO}


@given(INPUTS, st.sampled_from([0, 1]))
def test_every_line_recomputes_to_what_it_shows(inputs: Inputs, figures: int) -> None:
    lines = as_text(estimate(inputs, figures=figures)).splitlines()
    checked = [arithmetic.check(line) for line in lines]
    results = estimate(inputs)
    assert [line.value for line in checked] == [result.value for result in results]


@given(INPUTS, st.sampled_from(fields(Inputs)), st.integers(1, 10**6))
def test_more_of_anything_is_never_less_of_an_answer(
    inputs: Inputs, field: "Field[Fraction]", more: int
) -> None:
    grown = replace(inputs, **{field.name: getattr(inputs, field.name) + more})
    before, after = estimate(inputs), estimate(grown)
    for result in before:
        if result.measure is not Measure.RATIO:
            assert after.of(result.measure).value >= result.value


@pytest.mark.parametrize(
    ("value", "is_above", "percent", "share"),
    [
        (0, False, 0, "0% of 2,424\N{NO-BREAK SPACE}requests/s"),
        (1, False, 0, "Less than 1% of 2,424\N{NO-BREAK SPACE}requests/s"),
        (606, False, 25, "25% of 2,424\N{NO-BREAK SPACE}requests/s"),
        (2424, False, 100, "100% of 2,424\N{NO-BREAK SPACE}requests/s"),
        (2425, True, 100, "1.1 times 2,424\N{NO-BREAK SPACE}requests/s"),
        (7272, True, 100, "3 times 2,424\N{NO-BREAK SPACE}requests/s"),
    ],
)
def test_an_answer_is_compared_with_a_ceiling(
    value: int, is_above: bool, percent: int, share: str
) -> None:
    ceiling = Ceiling(Fraction(2424), "requests/s", "a server", SERVER.source, "less", "more")
    verdict = Verdict(ceiling, Fraction(value))
    assert (verdict.is_above, verdict.percent, verdict.share) == (is_above, percent, share)


def test_the_sentence_depends_on_the_side_of_the_ceiling() -> None:
    postgres = CEILINGS[Measure.PEAK_WRITES][0]
    below, above = Verdict(postgres, Fraction(1157)), Verdict(postgres, Fraction(30_000))
    assert below.meaning == "one PostgreSQL primary does that; sharding is not forced"
    assert above.meaning == (
        "more than one PostgreSQL primary did: batch the writes, queue them, or shard"
    )


@pytest.mark.parametrize("figure", [SERVER, *{c for group in CEILINGS.values() for c in group}])
def test_every_figure_names_its_source_and_year(figure: PublishedFigure) -> None:
    assert figure.value > 0
    assert figure.source.name
    assert figure.source.address.startswith("https://")
    assert 2000 <= figure.source.year <= 2026
