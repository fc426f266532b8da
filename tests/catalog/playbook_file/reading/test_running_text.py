"""Read articles from lists, linked headings and numbered lines."""

import pytest

from catalog.playbook_file.reading.file_parser import read

Row = tuple[str, str, str]


def rows(text: str) -> list[Row]:
    """Return the title, the path of the address and what you'll learn of every row."""
    return [
        (
            row.title,
            row.url.removeprefix("https://example.org/"),
            str(row.values.get("what_you_learn", "")),
        )
        for row in read(text.encode()).rows
    ]


def item(text: str) -> list[Row]:
    return rows(f"## Storage\n\n- {text.replace('@', 'https://example.org/')}\n")


def notes(text: str) -> list[str]:
    return [str(note) for note in read(text.encode()).notes]


# --- Items of a list


@pytest.mark.parametrize(
    ("text", "description"),
    [
        ("[Logs](@log) by Lin", "by Lin"),
        ("[Logs](@log), appended only", "appended only"),
        ("[Logs](@log). Appended only.", "Appended only."),
        ("[Logs](@log): appended", "appended"),
        ("[Logs](@log); appended", "appended"),
        ("[Logs](@log) | appended", "appended"),
        ("[Logs](@log) → appended", "appended"),
        ("[Logs](@log) -> appended", "appended"),
        ("[Logs](@log) · appended", "appended"),
        ("[Logs](@log) -- appended –", "appended"),
        ("[Logs](@log) — appended", "appended"),
        ("[Logs](@log) \u2212 appended", "appended"),
        ("[Logs](@log) (appended only)", "appended only"),
        ("[Logs](@log) (new) by Lin (and Kai)", "(new) by Lin (and Kai)"),
        ("Appended ([Logs](@log))", ""),
        ("Appended ([Logs](@log), by Lin)", "by Lin"),
        ("[Logs](@log) .NET only", ".NET only"),
        ("Logs and more: [Logs](@log) – appended", "appended"),
        ("**[Logs](@log)**", ""),
        ("[ ] [Logs](@log) – appended", "appended"),
        ("📄 [`Logs`](@log) – *appended*", "appended"),
        ('<a href="@log">Logs</a> – appended', "appended"),
    ],
)
def test_description_begins_after_the_link(text: str, description: str) -> None:
    assert item(text) == [("Logs", "log", description)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Log storage [here](@log)", ("Log storage", "log", "")),
        ("Log storage – [Read more](@log)", ("Log storage", "log", "")),
        ("**Log storage** – appended only [Link](@log)", ("Log storage", "log", "appended only")),
        ("[Read](@log) – Log storage", ("Log storage", "log", "")),
        ("Log storage ([PDF](@log))", ("Log storage: PDF", "log", "")),
        ("[Slides](@log)", ("Slides", "log", "")),
        ("Log storage @log", ("Log storage", "log", "")),
        ("Log storage: @log – appended", ("Log storage", "log", "appended")),
        ("Log storage (@log).", ("Log storage", "log", "")),
        ("<@log>", ("https://example.org/log", "log", "")),
        ("@log", ("https://example.org/log", "log", "")),
        ("Kept: @Log_(a), appended", ("Kept", "Log_(a)", "appended")),
        ("Log storage: [example.org](@)", ("Log storage", "", "")),
        (
            "Once [example.org](@) has an answer, it is kept.",
            ("Once example.org has an answer, it is kept.", "", ""),
        ),
    ],
)  # fmt: skip
def test_title_is_never_only_a_pointer(text: str, expected: Row) -> None:
    assert item(text) == [expected]


def test_each_labelled_link_of_an_item_is_an_article() -> None:
    assert item("Talks on logs: [Part 1](@one) (long), [Part 2](@two)") == [
        ("Talks on logs: Part 1", "one", "long"),
        ("Talks on logs: Part 2", "two", ""),
    ]


def test_items_at_any_depth_are_articles() -> None:
    text = """## Storage

1. [Logs](https://example.org/1)
   - [Segments](https://example.org/2)
     * Deeper
       + [Offsets](https://example.org/3)
2. Words alone
   - [Trees](https://example.org/4)
- - [Heaps](https://example.org/5)

> - [Quoted](https://example.org/6)
"""
    assert [(title, path) for title, path, _learn in rows(text)] == [
        ("Logs", "1"),
        ("Segments", "2"),
        ("Offsets", "3"),
        ("Trees", "4"),
        ("Heaps", "5"),
        ("Quoted", "6"),
    ]
    assert notes(text) == []


def test_badges_and_other_pages_of_the_file_are_no_articles() -> None:
    text = """## Storage

- [![CI](https://example.org/ci.svg)](https://example.org/ci)
- ![Logo](https://example.org/logo.png) [![CI](https://example.org/ci.svg)](/ci) [Logs](https://example.org/log)
- [Above](#storage), then [Trees](https://example.org/tree) and [Heaps](https://example.org/heap)
- [Rules](RULES.md)
- [Mail](mailto:a@example.org)
"""
    assert rows(text) == [("Logs", "log", ""), ("Trees", "tree", "and Heaps")]
    assert notes(text) == [
        "3: The link “https://example.org/ci” was left out.",
        "4: The link “/ci” was left out.",
        "5: The link “#storage” was left out.",
        "5: The link “https://example.org/heap” was left out.",
        "6: The link “RULES.md” was left out.",
        "7: The link “mailto:a@example.org” was left out.",
    ]


