"""Several imports, merges and undos in sequence: cases that are easy to get wrong."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from catalog.merging import merge_articles
from catalog.models import Article, Section, Status
from catalog.playbook_file.matching.decisions import Decisions
from catalog.playbook_file.models import OpenQuestion, Revision
from catalog.playbook_file.revisions.applying import apply
from catalog.playbook_file.revisions.planning import Plan, prepare, prepare_undo
from catalog.stored_catalog import stored
from progress.models import State

pytestmark = pytest.mark.django_db

A, B, C = (f"https://example.org/{name}" for name in "abc")


def import_file(
    *sections: tuple[str, list[tuple[str, str]]], decisions: Decisions | None = None
) -> Plan:
    """Import these sections: pairs of heading and rows, which are pairs of title and address."""
    lines = ["# A playbook", ""]
    for heading, rows in sections:
        lines += [f"## {heading}", "", "| Title | Link |", "|---|---|"]
        lines += [*(f"| {title} | {url} |" for title, url in rows), ""]
    return apply(prepare("\n".join(lines).encode(), "playbook.md", None, decisions))


def listed() -> dict[str, list[str]]:
    """Return the titles of the entries by section."""
    now = stored()
    return {
        section.title: [entry.title for entry in now.current_of.get(section.slug, ())]
        for section in now.journey
    }


def test_an_article_listed_by_two_keys_keeps_its_address() -> None:
    import_file(("One", [("Caching", A), ("Queues", C)]))
    article = Article.objects.get(title="Caching")
    article.aliases.create(key="url:example.org/b")
    applied = import_file(("One", [("Caching", A), ("Caches", B), ("Queues", C)]))
    article.refresh_from_db()
    assert article.url == A
    assert (applied.merge.matched, applied.difference.article_count) == (2, 2)


def test_row_without_a_link_keeps_the_link_of_another_row() -> None:
    import_file(("One", [("Caching", "")]))
    import_file(("One", [("Caching", A)]))
    import_file(("One", [("Caching", A)]), ("Two", [("Caching", ""), ("Queues", C)]))
    article = Article.objects.get(title="Caching")
    assert article.url == A
    assert listed() == {"One": ["Caching"], "Two": ["Caching", "Queues"]}


def test_restored_section_has_the_rows_of_the_file() -> None:
    import_file(("One", [("Caching", A), ("Sharding", B)]), ("Two", [("Queues", C)]))
    Section.objects.get(title="One").retire()
    rows = ("One", [("Caching", A)]), ("Two", [("Queues", C)])
    import_file(*rows)
    assert listed() == {"One": ["Caching"], "Two": ["Queues"]}
    assert Article.objects.get(title="Sharding").is_retired
    assert not import_file(*rows).difference


def test_undo_keeps_the_link_of_a_later_merge() -> None:
    import_file(("One", [("Caching", ""), ("Caches", B)]))
    import_file(("One", [("Caching", ""), ("Caches", B), ("Queues", C)]))
    kept, duplicate = (Article.objects.get(title=title) for title in ("Caching", "Caches"))
    merge_articles(kept, duplicate)
    apply(prepare_undo(Revision.objects.latest("pk"), None))
    kept.refresh_from_db()
    assert kept.url == B
    assert listed() == {"One": ["Caching", "Caches"]}


def test_undo_keeps_the_key_of_a_later_merge() -> None:
    import_file(("One", [("Caching", A), ("Queues", C)]))
    rows = ("One", [("Caching", A), ("A cache", B), ("Queues", C)])
    import_file(rows)
    caching, cache = (Article.objects.get(title=title) for title in ("Caching", "A cache"))
    merge_articles(caching, cache)
    apply(prepare_undo(Revision.objects.applied()[0], None))
    assert caching.aliases.filter(key="url:example.org/b").exists()
    import_file(rows)
    assert Article.objects.filter(title="A cache").count() == 1
    assert listed() == {"One": ["Caching", "A cache", "Queues"]}
    assert {entry.article_id for entry in caching.entries.all()} == {caching.pk}


def test_unknown_status_is_noted_and_removed_by_undo() -> None:
    file = "## One\n\n| Title | Link | Status |\n|---|---|---|\n| Caching | {} | {} |\n"
    apply(prepare(file.format(A, "Published").encode(), "a.md", None))
    applied = apply(prepare(file.format(A, "Pubished").encode(), "b.md", None))
    known = Status.objects.exclude(label="Pubished").values_list("label", flat=True)
    already = ", ".join(f"“{label}”" for label in known)
    message = (
        "“Pubished” is a new status. It does not count towards progress. "
        "The existing statuses are %s."
    )
    assert [(note.line, note.text) for note in applied.merge.notes] == [(5, message % already)]
    apply(prepare_undo(Revision.objects.applied()[0], None))
    assert not Status.objects.filter(label="Pubished").exists()
    assert Article.objects.get().status.label == "Published"


def test_all_fields_of_a_new_article_are_shown() -> None:
    import_file(("One", [("Caching", A)]))
    applied = import_file(("One", [("Caching", A), ("Queues", C)]))
    (changed,) = applied.difference.articles
    assert [(change.kind.label, change.new) for change in changed.distinct_changes] == [
        ("New", "Queues"),
        ("Link", C),
        ("Status", "Published"),
        ("In", "One"),
    ]
    assert applied.difference.counts == {"new": 1}


def test_everything_is_computed_before_the_catalogue_is_locked() -> None:
    text = f"## One\n\n| Title | Link |\n|---|---|\n| Caching | {A} |\n"
    revision = prepare(text.encode(), "playbook.md", None)
    with CaptureQueriesContext(connection) as queries:
        apply(revision)
    statements = [query["sql"] for query in queries]
    locked_at = next(n for n, sql in enumerate(statements) if sql.startswith("SAVEPOINT"))
    is_read = ['FROM "catalog_alias"' in sql and sql.startswith("SELECT") for sql in statements]
    assert sum(is_read[:locked_at]) == 1
    assert not any("progress_state" in sql for sql in statements[locked_at:])


# --- Articles that turn out to be one


def import_two_that_are_one(
    learner: User, decisions: Decisions | None = None
) -> tuple[Article, Article]:
    """Import two planned articles, of which the second is done, then one link for both."""
    import_file(("One", [("Pushing", ""), ("Fan-out", ""), ("Queues", C)]))
    done = Article.objects.get(title="Fan-out")
    State.objects.create(user=learner, article=done, state="done")
    rows = [("Pushing", A), ("Fan-out", A), ("Queues", C)]
    import_file(("One", rows), decisions=decisions)
    kept = Article.objects.get(title="Pushing")
    done.refresh_from_db()
    return kept, done


def test_articles_that_get_one_link_wait_for_a_decision(learner: User) -> None:
    kept, done = import_two_that_are_one(learner)
    question = OpenQuestion.objects.waiting().get()
    assert (question.article, [*question.candidates.all()]) == (kept, [done])
    assert (done.is_retired, done.merged_into) == (True, None)
    merge_articles(kept, done)
    assert [(s.article, s.state) for s in State.objects.all()] == [(kept, "done")]
    assert not OpenQuestion.objects.waiting().exists()


@pytest.mark.parametrize("decisions", [{"merge:fan-out": "fan-out"}, {"*": "same"}])
def test_articles_that_get_one_link_are_merged(learner: User, decisions: Decisions) -> None:
    kept, done = import_two_that_are_one(learner, decisions)
    assert done.merged_into == kept
    assert [(s.article, s.state) for s in State.objects.all()] == [(kept, "done")]
    assert listed() == {"One": ["Pushing", "Fan-out", "Queues"]}
    assert not OpenQuestion.objects.exists()
    revision = Revision.objects.latest("pk")
    assert revision.after == stored()
    apply(prepare_undo(revision, None))
    assert [(s.article, s.state) for s in State.objects.all()] == [(kept, "done")]
    assert not Article.objects.get(pk=kept.pk).is_retired


def test_article_can_be_asked_about_again(learner: User) -> None:
    kept, done = import_two_that_are_one(learner)
    OpenQuestion.objects.update(answered_at=done.retired_at)
    import_file(("One", [("Pushing", A), ("Fan-out", A), ("Queues", A)]))
    question = OpenQuestion.objects.waiting().get()
    queues = Article.objects.get(title="Queues")
    assert question.article == kept
    assert {*question.candidates.all()} == {queues}
