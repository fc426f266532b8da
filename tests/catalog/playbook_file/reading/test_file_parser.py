"""Read playbook files of many shapes, and refuse those that cannot be used."""

from pathlib import Path

import pytest

from catalog.playbook_file.reading.decoding import SIZE_MAX
from catalog.playbook_file.reading.file_parser import ROWS_MAX, read
from catalog.playbook_file.reading.parsed_file import FileLayer, FileRow, Unreadable

URL = "https://example.org/a"
PUBLISHED = "![Published](https://img.shields.io/badge/Status-Published-brightgreen)"


def rows(text: str) -> list[tuple[str, str, str | None, str | None]]:
    """Return the title, address, what you'll learn and status of every row."""
    rows = read(text.encode()).rows
    return [(row.title, row.url, row.values.get("what_you_learn"), row.status) for row in rows]


def table(head: str, *body: str, heading: str = "## A section") -> str:
    line = "|".join("---" for _cell in head.split("|"))
    return "\n".join([heading, "", f"|{head}|", f"|{line}|", *body, ""])


@pytest.mark.parametrize(
    ("head", "row", "expected"),
    [
        (
            " # | Title | Link | What You’ll Learn | Status ",
            f"| 1 | **A title** | [Read]({URL}) | Queues | {PUBLISHED} |",
            ("A title", URL, "Queues", "Published"),
        ),
        (
            " Status | Description | URL | 📝 Title | #️⃣ ",
            f"| ✅ Live | *Queues* | <{URL}> | A `title` | 1 |",
            ("A title", URL, "Queues", "✅ Live"),
        ),
        (" Article | Date ", f"| [A title]({URL}) | 2024 |", ("A title", URL, None, None)),
        (" Topic | Link ", f"| A title | [[Read Here]]({URL}) |", ("A title", URL, None, None)),
        (" Name | Read ", f"| A title | {URL} |", ("A title", URL, None, None)),
        (" Title | Link ", "| A title | Read Here |", ("A title", "", None, None)),
        (" Title | Link ", f'| A title | <a href="{URL}">Read</a> |', ("A title", URL, None, None)),
        (" Title | Link ", "| A title |", ("A title", "", None, None)),
        (" Link ", f"| [A title]({URL}) |", ("A title", URL, None, None)),
        (" Title | Summary ", r"| A \| B | C \| D |", ("A | B", "", "C | D", None)),
        (
            " Title | Status ",
            "| A title | ![](https://img.shields.io/badge/Status-In_re--view-orange) |",
            ("A title", "", None, "In re-view"),
        ),
        (
            " Title | Status ",
            "| A title | ![](https://img.shields.io/badge/Status-Li%00ve-green) |",
            ("A title", "", None, "Li\ufffdve"),
        ),
        (
            " Title | Status ",
            '| A title | <img alt="Status: Planned" src="x.svg"> |',
            ("A title", "", None, "Planned"),
        ),
    ],
)
def test_a_table_row_is_parsed_into_fields(
    head: str, row: str, expected: tuple[str, str, str | None, str | None]
) -> None:
    assert rows(table(head, row)) == [expected]


@pytest.mark.parametrize("level", range(1, 7))
def test_headings_of_any_level_make_sections(level: int) -> None:
    heading = f"{'#' * level} 🏗 Fundamentals"
    file = read(table("Title", "| A |", heading=heading).encode())
    assert [section.heading for section in file.sections] == ["🏗 Fundamentals"]


def test_list_of_links_is_read_in_a_section_without_a_table() -> None:
    text = f"""## A list
- [One]({URL}1) – Queues
- **[Two]({URL}2)**
- no link

<div>between</div>

## A table
- [Not a row]({URL}3)

{table("Title", "| Three |", heading="")}
- [Not a row either]({URL}4)
"""
    assert rows(text) == [
        ("One", f"{URL}1", "Queues", None),
        ("Two", f"{URL}2", None, None),
        ("Three", "", None, None),
    ]