def test_table_of_contents_is_not_noted() -> None:
    text = "## Contents\n- [A](#a)\n  - [B](#b)\n\n## A\n- [Logs](https://example.org/log)\n"
    assert (rows(text), notes(text)) == ([("Logs", "log", "")], [])


def test_links_elsewhere_are_noted_with_their_lines() -> None:
    text = """Made by [Lin](https://example.org/lin),
read by [Kai](https://example.org/kai).

- [Before](https://example.org/before)

## Storage [home](https://example.org/home)

- [Logs](https://example.org/log)

  > [Inside](https://example.org/inside)

<div>
  <a href="https://example.org/html">HTML</a> <a href="#storage">up</a>
</div>

| Name of it | Size of it | Where it is |
|---|---|---|
| [x](https://example.org/x) | [y](https://example.org/y) | there |
"""
    assert rows(text) == [("Logs", "log", "")]
    assert notes(text) == [
        "1: The link “https://example.org/lin” was left out.",
        "2: The link “https://example.org/kai” was left out.",
        "4: “Before” was left out: there is no heading above it.",
        "6: The link “https://example.org/home” was left out.",
        "10: The link “https://example.org/inside” was left out.",
        "13: The link “https://example.org/html” was left out.",
        "16: A table without a column for titles or links was skipped.",
        "18: The link “https://example.org/x” was left out.",
        "18: The link “https://example.org/y” was left out.",
    ]


def test_section_called_a_journey_can_have_a_list() -> None:
    text = "## A journey into storage\n- [Logs](https://example.org/log)\n"
    assert rows(text) == [("Logs", "log", "")]


# --- Linked headings and numbered lines


LINKED_HEADINGS = """# Reading

## Storage

### 1. [Logs](https://example.org/log) *(May 2025)*
*Appended only.*

More about logs.

### [Trees](https://example.org/tree) – balanced

### Heaps: [Read](https://example.org/heap)
- no link

## More

### [With a table](https://example.org/table)

| Title |
|---|
| Quorum |

## [Without a section](https://example.org/without)
"""


def test_linked_headings_are_articles_of_the_heading_above() -> None:
    file = read(LINKED_HEADINGS.encode())
    assert [
        (section.heading, [row.title for row in section.rows]) for section in file.sections
    ] == [
        ("Storage", ["Logs", "Trees", "Heaps"]),
        ("With a table", ["Quorum"]),
        ("Reading", ["Without a section"]),
    ]
    assert rows(LINKED_HEADINGS)[:3] == [
        ("Logs", "log", "Appended only."),
        ("Trees", "tree", "balanced"),
        ("Heaps", "heap", ""),
    ]
    assert notes(LINKED_HEADINGS) == ["17: The link “https://example.org/table” was left out."]


def test_linked_headings_without_any_other_get_a_section() -> None:
    text = "# [Logs](https://example.org/log)\nAppended.\n\n# [Trees](https://example.org/tree)\n"
    assert [section.heading for section in read(text.encode()).sections] == ["Articles"]
    assert rows(text) == [("Logs", "log", "Appended."), ("Trees", "tree", "")]


def test_linked_headings_stay_beside_a_table() -> None:
    text = "## Storage\n\n| Title |\n|---|\n| Quorum |\n\n### [Logs](https://example.org/log)\n"
    assert [title for title, _path, _learn in rows(text)] == ["Quorum", "Logs"]


def test_heading_without_text_makes_no_section() -> None:
    text = """# Storage

## [](https://example.org/none)

1️⃣ https://example.org/log

## [Trees](https://example.org/tree)
"""
    assert rows(text) == [
        ("https://example.org/none", "none", ""),
        ("https://example.org/log", "log", ""),
        ("Trees", "tree", ""),
    ]
    empty = "#\n\n1️⃣ <https://example.org/log>\n\n## [Trees](https://example.org/tree)\n"
    assert rows(empty) == [("Trees", "tree", "")]
    assert notes(empty) == [
        "3: “https://example.org/log” was left out: there is no heading above it."
    ]


def test_numbered_bold_lines_with_a_link_are_articles() -> None:
    text = """## Storage

**1. [Logs](https://example.org/log)**
Appended only.
**2. Trees** – balanced [Read](https://example.org/tree)

**#3** [Heaps](https://example.org/heap): ordered

4️⃣ **[Tries](https://example.org/trie)**

By letters.

Read **[this](https://example.org/this)** too.
"""
    assert rows(text) == [
        ("Logs", "log", "Appended only."),
        ("Trees", "tree", "balanced"),
        ("Heaps", "heap", "ordered"),
        ("Tries", "trie", "By letters."),
    ]
    assert notes(text) == ["13: The link “https://example.org/this” was left out."]
