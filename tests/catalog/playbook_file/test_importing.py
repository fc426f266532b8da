"""What one file after another makes of the catalogue, where that is easily got wrong."""

import pytest

from catalog.catalog_data import stored
from catalog.merging import merge_articles
from catalog.models import Article, Section, Status
from catalog.playbook_file.models import Revision
from catalog.playbook_file.revisions.applying import apply
from catalog.playbook_file.revisions.planning import Plan, prepare, prepare_undo

pytestmark = pytest.mark.django_db

A, B, C = (f"https://example.org/{name}" for name in "abc")


def bring_in(*sections: tuple[str, list[tuple[str, str]]]) -> Plan:
    """A file with these sections: each a title and rows, each a title and an address."""
    lines = ["# A playbook", ""]
    for heading, rows in sections:
        lines += [f"## {heading}", "", "| Title | Link |", "|---|---|"]
        lines += [*(f"| {title} | {url} |" for title, url in rows), ""]
    return apply(prepare("\n".join(lines).encode(), "playbook.md", None))


def listed() -> dict[str, list[str]]:
    """The titles of every section's rows."""
    now = stored()
    return {
        section.title: [entry.title for entry in now.current_of.get(section.slug, ())]
        for section in now.journey
    }


def test_an_article_listed_by_two_keys_keeps_its_address() -> None:
    bring_in(("One", [("Caching", A), ("Queues", C)]))
    article = Article.objects.get(title="Caching")
    article.aliases.create(key="url:example.org/b")
    made = bring_in(("One", [("Caching", A), ("Caches", B), ("Queues", C)]))
    article.refresh_from_db()
    assert article.url == A
    assert (made.merge.matched, made.difference.article_count) == (2, 2)


def test_a_row_without_a_link_leaves_the_one_of_another_row() -> None:
    bring_in(("One", [("Caching", "")]))
    bring_in(("One", [("Caching", A)]))
    bring_in(("One", [("Caching", A)]), ("Two", [("Caching", ""), ("Queues", C)]))
    article = Article.objects.get(title="Caching")
    assert article.url == A
    assert listed() == {"One": ["Caching"], "Two": ["Caching", "Queues"]}


def test_a_section_that_comes_back_has_the_rows_of_the_file() -> None:
    bring_in(("One", [("Caching", A), ("Sharding", B)]), ("Two", [("Queues", C)]))
    Section.objects.get(title="One").retire()
    rows = ("One", [("Caching", A)]), ("Two", [("Queues", C)])
    bring_in(*rows)
    assert listed() == {"One": ["Caching"], "Two": ["Queues"]}
    assert Article.objects.get(title="Sharding").is_retired
    assert not bring_in(*rows).difference


def test_undo_leaves_the_link_that_a_later_merge_gave() -> None:
    bring_in(("One", [("Caching", ""), ("Caches", B)]))
    bring_in(("One", [("Caching", ""), ("Caches", B), ("Queues", C)]))
    kept, duplicate = (Article.objects.get(title=title) for title in ("Caching", "Caches"))
    merge_articles(kept, duplicate)
    apply(prepare_undo(Revision.objects.latest("pk"), None))
    kept.refresh_from_db()
    assert kept.url == B
    assert listed() == {"One": ["Caching", "Caches"]}


def test_undo_leaves_the_key_that_a_later_merge_gave() -> None:
    bring_in(("One", [("Caching", A), ("Queues", C)]))
    rows = ("One", [("Caching", A), ("A cache", B), ("Queues", C)])
    bring_in(rows)
    caching, cache = (Article.objects.get(title=title) for title in ("Caching", "A cache"))
    merge_articles(caching, cache)
    apply(prepare_undo(Revision.objects.applied()[0], None))
    assert caching.aliases.filter(key="url:example.org/b").exists()
    bring_in(rows)
    assert Article.objects.filter(title="A cache").count() == 1
    assert listed() == {"One": ["Caching", "A cache", "Queues"]}
    assert {entry.article_id for entry in caching.entries.all()} == {caching.pk}


def test_a_word_that_is_no_status_is_told_and_goes_with_the_undo() -> None:
    file = "## One\n\n| Title | Link | Status |\n|---|---|---|\n| Caching | {} | {} |\n"
    apply(prepare(file.format(A, "Published").encode(), "a.md", None))
    made = apply(prepare(file.format(A, "Pubished").encode(), "b.md", None))
    known = Status.objects.exclude(label="Pubished").values_list("label", flat=True)
    already = ", ".join(f"“{label}”" for label in known)
    words = (
        "“Pubished” is a new status, which does not count towards progress; there are %s already."
    )
    assert [(note.line, note.text) for note in made.merge.notes] == [(5, words % already)]
    apply(prepare_undo(Revision.objects.applied()[0], None))
    assert not Status.objects.filter(label="Pubished").exists()
    assert Article.objects.get().status.label == "Published"


def test_a_preview_shows_all_of_a_new_article() -> None:
    bring_in(("One", [("Caching", A)]))
    made = bring_in(("One", [("Caching", A), ("Queues", C)]))
    (changed,) = made.difference.articles
    assert [(change.kind.label, change.new) for change in changed.told] == [
        ("New", "Queues"),
        ("Link", C),
        ("Status", "Published"),
        ("In", "One"),
    ]
    assert made.difference.counts == {"new": 1}
