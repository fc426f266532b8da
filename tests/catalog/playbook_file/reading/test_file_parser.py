"""Read playbook files of many shapes, and refuse those that cannot be used."""

from pathlib import Path

import pytest

from catalog.playbook_file.reading.decoding import SIZE_MAX
from catalog.playbook_file.reading.file_builder import ROWS_MAX
from catalog.playbook_file.reading.file_parser import read
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
    assert [str(note) for note in read(text.encode()).notes] == [
        "9: “Not a row” was left out: its section has a table.",
        "17: “Not a row either” was left out: its section has a table.",
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
        (b"## A\n\n- [Here](./here.md)\n", 0, "No table and no list has a row"),
        (table("Title", *["| A |"] * (ROWS_MAX + 1)).encode(), 0, "more than 30000 rows"),
    ],
)
def test_unusable_file_is_refused(content: bytes, line: int, reason: str) -> None:
    with pytest.raises(Unreadable) as refusal:
        read(content)
    note = refusal.value.reasons[0]
    assert note.line == line
    assert reason in note.text


def test_refusal_says_what_was_left_out() -> None:
    with pytest.raises(Unreadable) as refusal:
        read(b"## A\n\n- [Here](./here.md)\n\n[Home](https://example.org)\n")
    assert [str(reason) for reason in refusal.value.reasons] == [
        "0: No table and no list has a row that can be used.",
        "3: The link “./here.md” was left out.",
        "5: The link “https://example.org” was left out.",
    ]


@pytest.mark.parametrize(
    ("link", "reason"),
    [
        ("[Read](javascript:alert)", "http"),
        ("[Read](./a.md)", "http"),
        ("[Read](#a)", "http"),
        ("ftp://example.org", "http"),
        ("[x](data:text/html,x)", "http"),
        ("[x](https://me:pw@example.org)", "password"),
        ("[x](https://example.org:99999)", "link"),
        (f"[x](https://example.org/{'x' * 2000})", "2000"),
    ],
)
def test_row_with_an_unusable_link_comes_in_without_it(link: str, reason: str) -> None:
    file = read(table("Title|Link", f"| A | {link} |", f"| B | {URL} |").encode())
    assert [(row.title, row.url) for row in file.rows] == [("A", ""), ("B", URL)]
    (note,) = file.notes
    assert note.line == 5
    assert reason in note.text
    assert note.text.endswith("The row has no link.")


@pytest.mark.parametrize(
    ("head", "row", "line", "field", "length"),
    [
        ("Title", "| {} |", 5, "title", 250),
        ("Title|Summary", "| A | {} |", 5, "what_you_learn", 500),
        ("Title|Status", "| A | {} |", 5, "status", 50),
    ],
)
def test_long_text_is_cut_at_a_word(
    head: str, row: str, line: int, field: str, length: int
) -> None:
    long = "consistent hashing, " * 40
    file = read(table(head, row.format(long)).encode())
    (only,) = file.rows
    value = getattr(only, field, None) or only.values[field]
    assert len(value) <= length
    assert value.endswith(("hashing…", "consistent…"))
    (note,) = file.notes
    assert (note.line, note.text.endswith(f"It was cut to {length}.")) == (line, True)


def test_long_word_and_long_heading_are_cut() -> None:
    file = read(table("Title", f"| {'x' * 251} |", heading=f"## {'y' * 151}").encode())
    assert [section.heading for section in file.sections] == [f"{'y' * 149}…"]
    assert [row.title for row in file.rows] == [f"{'x' * 249}…"]
    assert [note.line for note in file.notes] == [1, 5]


def test_row_has_its_line_and_key() -> None:
    [row] = read(table("Title", "| A Title! |").encode()).rows
    assert row == FileRow(5, "A Title!", "", None)
    assert row.key == "title:a title"


def test_changelog_is_not_a_playbook() -> None:
    readme = Path(__file__).parents[4] / "CHANGELOG.md"
    with pytest.raises(Unreadable):
        read(readme.read_bytes())
