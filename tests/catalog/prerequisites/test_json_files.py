"""Prerequisites and reading minutes travel in playbook files: out and in, with preview and undo."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from catalog.history.records import records_of
from catalog.merging import merge_articles
from catalog.models import Article
from catalog.playbook_file.matching.decisions import Undecidable
from catalog.playbook_file.models import Revision, packed
from catalog.playbook_file.reading.parsed_file import Unreadable
from catalog.playbook_file.revisions.applying import apply
from catalog.playbook_file.revisions.planning import Plan, prepare, prepare_undo
from catalog.playbook_file.revisions.restoring import restore
from catalog.playbook_file.writing.formats import public, write
from catalog.prerequisites.models import Prerequisite
from catalog.stored_catalog import stored
from tests.catalog.admin_pages import save, text_of
from tests.catalog.prerequisites.conftest import A, B, C, D, article

pytestmark = pytest.mark.same_everywhere
Require = Callable[..., Prerequisite]
Content = dict[str, Any]


def exported() -> Content:
    content: Content = json.loads(write(stored(), "json"))
    return content


def row_of(content: Content, slug: str) -> Content:
    row: Content = next(row for row in content["entries"] if row["slug"] == slug)
    return row


def imported(content: Content, user: User | None = None) -> tuple[Revision, Plan]:
    revision = prepare(json.dumps(content).encode(), "playbook.json", user)
    return revision, apply(revision)


def changes(made: Plan) -> list[tuple[str, str, str, str]]:
    return [
        (row.slug, str(change.kind), change.old, change.new)
        for row in made.difference.articles
        for change in row.changes
    ]


def current() -> list[tuple[str, str, str]]:
    rows = Prerequisite.objects.current().order_by("pk")
    return list(rows.values_list("article__slug", "requires__slug", "reason"))


def test_import_of_an_export_changes_nothing(require: Require) -> None:
    require(B, A)
    require(C, B).retire()
    article(C).save()
    Article.objects.filter(slug=C).update(reading_minutes=16)
    text, before = write(stored(), "json"), stored()
    assert not apply(prepare(text.encode(), "playbook.json", None)).difference
    assert (write(stored(), "json"), stored()) == (text, before)
    (row,) = row_of(exported(), B)["requires"]
    assert (row["title"], row["link"]) == (article(A).title, article(A).url)
    assert row["reason"] == "it needs that"
    assert row_of(exported(), C)["requires"] == []


def test_they_are_added_changed_and_retired(require: Require, editor: User) -> None:
    kept, gone = require(B, A), require(C, A)
    content = exported()
    row_of(content, B)["requires"][0]["reason"] = "it needs more"
    row_of(content, C)["requires"] = []
    row_of(content, D)["requires"] = [{"link": article(C).url, "reason": "it needs the wallet"}]
    revision, made = imported(content, editor)
    assert current() == [(B, A, "it needs more"), (D, C, "it needs the wallet")]
    assert sorted(changes(made)) == [
        (C, "not required", article(A).title, ""),
        (D, "required", "", f"{article(C).title}: it needs the wallet"),
        (B, "reason", "it needs that", "it needs more"),
    ]
    assert "1 with new prerequisites" in made.summary
    kinds = records_of(Prerequisite).filter(history_date__gte=revision.apply_began_at)
    assert sorted(kinds.values_list("history_type", flat=True)) == ["+", "~", "~"]
    apply(prepare_undo(revision, editor))
    assert current() == [(B, A, "it needs that"), (C, A, "it needs that")]
    assert Prerequisite.objects.get(pk=gone.pk).is_retired is False
    assert Prerequisite.objects.get(pk=kept.pk).reason == "it needs that"


def test_an_undo_keeps_what_is_current_and_leaves_out_what_would_close_a_cycle(
    require: Require, editor: User
) -> None:
    require(B, A)
    require(A, C)
    content = exported()
    row_of(content, B)["requires"] = []
    revision, _made = imported(content, editor)
    merge_articles(article(B), article(C))
    assert current() == [(A, B, "it needs that")]
    apply(prepare_undo(revision, editor))
    assert current() == [(A, B, "it needs that")]


@pytest.mark.parametrize(
    ("asked_for_c", "after"), [(True, [(C, A, "it needs that")]), (False, [(C, A, "it needs b")])]
)
def test_an_undo_after_a_merge_restores_what_the_merge_did_not_leave_out(
    require: Require, editor: User, asked_for_c: bool, after: list[tuple[str, str, str]]
) -> None:
    if asked_for_c:
        require(C, A)
    require(B, A, "it needs b")
    content = exported()
    row_of(content, B)["requires"] = []
    revision, _made = imported(content, editor)
    merge_articles(article(C), article(B))
    apply(prepare_undo(revision, editor))
    assert current() == after


def test_a_uuid_that_another_prerequisite_has_is_not_taken_from_it(require: Require) -> None:
    first = require(B, A)
    content = exported()
    link, uuid = article(A).url, str(first.uuid)
    row_of(content, C)["requires"] = [{"link": link, "reason": "it needs more", "uuid": uuid}]
    imported(content)
    assert current() == [(B, A, "it needs that"), (C, A, "it needs more")]


def test_a_file_that_says_nothing_leaves_them(require: Require) -> None:
    require(B, A)
    content = exported()
    for row in content["entries"]:
        row.pop("requires", None)
    assert not imported(content)[1].difference
    assert not apply(prepare(write(stored(), "markdown").encode(), "a.md", None)).difference


def test_one_on_an_article_that_readers_do_not_see_stays(require: Require) -> None:
    require(B, A)
    article(A).retire()
    assert not imported(exported())[1].difference


def test_a_cycle_is_refused_in_words(require: Require) -> None:
    require(B, A)
    content = exported()
    row_of(content, A)["requires"] = [{"link": article(C).url, "reason": "it needs the wallet"}]
    row_of(content, C)["requires"] = [{"link": article(B).url, "reason": "it needs part two"}]
    with pytest.raises(Undecidable) as refused:
        imported(content)
    cycle = [article(slug).title for slug in (C, B, A, C)]
    names = " → ".join(f"“{title}”" for title in cycle)
    assert str(refused.value) == f"These prerequisites would form a cycle: {names}."
    assert current() == [(B, A, "it needs that")]


def test_an_unknown_article_and_the_article_itself_are_named(require: Require) -> None:
    content = exported()
    row_of(content, C)["requires"] = [
        {"link": "https://example.org/else", "title": "Else", "reason": "it needs that"},
        {"link": article(C).url, "reason": "it needs itself"},
    ]
    _revision, made = imported(content)
    assert not made.difference
    assert [note.text for note in made.merge.notes] == [
        f"“{article(C).title}” requires “Else”, which is not an article. It was left out.",
        f"“{article(C).title}” requires itself. That was left out.",
    ]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"requires": [{"reason": "it needs x"}]}, "needs the title or the link of an article."),
        ({"requires": [{"title": "A"}]}, "The prerequisite “A” cannot be used: This field cannot"),
        ({"requires": [{"title": "A", "reason": "x" * 201}]}, "201 characters; 200 are possible."),
        ({"requires": [{"title": "A", "reason": "x", "uuid": "7"}]}, "“7” is not a UUID."),
        ({"requires": "A"}, "“requires” must be a list."),
        ({"requires": [{"title": "A", "reason": "x"}] * 101}, "at most 100 prerequisites."),
        ({"reading_minutes": 0}, "“0” cannot be used as Reading minutes."),
        ({"reading_minutes": 601}, "“601” cannot be used as Reading minutes."),
        ({"reading_minutes": "16"}, "“reading_minutes” must be a number."),
    ],
)
def test_what_cannot_be_used_is_refused(require: Require, change: Content, reason: str) -> None:
    content = exported()
    row_of(content, C).update(change)
    with pytest.raises(Unreadable) as refused:
        imported(content)
    assert reason in str(refused.value)


def test_a_revision_from_before_them_leaves_them_alone(require: Require) -> None:
    require(B, A)
    Article.objects.filter(slug=C).update(reading_minutes=16)
    now = stored()
    old = replace(now, prerequisites=None).as_json()
    for row in old["articles"]:
        del row["reading_minutes"]
    then = type(now).from_json(json.loads(json.dumps(old)))
    assert restore(now, then, then).after == now
    assert Revision(catalogue_before=packed(now)).before == now


def test_what_everybody_downloads_names_no_article_that_only_editors_see(require: Require) -> None:
    require(B, A)
    require(C, B)
    hidden = article(A)
    hidden.status = type(hidden.status).objects.get(slug="draft")
    hidden.save()
    text = write(public(stored()), "json")
    rows = {row["slug"]: row.get("requires") for row in json.loads(text)["entries"]}
    assert (rows[B], [each["title"] for each in rows[C] or ()]) == ([], [article(B).title])
    assert hidden.title not in text


def test_reading_minutes_travel_in_every_format(require: Require, editor: User) -> None:
    assert "Minutes" not in write(stored(), "markdown")
    content = exported()
    assert row_of(content, C)["reading_minutes"] is None
    row_of(content, C)["reading_minutes"] = 16
    revision, made = imported(content, editor)
    assert changes(made) == [(C, "minutes", "", "16")]
    assert article(C).reading_minutes == 16
    text = write(stored(), "markdown")
    assert "| What You’ll Learn | Minutes | Status |" in text
    assert not apply(prepare(text.encode(), "playbook.md", None)).difference
    apply(prepare(text.replace("| 16 |", "| 18 min |").encode(), "playbook.md", None))
    assert article(C).reading_minutes == 18
    notes = apply(prepare(text.replace("| 16 |", "| soon |").encode(), "a.md", None)).merge.notes
    assert "“soon” cannot be used as Reading minutes. It was skipped." in str(notes)
    header, *rows = write(stored(), "csv").splitlines()
    assert header.endswith(",reading_minutes")
    assert [row for row in rows if row.endswith(",18")] != []
    apply(prepare_undo(revision, editor))
    assert article(C).reading_minutes is None


def test_undo_names_a_later_change(require: Require, client: Client, editor: User) -> None:
    client.force_login(editor)
    row = require(B, A)
    content = exported()
    row_of(content, B)["requires"][0]["reason"] = "it needs more"
    revision, _made = imported(content, editor)
    assert save(client, row, reason="it needs less").status_code == 302
    page = client.post(revision.get_absolute_url(), {"_undo": "1"}, follow=True)
    assert "Changed since by editor" in text_of(page)
    assert "Reason. Undoing reverts this too." in text_of(page)
