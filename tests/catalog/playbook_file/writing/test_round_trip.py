"""Importing an export changes nothing, and exporting it again gives the same bytes."""

import csv
import io
import json
import string
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from django.core.management import call_command
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from catalog.catalog_data import CatalogData
from catalog.catalog_rows import ArticleData, EntryData, LayerData, SectionData, StatusData
from catalog.identity import title_key, url_key
from catalog.models import Article, Status
from catalog.playbook_file.matching.merge import merge
from catalog.playbook_file.reading.file_parser import read
from catalog.playbook_file.reading.parsed_file import Unreadable
from catalog.playbook_file.writing.formats import public, write
from catalog.stored_catalog import stored
from tests.catalog.playbook_file.matching.test_merge import as_stored

pytestmark = pytest.mark.same_everywhere

# Text as the forms accept it: no control characters, no white space at the ends.
CHARACTERS = st.characters(exclude_categories=("Cs", "Cc", "Cn"))
ODD = st.sampled_from(
    ["|", "\\|", "**", "_x_", "[a](b)", "`", "<b>", "&amp;", "#", "🏗", "⚡️", "مرحبا", "שלום", "‚Äì",
     "Ã©", "~~x~~", "![x](y)", "=1+1", "\u00a0", "👩‍👩‍👧", "https://example.org", ":--:", "1️⃣"]
)  # fmt: skip
TEXT = (
    st.lists(st.one_of(st.text(CHARACTERS, max_size=8), ODD), min_size=1, max_size=6)
    .map(lambda parts: "".join(parts).strip())
    .filter(bool)
)
SLUG_LETTERS = string.ascii_lowercase + string.digits
URLS = st.one_of(
    st.just(""),
    st.builds(
        "https://example.org/{}{}".format,
        st.text(SLUG_LETTERS + "()_*-~", min_size=1, max_size=12),
        st.sampled_from(["", "?a=1&amp=2", "?x=%7C", "#top", "/", "?q=a|b"]),
    ),
)
STATUSES = [
    StatusData("published", 1, "Published", "green", True, True),
    StatusData("in-review", 2, "In review", "amber", True, False),
    StatusData("draft", 3, "Draft", "grey", False, False),
    StatusData("odd", 4, "Soon | _maybe_ – ready-ish", "rose", True, False),
]


@st.composite
def catalogues(draw: st.DrawFn) -> CatalogData:
    titles = draw(st.lists(TEXT.map(lambda t: t[:80].strip()).filter(bool), min_size=1, max_size=3,
                           unique_by=title_key))  # fmt: skip
    layers = {
        f"layer-{n}": LayerData(f"layer-{n}", n, title, draw(st.one_of(st.just(""), TEXT)), "teal")
        for n, title in enumerate(titles, start=1)
    }
    articles: dict[str, ArticleData] = {}
    keys: set[str] = set()
    for number in range(draw(st.integers(1, 6))):
        url, title = draw(URLS), draw(TEXT)
        key = url_key(url) if url else title_key(title)
        if key in keys:
            continue
        keys.add(key)
        uuid = str(UUID(int=number + 1))
        status = draw(st.sampled_from(STATUSES)).slug
        articles[uuid] = ArticleData(uuid, f"article-{number}", title, url, status, (key,))
    sections: dict[str, SectionData] = {}
    entries: dict[int, EntryData] = {}
    by_layer = [(layer, draw(st.integers(0, 2))) for layer in layers]
    for layer, count in by_layer:
        for _ in range(count):
            number = len(sections) + 1
            emoji = draw(st.sampled_from(["", "🏗", "⚡️", "1️⃣", "A"]))
            slug = f"section-{number}"
            sections[slug] = SectionData(
                slug, layer, number, emoji, draw(TEXT)[:100].strip() or "x"
            )
            places: set[tuple[str, str]] = set()
            for uuid in draw(st.lists(st.sampled_from(sorted(articles)), max_size=4)):
                article = articles[uuid]
                # An article without a link is identified by its title alone.
                title = (
                    draw(st.one_of(st.just(article.title), TEXT)) if article.url else article.title
                )
                if (uuid, title) in places:
                    continue
                places.add((uuid, title))
                pk = len(entries) + 1
                learn = draw(st.one_of(st.just(""), TEXT))
                entries[pk] = EntryData(pk, slug, uuid, len(places), title, learn)
    return CatalogData(layers, sections, {s.slug: s for s in STATUSES}, articles, entries)


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(catalogues())
def test_import_of_an_export_changes_nothing(catalogue: CatalogData) -> None:
    assume(catalogue.entries)
    text = write(catalogue, "markdown")
    file = read(text.encode())
    assert file.notes == []
    merged = merge(catalogue, file)
    assert merged.questions == []
    assert merged.after == catalogue
    assert write(merged.after, "markdown") == text


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(catalogues())
def test_import_into_an_empty_catalogue_exports_the_same_file(catalogue: CatalogData) -> None:
    """Everything a file says is kept and exported again."""
    everything_public = replace(
        catalogue,
        statuses={
            slug: replace(status, is_public=True) for slug, status in catalogue.statuses.items()
        },
    )
    assume(everything_public.entries)
    # A row without a link joins the linked article of its title.
    linked = {
        title_key(entry.title): article.uuid
        for _s, entry, article in everything_public.places()
        if article.url
    }
    assume(
        all(
            title_key(entry.title) not in linked
            for _s, entry, article in everything_public.places()
            if not article.url
        )
    )
    text = write(everything_public, "markdown")
    empty = CatalogData(statuses=everything_public.statuses)
    after = merge(empty, read(text.encode())).after
    assert merge(after, read(text.encode())).after == after
    rows = [(entry.title, article.url) for _s, entry, article in everything_public.places()]
    again = [(entry.title, article.url) for _s, entry, article in after.places()]
    assert again == rows


