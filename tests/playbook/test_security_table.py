"""The table of docs/security.md names each requirement of the standard, and tests that exist."""

import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.same_everywhere

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs/security.md").read_text()

# How many requirements of levels 1 and 2 each section of ASVS 5.0 has; they are its first ones.
COUNTS = """
1.1:2 1.2:9 1.3:11 1.4:3 1.5:2
2.1:3 2.2:3 2.3:4 2.4:1
3.2:2 3.3:4 3.4:6 3.5:5 3.7:2
4.1:3 4.2:1 4.3:2 4.4:4
5.1:1 5.2:3 5.3:2 5.4:3
6.1:3 6.2:12 6.3:4 6.4:4 6.5:5 6.6:3 6.8:4
7.1:3 7.2:4 7.3:2 7.4:5 7.5:2 7.6:2
8.1:2 8.2:3 8.3:1 8.4:1
V9:1
V10:1
11.1:2 11.2:3 11.3:3 11.4:4 11.5:1 11.6:1
12.1:3 12.2:2 12.3:4
13.1:1 13.2:5 13.3:2 13.4:5
14.1:2 14.2:4 14.3:3
15.1:3 15.2:3 15.3:7
16.1:1 16.2:5 16.3:4 16.4:3 16.5:3
V17:1
"""
REQUIREMENTS = {
    section: int(count) for section, count in (pair.split(":") for pair in COUNTS.split())
}


def named_requirements() -> list[str]:
    """Return what the first columns name: requirements, whole sections and whole chapters."""
    first_columns = re.findall(r"^\| ([V\d., ]+) \|", TEXT, re.MULTILINE)
    return [name for column in first_columns for name in column.split(", ")]


def test_each_requirement_has_one_row() -> None:
    named = named_requirements()
    expected = [
        f"{section}.{number}"
        for section, count in REQUIREMENTS.items()
        if section not in named
        for number in range(1, count + 1)
    ]
    without_whole_ones = [name for name in named if name not in REQUIREMENTS and name != "6.7"]
    assert sorted(without_whole_ones) == sorted(expected)


def test_each_named_test_exists() -> None:
    tests = "\n".join(path.read_text() for path in (ROOT / "tests").rglob("test_*.py"))
    existing = set(re.findall(r"def (test_\w+)", tests))
    assert set(re.findall(r"`(test_\w+)`", TEXT)) - existing == set()


def test_each_applicable_requirement_says_what_shows_it() -> None:
    table = TEXT.split("## What does not apply")[0]
    rows = [line for line in table.splitlines() if re.match(r"\| \d", line)]
    answered = r"`test_|^–$|^none: |^Django's own tests$"
    silent = [row for row in rows if not re.search(answered, row.split(" | ")[-1].strip(" |"))]
    assert silent == []
