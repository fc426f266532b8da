"""Cases travel in the JSON file: out and in, with preview, undo and history."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from catalog.cases.models import Case
from catalog.catalog_data import CatalogData
from catalog.history.records import records_of
from catalog.merging import merge_articles
from catalog.models import Article
from catalog.playbook_file.matching.merge import merge
from catalog.playbook_file.models import Revision, packed
from catalog.playbook_file.reading.file_parser import read
from catalog.playbook_file.reading.parsed_file import Unreadable
from catalog.playbook_file.revisions.applying import apply
from catalog.playbook_file.revisions.planning import Plan, plan, prepare, prepare_undo
from catalog.playbook_file.revisions.restoring import restore
from catalog.playbook_file.writing.formats import public, write
from catalog.stored_catalog import stored
from tests.catalog.admin_pages import save, text_of
from tests.catalog.cases.conftest import PARTS

pytestmark = pytest.mark.same_everywhere
Add = Callable[..., Case]
Content = dict[str, Any]


@pytest.fixture
def cases(add: Add) -> list[Case]:
    """Return three cases, the last of them retired."""
    made = [add(title) for title in ("Ticket booking", "Online forum", "Log platform")]
    made[2].retire()
    return made


def exported() -> Content:
    content: Content = json.loads(write(stored(), "json"))
    return content


def prepared(content: Content, user: User | None = None) -> Revision:
    return prepare(json.dumps(content).encode(), "playbook.json", user)


def imported(content: Content, user: User | None = None) -> tuple[Revision, Plan]:
    revision = prepared(content, user)
    return revision, apply(revision)


def changes(made: Plan) -> list[tuple[str, str, str, str]]:
    return [
        (row.title, str(change.kind), change.old, change.new)
        for row in made.difference.cases
        for change in row.changes
    ]


def current() -> list[tuple[int, str]]:
    return list(Case.objects.current().in_order().values_list("number", "title"))


def test_import_of_an_export_changes_nothing(cases: list[Case]) -> None:
    text, before = write(stored(), "json"), stored()
    revision = prepare(text.encode(), "playbook.json", None)
    assert not apply(revision).difference
    assert (Revision.objects.count(), stored()) == (0, before)
    assert write(stored(), "json") == text


def test_an_export_has_every_part_and_the_articles_by_their_links(cases: list[Case]) -> None:
    booking, forum = exported()["cases"]
    assert (booking["title"], forum["title"]) == ("Ticket booking", "Online forum")
    assert booking["slug"] == "ticket-booking"
    assert booking["stages"] == PARTS["stage_lines"]
    assert booking["twist_minute"] == 25
    assert [article["link"] for article in booking["articles"]] == [
        Article.objects.get(slug=slug).url for slug in ("ticket-booking-system", "payment-wallet")
    ]
    assert len(booking) == len(PARTS) + 3


def test_an_installation_without_cases_gets_them(cases: list[Case]) -> None:
    """The articles of a different installation have other titles: their links are recognised."""
    file = read(write(stored(), "json").encode())
    now = stored()
    slugs = {uuid: f"a-{number}" for number, uuid in enumerate(now.articles)}
    articles = {uuid: replace(row, slug=slugs[uuid]) for uuid, row in now.articles.items()}
    after = merge(replace(now, articles=articles, cases={}), file).after
    booking, forum = (after.cases or {}).values()
    assert (booking.number, booking.slug, forum.number) == (1, "ticket-booking", 2)
    assert [article.title for article in after.articles_of(booking)] == [
        Article.objects.get(slug=slug).title for slug in PARTS["article_lines"].split()
    ]
    new = merge(CatalogData(statuses=now.statuses, prompts={}, cases={}), file).after
    assert [case.article_lines for case in (new.cases or {}).values()] == [
        PARTS["article_lines"]
    ] * 2


def test_cases_are_added_changed_ordered_and_retired(cases: list[Case], editor: User) -> None:
    content = exported()
    booking, forum = content["cases"]
    new = {**booking, "uuid": str(uuid4()), "slug": "", "title": "Code execution"}
    content["cases"] = [new, {**forum, "twist": "The law changes.", "twist_minute": 30}]
    revision, made = imported(content, editor)
    assert current() == [(1, "Code execution"), (2, "Online forum")]
    added = Case.objects.get(title="Code execution")
    assert (added.slug, added.article_lines) == ("code-execution", PARTS["article_lines"])
    assert [change for change in changes(made) if change[0] == "Online forum"] == [
        ("Online forum", "twist", PARTS["twist"], "The law changes."),
        ("Online forum", "twist", "25", "30"),
    ]
    assert ("Ticket booking", "retired", "Ticket booking", "Ticket booking") in changes(made)
    assert ("Code execution", "new", "", "Code execution") in changes(made)
    assert "3 cases changed" in made.summary
    kinds = records_of(Case).exclude(history_date__lt=revision.apply_began_at)
    assert sorted(kinds.values_list("title", "history_type")) == [
        ("Code execution", "+"),
        ("Online forum", "~"),
        ("Ticket booking", "~"),
    ]
    assert not apply(prepare(write(stored(), "json").encode(), "again.json", None)).difference


def test_a_new_order_alone_is_a_change(cases: list[Case]) -> None:
    content = exported()
    content["cases"].reverse()
    _revision, made = imported(content)
    assert current() == [(1, "Online forum"), (2, "Ticket booking")]
    assert sorted(changes(made)) == [
        ("Online forum", "renumbered", "2", "1"),
        ("Ticket booking", "renumbered", "1", "2"),
    ]


def test_a_known_uuid_keeps_the_case_and_its_slug(cases: list[Case]) -> None:
    content = exported()
    content["cases"][0] |= {"title": "Seats", "slug": "seats"}
    imported(content)
    cases[0].refresh_from_db()
    assert (cases[0].title, cases[0].slug, Case.objects.count()) == ("Seats", "ticket-booking", 3)


@pytest.mark.parametrize("change", [{"slug": "log-platform", "title": "Logs"}, {"slug": ""}])
def test_a_retired_case_comes_back_by_its_slug_or_title(cases: list[Case], change: Content) -> None:
    content = exported()
    row = {**content["cases"][0], "title": "log PLATFORM", **change}
    del row["uuid"]
    content["cases"].append(row)
    imported(content)
    cases[2].refresh_from_db()
    assert (cases[2].is_retired, cases[2].number, Case.objects.count()) == (False, 3, 3)


def test_a_file_without_cases_leaves_them_as_they_are(cases: list[Case]) -> None:
    content = exported()
    del content["cases"]
    assert not imported(content)[1].difference
    content["cases"] = []
    imported(content)
    assert current() == []
    markdown = apply(prepare(write(stored(), "markdown").encode(), "playbook.md", None))
    assert not markdown.difference


def test_a_part_that_the_file_lacks_stays(cases: list[Case]) -> None:
    content = exported()
    for name in ("trade_offs", "articles", "twist_minute"):
        del content["cases"][0][name]
    assert not imported(content)[1].difference
    content["cases"][0]["trade_offs"] = ""
    imported(content)
    cases[0].refresh_from_db()
    assert (cases[0].trade_offs, cases[0].article_lines) == ("", PARTS["article_lines"])


# --- Articles of cases


def test_a_retired_article_is_not_exported_and_stays(cases: list[Case]) -> None:
    Article.objects.get(slug="ticket-booking-system").retire()
    content = exported()
    booking = content["cases"][0]
    assert len(booking["articles"]) == 1
    assert not imported(content)[1].difference
    booking["articles"].append({"title": "Caching", "link": Article.objects.exclude(url="")[5].url})
    imported(content)
    cases[0].refresh_from_db()
    assert cases[0].article_slugs == [
        "payment-wallet",
        Article.objects.exclude(url="")[5].slug,
        "ticket-booking-system",
    ]


def test_a_merged_article_is_exported_as_the_one_that_is_kept(cases: list[Case]) -> None:
    kept, duplicate = (
        Article.objects.get(slug=slug) for slug in ("payment-wallet", "ticket-booking-system")
    )
    merge_articles(kept, duplicate)
    content = exported()
    assert [row["title"] for row in content["cases"][0]["articles"]] == [kept.title]
    assert not imported(content)[1].difference


def test_an_article_that_is_unknown_is_left_out_with_a_note(cases: list[Case]) -> None:
    content = exported()
    content["cases"][1]["articles"] += [{"title": "Else", "link": "https://example.org/else"}]
    _revision, made = imported(content)
    assert not made.difference
    (note,) = made.merge.notes
    assert "The case “Online forum” names “Else”, which is not an article." in note.text


def test_an_article_of_the_same_file_is_named(cases: list[Case]) -> None:
    content = exported()
    entry = {**content["entries"][0], "title": "Seats", "link": "https://example.org/seats"}
    content["entries"].append(entry)
    content["cases"][0]["articles"] = [
        {"title": "Seats", "link": "https://example.org/seats?utm_source=x"}
    ]
    imported(content)
    cases[0].refresh_from_db()
    assert cases[0].article_lines == Article.objects.get(title="Seats").slug


# --- Undo, preview and refusals


def test_undo_restores_the_cases_from_before(cases: list[Case], editor: User) -> None:
    content, before = exported(), current()
    content["cases"] = [
        {**content["cases"][1], "twist": "New."},
        {**content["cases"][0], "uuid": "", "slug": "", "title": "X"},
    ]
    revision, _made = imported(content, editor)
    undo = prepare_undo(revision, editor)
    assert ("X", "retired", "X", "X") in changes(plan(undo))
    apply(undo)
    assert current() == before
    assert Case.objects.get(slug="online-forum").twist == PARTS["twist"]


def test_undo_names_a_later_change_of_a_case(
    cases: list[Case], client: Client, editor: User
) -> None:
    content = exported()
    content["cases"][0]["twist"] = "New."
    revision, _made = imported(content, editor)
    save(client, cases[0], brief="One thing. Another thing.")
    page = client.post(revision.get_absolute_url(), {"_undo": "1"}, follow=True)
    assert "Changed since by editor" in text_of(page)
    assert "Brief. Undoing reverts this too." in text_of(page)


def test_a_revision_from_before_cases_leaves_them_alone(cases: list[Case]) -> None:
    now = stored()
    then = replace(now, cases=None)
    assert restore(now, then, then).after.cases == now.cases
    assert b'"cases"' not in json.dumps(then.as_json()).encode()
    assert Revision(catalogue_before=packed(then)).before == then
    assert Revision(catalogue_before=packed(now)).before == now


def test_the_preview_shows_what_changes(cases: list[Case], client: Client) -> None:
    content = exported()
    content["cases"][0]["twist"] = "Two regions are lost. Sales go on."
    client.post(reverse("admin:playbook_file_revision_add"), {"text": json.dumps(content)})
    page = text_of(client.get(Revision.objects.get().get_absolute_url()))
    assert "Case Ticket booking Twist" in page
    assert "1 case changed" in page


def test_what_everybody_downloads_has_no_cases(cases: list[Case]) -> None:
    assert len(json.loads(write(stored(), "json"))["cases"]) == 2
    assert "cases" not in json.loads(write(public(stored()), "json"))
    for name in ("csv", "markdown"):
        assert "May a seat be sold twice?" not in write(stored(), name)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"brief": "Short."}, "The case “Ticket booking” cannot be used: brief: The brief has 1"),
        ({"brief": None}, "brief: This field cannot be blank."),
        ({"title": ""}, "title: This field cannot be blank."),
        ({"stages": "Lunch: 45"}, "stages: “Lunch: 45” is not a stage with its minutes"),
        ({"interface": "a" * 10_001}, "The interface has 10001 characters; 10000 are possible."),
        (
            {"twist_minute": 60},
            "minute of the twist: Ensure this value is less than or equal to 44",
        ),
        ({"twist_minute": "25"}, "“twist_minute” must be a number."),
        ({"rubric": ["Interface"]}, "“rubric” must be a text."),
        ({"twist": "A\0"}, "“twist” has a character that cannot be stored."),
        ({"uuid": "7"}, "“7” is not a UUID."),
        ({"slug": "no slug"}, "slug: Enter a valid “slug”"),
        ({"articles": "payment-wallet"}, "“articles” must be a list."),
        ({"articles": [{}]}, "An article of a case needs a title or a link."),
        ({"articles": [{"link": "javascript:x"}]}, "is not a link that begins with http"),
    ],
)
def test_a_case_that_cannot_be_used_is_refused_with_its_line(
    cases: list[Case], change: Content, reason: str
) -> None:
    before, content = stored(), exported()
    content["cases"][0] |= change
    text = json.dumps(content, indent=2)
    with pytest.raises(Unreadable) as refused:
        apply(prepare(text.encode(), "playbook.json", None))
    note = next(note for note in refused.value.reasons if reason in note.text)
    first_line = text[: text.index('"cases": [')].count("\n") + 2
    assert (note.line, stored()) == (first_line, before)


def test_a_file_with_too_many_cases_is_refused(cases: list[Case]) -> None:
    content = exported()
    content["cases"] = [{}] * 501
    with pytest.raises(Unreadable, match="at most 500 cases"):
        imported(content)


def test_the_uuid_of_a_file_is_kept(cases: list[Case]) -> None:
    content, mine = exported(), uuid4()
    content["cases"].append({**content["cases"][0], "uuid": str(mine), "title": "Mine", "slug": ""})
    imported(content)
    assert Case.objects.get(title="Mine").uuid == UUID(str(mine))