# --- Any Markdown

WORDS = st.sampled_from(
    ["logs", "Read", "Part 1", "here", "a | b", "**bold**", "(see", "1.", "→", "–", "example.org",
     "‚Üí", "Trees of keys", "#", "x" * 260, "<b>", "`code`", "Journey", "1️⃣", "&nbsp;", "[", "~~"]
)  # fmt: skip
PHRASE = st.lists(WORDS, max_size=3).map(" ".join)
TARGET = st.sampled_from(
    ["https://example.org/log", "https://example.org/tree#/a", "https://example.org/x_(y)?q=a|b",
     "https://medium.com/@a/logs-aaaaaaaaaaa1", "https://example.org./log", "#logs", "LOGS.md"]
)  # fmt: skip
LINK = st.one_of(
    st.builds("[{}]({})".format, PHRASE, TARGET),
    st.builds("<{}>".format, TARGET),
    TARGET,
    st.builds('<a href="{}">{}</a>'.format, TARGET, PHRASE),
    st.builds("[![{}](https://example.org/b.svg)]({})".format, PHRASE, TARGET),
)
RUN = st.builds("{} {} {}".format, PHRASE, st.one_of(LINK, st.just("")), PHRASE)
ITEM = st.builds("{}{} {}".format, st.sampled_from(["", "  ", "    "]), st.sampled_from("-*1"), RUN)
CELL = st.one_of(PHRASE, LINK, st.just(""))
HEADS = st.sampled_from(
    [
        "Title | Link | Status",
        "# | Question | Reference(s)",
        "What | Where",
        "Title | Summary",
        "Link",
    ]
)
BLOCK = st.one_of(
    st.builds("{} {}".format, st.sampled_from(["#", "##", "###"]), RUN),
    st.builds("### 1. {} (May 2025)\n*{}*".format, LINK, PHRASE),
    st.builds("**1. {}** {}".format, LINK, PHRASE),
    st.lists(ITEM, min_size=1, max_size=4).map(
        lambda items: "\n".join(item.replace("1 ", "1. ", 1) for item in items)
    ),
    st.builds(
        lambda head, rows: "\n".join(
            [f"| {head} |", "|" + "---|" * (head.count("|") + 1)]
            + [f"| {' | '.join(row)} |" for row in rows]
        ),
        HEADS,
        st.lists(st.lists(CELL, min_size=1, max_size=4), max_size=3),
    ),
    RUN,
)
MARKDOWN = st.lists(BLOCK, max_size=6).map(
    lambda blocks: "\n\n".join(["## A section", *blocks, "- [Last](https://example.org/last)"])
)


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(MARKDOWN)
def test_any_markdown_comes_back_from_its_export(text: str) -> None:
    try:
        file = read(text.encode())
    except Unreadable:
        assume(False)
    after = as_stored(merge(CatalogData(), file).after)
    assert merge(after, file).after == after
    exported = write(after, "markdown")
    again = merge(after, read(exported.encode()))
    assert again.after == after
    assert again.questions == []
    assert write(again.after, "markdown") == exported
    fresh = as_stored(merge(CatalogData(), read(exported.encode())).after)
    assert write(fresh, "markdown") == exported


@pytest.mark.usefixtures("playbook")
class TestShipped:
    def test_exported_file_is_imported_without_changes(
        self, capsys: pytest.CaptureFixture[str], tmp_path: Any
    ) -> None:
        call_command("export_playbook")
        text = capsys.readouterr().out
        before = stored()
        file = tmp_path / "playbook.md"
        file.write_text(text)
        call_command("import_playbook", str(file))
        assert "Nothing has changed" in capsys.readouterr().out
        assert stored() == before
        assert "- [🏗 Fundamentals" in text.replace("  - ", "- ")

    def test_json_has_every_entry(self) -> None:
        content = json.loads(write(stored(), "json"))
        assert len(content["entries"]) == 43
        assert [layer["title"] for layer in content["layers"]][:2] == [
            "Foundation Layer",
            "Data Mastery",
        ]

    def test_csv_has_no_formulas(self) -> None:
        article = Article.objects.listed()[0]
        article.entries.update(title='=HYPERLINK("http://evil.example")', what_you_learn="\t+1")
        rows = list(csv.DictReader(io.StringIO(write(stored(), "csv"))))
        assert len(rows) == 43
        cells = [cell for row in rows for cell in row.values()]
        assert not [cell for cell in cells if cell.lstrip("\t\r\n ")[:1] in set("=+-@")]
        assert '\'=HYPERLINK("http://evil.example")' in cells

    def test_public_export_has_no_drafts(self) -> None:
        article = Article.objects.listed()[0]
        article.status = Status.objects.get(slug="draft")
        article.save()
        article.entries.update(title="Not to be known yet")
        everything = stored()
        for format_ in ("markdown", "json", "csv"):
            assert "Not to be known yet" in write(everything, format_)
            assert "Not to be known yet" not in write(public(everything), format_)
            assert article.slug not in write(public(everything), format_)

    def test_import_of_the_public_file_retires_no_draft(self) -> None:
        article = Article.objects.listed()[0]
        article.status = Status.objects.get(slug="draft")
        article.save()
        before = stored()
        file = read(write(public(before), "markdown").encode())
        assert merge(before, file).after == before
