"""The playbook that ships, compared with the public file in tests/data/."""

import re
from pathlib import Path
from typing import NamedTuple

import pytest

from catalog import catalog_version
from catalog.models import Alias, Article, Entry, Layer, Section, Status
from tests import rows

PLAYBOOK = Path(__file__).parent.parent / "data" / "playbook.md"
HEADING = re.compile(r"^## (\S+) (.+?)\s*$")
ROW = re.compile(
    r"^\| (\d+) \| \*\*(.+)\*\* \| \[Read\]\((\S+)\)\s+\| (.+) \| !\[(.+?)\]\(\S+\) \|$"
)

pytestmark = pytest.mark.usefixtures("playbook")


class Line(NamedTuple):
    emoji: str
    section: str
    number: int
    title: str
    url: str
    what_you_learn: str
    status: str


def lines_of_the_file() -> list[Line]:
    lines, emoji, section = [], "", ""
    for text in PLAYBOOK.read_text(encoding="utf-8").splitlines():
        if heading := HEADING.match(text):
            emoji, section = heading.groups()
        elif row := ROW.match(text):
            number, title, url, learn, status = row.groups()
            lines.append(Line(emoji, section, int(number), title, url, learn, status))
    return lines


def test_the_file_is_read_in_full() -> None:
    lines = lines_of_the_file()
    assert len(lines) == PLAYBOOK.read_text(encoding="utf-8").count("[Read](") == 43


def test_every_row_of_the_file_ships_unchanged_and_in_order() -> None:
    entries = Entry.objects.listed().in_journey_order()
    assert [
        Line(
            entry.section.emoji,
            entry.section.title,
            entry.number,
            entry.title,
            entry.article.url,
            entry.what_you_learn,
            entry.article.status.label,
        )
        for entry in entries
    ] == lines_of_the_file()


def test_the_playbook_has_43_entries_of_39_articles() -> None:
    models = (Layer, Section, Status, Article, Entry, Alias)
    assert [model.objects.count() for model in models] == [4, 12, 4, 39, 43, 39]


def test_the_layers_are_the_journey_of_the_file() -> None:
    text = PLAYBOOK.read_text(encoding="utf-8")
    journey = re.findall(r"^(\d)️⃣ \*\*(.+)\*\* – (.+?)\s*$", text, re.MULTILINE)
    assert [
        (str(layer.number), layer.title, layer.tagline) for layer in Layer.objects.all()
    ] == journey


def test_each_section_has_its_layer() -> None:
    by_layer = [
        (layer.title, [section.title.split(",")[0] for section in layer.sections.all()])
        for layer in Layer.objects.all()
    ]
    assert by_layer == [
        ("Foundation Layer", ["Fundamentals & Core Building Blocks"]),
        (
            "Data Mastery",
            [
                "Database Design & High-Throughput Patterns",
                "Caching",
                "Async",
                "Distributed Query",
            ],
        ),
        ("Scale & Reliability", ["Feeds", "Security", "Load Balancing", "Real-Time Detection"]),
        (
            "Domain Expertise",
            [
                "Code Execution",
                "Domain Case Studies (Product Architectures)",
                "Agent Era & Next-Gen Architectures",
            ],
        ),
    ]


def test_statuses_define_what_is_public_and_countable() -> None:
    assert list(Status.objects.values_list("label", "is_public", "is_countable")) == [
        ("Published", True, True),
        ("In review", True, False),
        ("Draft", False, False),
        ("Planned", True, False),
    ]


def test_the_shipped_aliases_are_the_keys_of_the_articles() -> None:
    for article in Article.objects.prefetch_related("aliases"):
        assert [alias.key for alias in article.aliases.all()] == [article.key]


def test_four_articles_are_listed_twice() -> None:
    listed_twice = [
        sorted(article.entries.values_list("title", flat=True))
        for article in Article.objects.order_by("pk")
        if article.entries.count() == 2
    ]
    assert sorted(listed_twice) == [
        [
            "Deep Dive into 1M RPS API Design",
            "High Throughput Reads/Writes (Read-Write Separation)",
        ],
        ["Distributed Task Scheduling Service", "Distributed Task Scheduling Service"],
        ["Fan-Out-on-Write (Blueprint)", "System Design Twitter: Scaling Timeline Writes"],
        [
            "Rethinking DB Access: Zero-Trust & IAM Tokens",
            "Rethinking Database Access: Zero-Trust & IAM",
        ],
    ]


def test_the_copied_database_equals_a_fresh_load(shipped_rows: rows.Rows) -> None:
    assert rows.read_catalog() == shipped_rows
    tables = [table for table in catalog_version.TABLES if table.startswith("catalog_")]
    assert [len(shipped_rows[table]) for table in tables] == [
        4,
        12,
        4,
        39,
        43,
    ]
    assert catalog_version.current()
