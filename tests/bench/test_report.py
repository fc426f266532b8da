"""A table says what was met, missed and failed, and the document is made of the figures kept."""

from dataclasses import asdict
from pathlib import Path

import pytest

from bench import document
from bench.compare import Figures, Ratio
from bench.report import Part, Results
from bench.rows import ComparedRow, GrowthRow, LimitRow, SingleRow

FIGURES = Figures(per_second=100, p50=5, p99=9, size=1000)


def row(kind: type[ComparedRow], ratio: float, bar: float | None) -> ComparedRow:
    return kind("SQLite", "A page", bar, FIGURES, FIGURES, Ratio(ratio, ratio - 0.1, ratio + 0.1))


@pytest.mark.parametrize(
    ("kind", "ratio", "result"),
    [
        (LimitRow, 0.85, "met"),
        (LimitRow, 0.84, "missed"),
        (GrowthRow, 0.85, "met"),
        (GrowthRow, 0.86, "missed"),
    ],
)
def test_a_bar_is_met_or_missed(kind: type[ComparedRow], ratio: float, result: str) -> None:
    cells = row(kind, ratio, 0.85).cells()
    assert len(cells) == len(kind.HEAD)
    spread = f"{ratio - 0.1:.2f}–{ratio + 0.1:.2f}"
    assert cells[-4:] == [f"{ratio:.2f}", spread, "0.85", result]


def test_without_a_bar_there_is_no_verdict() -> None:
    assert row(LimitRow, 1, None).cells()[-2:] == ["", ""]
    assert SingleRow("SQLite", "Memory", 90.26, "MB").cells()[-3:] == ["90.3 MB", "", ""]
    assert SingleRow("SQLite", "Memory", 131, "MB", 130).cells()[-2:] == ["130 MB", "missed"]


def part(*rows: ComparedRow) -> Part:
    cells = [row.cells() for row in rows]
    return Part("make it", "abc", "today", LimitRow.HEAD, cells, [asdict(row) for row in rows])


def test_failed_parts_differ_from_parts_not_measured_yet() -> None:
    failed = LimitRow("SQLite", "A page", 0.5, failure="it broke")
    missing = LimitRow("SQLite", "A page", 0.5, unavailable="no ETag")
    assert failed.cells()[-3:] == ["it broke", "0.5", "failed"]
    assert missing.cells()[-3:] == ["no ETag", "0.5", "missed"]
    assert part(missing, failed).has_failed
    assert not part(missing, row(LimitRow, 0.1, 0.5)).has_failed


def test_results_are_read_as_they_were_written(tmp_path: Path) -> None:
    results = Results({"Python": "3"}, {"limits": part(row(LimitRow, 1, 0.5))})
    results.write(tmp_path / "results.json")
    assert Results.read(tmp_path / "results.json") == results


def test_the_document_matches_the_stored_results() -> None:
    assert document.DOCUMENT.read_text() == document.rendered(Results.read(document.RESULTS))