def test_layers_are_read_from_the_journey_and_not_from_the_contents() -> None:
    text = f"""# A playbook
**Your Journey:**
1️⃣ **Foundation Layer** – Core & more
2️⃣ **Data**

## Table of Contents
- [🏗 One](#-one)

## 1️⃣ Foundation Layer
{table("Title", "| A |", heading="### 🏗 One")}
{table("Title", "| B |", heading="## Two")}
"""
    file = read(text.encode())
    first = FileLayer(3, 1, "Foundation Layer", "Core & more")
    assert file.layers == [first, FileLayer(4, 2, "Data", "")]
    assert [(section.heading, section.layer) for section in file.sections] == [
        ("🏗 One", first),
        ("Two", None),
    ]


def test_journey_can_be_a_numbered_list() -> None:
    text = f"## The journey\n1. **One** – first\n2. **Two**: second\n\n{table('Title', '| A |')}"
    assert [(x.number, x.title, x.tagline) for x in read(text.encode()).layers] == [
        (1, "One", "first"),
        (2, "Two", "second"),
    ]


@pytest.mark.parametrize(("digits", "number"), [("12", 12), ("32767", 32767), ("0042", 42)])
def test_number_can_have_several_keycaps(digits: str, number: int) -> None:
    assert read(journey(digits)).layers[0].number == number


@pytest.mark.parametrize("digits", ["32768", "9" * 5000])
def test_number_out_of_range_makes_no_layer(digits: str) -> None:
    assert read(journey(digits)).layers == []


def journey(digits: str) -> bytes:
    keycaps = "".join(f"{digit}\ufe0f\u20e3" for digit in digits)
    return f"**Your Journey:**\n\n{keycaps} **A layer**\n\n{table('Title', '| A |')}".encode()


def test_skipped_parts_are_noted_with_their_lines() -> None:
    text = f"""| Title |
|---|
| Nowhere |

## A section

| Colour | Size |
|---|---|
| red | 1 |

| Title | Link |
|---|---|
| A | {URL} | one | too many |
|  | {URL} |
"""
    file = read(text.encode())
    assert [row.title for row in file.rows] == ["A"]
    assert [(note.line, note.text) for note in file.notes] == [
        (1, "A table without a heading above it was skipped."),
        (7, "A table without a column for titles or links was skipped."),
        (13, "The row has more cells than the table. The extra cells were skipped."),
        (14, "A row without a title was skipped."),
    ]


@pytest.mark.parametrize(
    ("content", "line", "reason"),
    [
        (b"", 0, "No table and no list has a row"),
        (b"# Only words\n", 0, "No table and no list has a row"),
        (b"ok\n\xff\n", 2, "not UTF-8"),
        (b"x" * (SIZE_MAX + 1), 0, "larger than 5 MB"),
        (table("Title|Link", "| A | [Read](javascript:alert) |").encode(), 5, "http"),
        (table("Title|Link", "| A | [Read](./a.md) |").encode(), 5, "http"),
        (table("Title|Link", "| A | ftp://example.org |").encode(), 5, "http"),
        (table("Title|Link", "| A | [x](https://me:pw@example.org) |").encode(), 5, "password"),
        (table("Title|Link", "| A | [x](https://example.org:99999) |").encode(), 5, "link"),
        (table("Title", f"| {'x' * 251} |").encode(), 5, "limit is 250"),
        (table("Title", "| A |", heading=f"## {'x' * 151}").encode(), 1, "limit is 150"),
        (table("Title", *["| A |"] * (ROWS_MAX + 1)).encode(), 0, "more than 30000 rows"),
    ],
)
def test_unusable_file_is_refused(content: bytes, line: int, reason: str) -> None:
    with pytest.raises(Unreadable) as refusal:
        read(content)
    [note] = refusal.value.reasons
    assert note.line == line
    assert reason in note.text


def test_one_bad_link_refuses_the_whole_file() -> None:
    text = table("Title|Link", f"| A | {URL} |", "| B | [x](data:text/html,x) |")
    with pytest.raises(Unreadable) as refusal:
        read(text.encode())
    assert [note.line for note in refusal.value.reasons] == [6]


def test_row_has_its_line_and_key() -> None:
    [row] = read(table("Title", "| A Title! |").encode()).rows
    assert row == FileRow(5, "A Title!", "", None)
    assert row.key == "title:a title"


def test_changelog_is_not_a_playbook() -> None:
    readme = Path(__file__).parents[4] / "CHANGELOG.md"
    with pytest.raises(Unreadable):
        read(readme.read_bytes())
