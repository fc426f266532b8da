"""Read tables with odd heads and odd rows."""

import pytest

from catalog.playbook_file.reading.file_parser import read
from tests.catalog.playbook_file.reading.test_file_parser import PUBLISHED, URL, rows, table


def notes(text: str) -> list[str]:
    return [str(note) for note in read(text.encode()).notes]


@pytest.mark.parametrize(
    ("head", "row", "title"),
    [
        ("Question|Reference(s)", f"| A | [Notes]({URL}) |", "A"),
        ("Question|Where to look", f"| A | [Notes]({URL}) |", "A"),
        ("Question|Where to look", f"| A | {URL} |", "A"),
        ("Title|Description", f"| A | [B]({URL}) |", "A"),
        ("Ask|Where", f"| Words | [A]({URL}) |", "A"),
        ("Ask|Where", f"| A | [Read]({URL}) |", "A"),
        ("Colour|Where", f"| A | {URL} |", "A"),
    ],
)
def test_only_column_with_links_is_the_link_column(head: str, row: str, title: str) -> None:
    text = table(head, row)
    assert [(r.title, r.url) for r in read(text.encode()).rows] == [(title, URL)]
    assert notes(text) == []


def test_links_that_are_left_out_are_named() -> None:
    text = table(
        "Title|Link|About|Status",
        f"| [A]({URL}1) | [Read]({URL}2), [More]({URL}3) | [B]({URL}4) | [{PUBLISHED}]({URL}5) |",
        f"| [C]({URL}6) | | | |",
    )
    assert [(r.title, r.url) for r in read(text.encode()).rows] == [
        ("A", f"{URL}2"),
        ("C", f"{URL}6"),
    ]
    assert notes(text) == [f"5: The link “{URL}{n}” was left out." for n in (1, 3, 4)]


def test_second_column_for_links_is_used_where_the_first_is_empty() -> None:
    text = table("Title|Read|Link", f"| A | | [x]({URL}1) |", f"| B | [y]({URL}2) | |")
    assert [r.url for r in read(text.encode()).rows] == [f"{URL}1", f"{URL}2"]


HEAD = "#|Title|Link|Description|Status"


@pytest.mark.parametrize("status", [PUBLISHED, "Published", "✅ Published"])
def test_stray_pipe_in_the_text_does_not_move_the_status(status: str) -> None:
    text = table(HEAD, f"| 1 | A | [Read]({URL}) | keys | to | nodes | {status} |")
    assert rows(text) == [
        ("A", URL, "keys | to | nodes", status if "✅" in status else "Published")
    ]
    assert notes(text) == [
        "5: The row has more cells than the table. “keys | to | nodes” was read as one cell."
    ]


def test_surplus_cells_make_no_status() -> None:
    text = table(HEAD, f"| 1 | A | [Read]({URL}) | keys | to | [nodes]({URL}2) |")
    assert rows(text) == [("A", URL, "keys", None)]
    assert notes(text) == [
        "5: The row has more cells than the table. The extra cells were skipped.",
        f"5: The link “{URL}2” was left out.",
    ]


def test_stray_pipe_in_a_last_text_column() -> None:
    text = table("Title|Summary", r"| A | B \| C | D |")
    assert rows(text) == [("A", "", "B | C | D", None)]
