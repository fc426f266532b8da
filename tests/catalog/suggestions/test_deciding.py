"""Tests of accepting and declining suggestions."""

import re
from html import escape, unescape
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from catalog.history.records import records_of
from catalog.merging import merge_articles
from catalog.models import Article, Entry, Section, Status
from catalog.suggestions.models import Suggestion
from tests.catalog.admin_pages import listed, messages, text_of

pytestmark = pytest.mark.usefixtures("playbook")

QUEUE = "/admin/suggestions/suggestion/"
NEW = "https://example.org/how-a-lock-works"


@pytest.fixture
def editing(client: Client, editor: User) -> Client:
    client.force_login(editor)
    return client


@pytest.fixture
def second(db: None) -> Client:
    """Return a client signed in as a second editor."""
    user = User.objects.create_user("second", "second@example.org", "an-editor's-password")
    user.is_staff = True
    user.save()
    user.groups.add(Group.objects.get(name="Editors"))
    client = Client()
    client.force_login(user)
    return client


def suggested(learner: User, **values: Any) -> Suggestion:
    values = {"kind": "article", "title": "How a lock works", "url": NEW, **values}
    return Suggestion.objects.create(learner=learner, **values)


def correction(learner: User, slug: str = "payment-wallet", **values: Any) -> Suggestion:
    article = Article.objects.get(slug=slug)
    values = {"kind": "correction", "title": "", "url": "", "article": article, **values}
    return suggested(learner, **values)


def page(suggestion: Suggestion, name: str) -> str:
    return reverse(f"admin:suggestions_suggestion_{name}", args=[suggestion.pk])


def post(client: Client, suggestion: Suggestion, name: str, **data: Any) -> Any:
    return client.post(page(suggestion, name), data, follow=True)


def filled_in(response: Any) -> dict[str, Any]:
    form = response.context["adminform"].form
    values = {field.html_name: field.value() for field in form}
    return {name: "" if value is None else value for name, value in values.items()}


def edit(client: Client, suggestion: Suggestion, **changes: Any) -> Any:
    whole = filled_in(client.get(page(suggestion, "edit")))
    return client.post(page(suggestion, "edit"), {**whole, **changes}, follow=True)


def errors(response: Any) -> dict[str, list[str]]:
    form_errors = response.context["adminform"].form.errors.items()
    return {name: [str(error) for error in listed_errors] for name, listed_errors in form_errors}


def rows(slug: str) -> list[tuple[int, str]]:
    section = Section.objects.get(slug=slug)
    return list(section.entries.current().values_list("number", "title"))


def facts() -> tuple[Any, ...]:
    """Return everything that a decision could change."""
    return (
        list(Article.objects.order_by("pk").values_list("pk", "title", "url", "status__slug")),
        list(Entry.objects.order_by("pk").values_list("pk", "number", "title", "retired_at")),
        list(Suggestion.objects.order_by("pk").values_list("pk", "decision", "reason", "article")),
    )


# --- The queue


def test_the_admin_front_page_counts_and_links_waiting_suggestions(
    editing: Client, learner: User
) -> None:
    first, other = suggested(learner), suggested(learner, title="Another", url=f"{NEW}-2")
    suggested(learner, url=f"{NEW}-3", decision="declined", decided_at=timezone.now())
    front = editing.get(reverse("admin:index")).content.decode()
    assert re.findall(
        rf'<a href="{QUEUE}">\s*<span class="queue-count">(\d+)</span>\s*Suggestions', front
    ) == ["2"]
    response = editing.get(QUEUE)
    assert response.context["cl"].result_count == 2
    assert listed(response) == [str(first), str(other)]


@pytest.mark.parametrize(
    ("decision", "titles"),
    [
        ("accepted", ["Taken"]),
        ("declined", ["Not taken"]),
        ("all", ["Open", "Taken", "Not taken"]),
        ("nonsense", ["Open"]),
    ],
)
def test_decided_suggestions_can_be_filtered(
    editing: Client, learner: User, decision: str, titles: list[str]
) -> None:
    now = timezone.now()
    suggested(learner, title="Open")
    suggested(learner, title="Taken", decision="accepted", decided_at=now)
    suggested(learner, title="Not taken", decision="declined", decided_at=now)
    response = editing.get(QUEUE, {"decision": decision}, follow=True)
    assert listed(response) == titles


def test_the_number_of_queries_does_not_grow_with_the_queue(editing: Client, learner: User) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert editing.get(QUEUE).status_code == 200
        return len(queries)

    section = Section.objects.get(slug="caching")
    correction(learner, section=section)
    editing.get(QUEUE)
    few = count()
    for number in range(8):
        suggested(learner, url=f"{NEW}-{number}", section=section)
        correction(learner, notes=str(number))
    assert count() == few


def test_suggestions_are_read_only(editing: Client, learner: User) -> None:
    section = Section.objects.get(slug="caching")
    suggestion = suggested(learner, notes="Because\nof it.", section=section)
    address = page(suggestion, "change")
    text = text_of(editing.get(address))
    for message in (
        "An article",
        "How a lock works",
        NEW,
        "Because of it.",
        "learner",
        section.title,
    ):
        assert message in text
    before = facts()
    assert editing.post(address, {"title": "Mine now"}).status_code == 403
    assert editing.get(f"{QUEUE}add/").status_code == 403
    assert editing.get(page(suggestion, "delete")).status_code == 403
    assert facts() == before


@pytest.mark.same_everywhere
def test_titles_are_escaped(editing: Client, learner: User) -> None:
    evil = "<script>alert(1)</script>"
    suggestion = suggested(learner, title=evil, notes=evil)
    pages = [QUEUE, *(page(suggestion, name) for name in ("change", "edit", "decline"))]
    pages_html = [editing.get(address).content.decode() for address in pages]
    pages_html += [post(editing, suggestion, "accept").content.decode()]
    for html in pages_html:
        assert evil not in html
        assert escape(evil) in html


@pytest.mark.same_everywhere
@pytest.mark.parametrize("name", ["accept", "edit", "decline"])
def test_only_editors_decide_on_suggestions(client: Client, learner: User, name: str) -> None:
    suggestion = suggested(learner)
    clerk = User.objects.create_user("clerk", "clerk@example.org", "a-clerk's-password")
    clerk.is_staff = True
    clerk.save()
    clerk.user_permissions.add(Permission.objects.get(codename="view_suggestion"))
    before = facts()
    for user, status in ((None, 302), (learner, 302), (clerk, 403)):
        if user:
            client.force_login(user)
        for answer in (
            client.get(page(suggestion, name)),
            client.post(page(suggestion, name), {"reason": "No."}),
        ):
            assert answer.status_code == status
    html = client.get(page(suggestion, "change")).content.decode()
    assert page(suggestion, name) not in html
    assert facts() == before


def test_the_permission_can_be_revoked_and_granted_again(db: None) -> None:
    migration = import_module("catalog.suggestions.migrations.0002_editors")
    theirs = Permission.objects.filter(group__name="Editors", content_type__app_label="suggestions")
    given = {"view_suggestion", "change_suggestion"}
    for change, codenames in (
        (migration.forbid_editors, set()),
        (migration.permit_editors, given),
        (migration.permit_editors, given),
    ):
        change(apps, connection.schema_editor())
        assert set(theirs.values_list("codename", flat=True)) == codenames


def test_an_unknown_suggestion_returns_404(editing: Client) -> None:
    for name in ("accept", "edit", "decline"):
        assert editing.post(f"{QUEUE}999/{name}/", {"reason": "No."}).status_code == 404


def test_get_requests_decide_nothing(editing: Client, learner: User) -> None:
    suggestion = suggested(learner)
    before = facts()
    for name in ("accept", "edit", "decline"):
        assert editing.get(page(suggestion, name), follow=True).status_code == 200
    assert facts() == before


# --- Accept


def test_accepting_creates_a_draft_at_the_end_of_the_section(
    editing: Client, editor: User, learner: User
) -> None:
    before = rows("caching")
    suggestion = suggested(learner, section=Section.objects.get(slug="caching"))
    response = post(editing, suggestion, "accept")
    article = Article.objects.get(title="How a lock works")
    assert (article.url, article.status.slug) == (NEW, "draft")
    assert [alias.key for alias in article.aliases.all()] == ["url:example.org/how-a-lock-works"]
    assert rows("caching") == [*before, (len(before) + 1, "How a lock works")]
    suggestion.refresh_from_db()
    assert (suggestion.decision, suggestion.article) == ("accepted", article)
    assert suggestion.decided_by == editor
    assert suggestion.decided_at is not None
    assert messages(response)[0].startswith("Accepted: ")
    address = reverse("admin:catalog_article_change", args=[article.pk])
    assert f'<a href="{address}">' in messages(response)[0]
    assert [entry.object_repr for entry in LogEntry.objects.filter(user=editor)] == [
        "How a lock works",
        "How a lock works",
    ]


def test_accepting_without_a_section_creates_no_entry(editing: Client, learner: User) -> None:
    post(editing, suggested(learner), "accept")
    assert list(Article.objects.get(url=NEW).entries.all()) == []


def test_accepting_twice_makes_one_article(editing: Client, learner: User) -> None:
    suggestion = suggested(learner, section=Section.objects.get(slug="caching"))
    post(editing, suggestion, "accept")
    before = facts()
    messages_shown = messages(post(editing, suggestion, "accept"))
    assert messages_shown[0].startswith("This was already decided: Accepted, by editor on ")
    assert facts() == before


@pytest.mark.parametrize("first", ["accept", "edit", "decline"])
@pytest.mark.parametrize("then", ["accept", "edit", "decline"])
def test_the_second_editor_sees_the_first_decision(
    editing: Client, second: Client, learner: User, first: str, then: str
) -> None:
    suggestion = suggested(learner, section=Section.objects.get(slug="caching"))
    sent = {
        "reason": "It is behind a wall.",
        "title": "A lock",
        "url": NEW,
        "status": Status.objects.get(slug="published").pk,
    }
    post(editing, suggestion, first, **sent)
    before = facts()
    response = post(second, suggestion, then, **{**sent, "reason": "Another.", "title": "Other"})
    decision = "Declined" if first == "decline" else "Accepted"
    assert messages(response)[0].startswith(f"This was already decided: {decision}, by editor on ")
    assert facts() == before
    suggestion.refresh_from_db()
    assert suggestion.decided_by is not None
    assert suggestion.decided_by.username == "editor"
    assert "Edit and accept" not in text_of(response)
    messages_shown = messages(second.get(page(suggestion, "edit"), follow=True))
    assert messages_shown[0].startswith("This was already decided")


def test_a_simultaneously_added_article_is_not_created_twice(
    editing: Client, learner: User
) -> None:
    suggestion = suggested(learner)
    known = Article.objects.create(
        title="Locks", url=NEW, status=Status.objects.get(slug="published")
    )
    before = facts()
    form_errors = errors(post(editing, suggestion, "accept"))
    address = reverse("admin:catalog_article_change", args=[known.pk])
    assert list(form_errors) == ["url"]
    assert f'<a href="{address}">Locks</a>' in form_errors["url"][0]
    assert facts() == before


def test_the_editor_chooses_a_status_if_there_is_no_draft(editing: Client, learner: User) -> None:
    suggestion = suggested(learner)
    Status.objects.filter(slug="draft").update(slug="sketch")
    assert list(errors(post(editing, suggestion, "accept"))) == ["status"]
    edit(editing, suggestion, status=Status.objects.get(slug="sketch").pk)
    assert Article.objects.get(url=NEW).status.slug == "sketch"


def test_a_retired_section_is_not_used(editing: Client, learner: User) -> None:
    section = Section.objects.get(slug="caching")
    suggestion = suggested(learner, section=section)
    section.retire()
    post(editing, suggestion, "accept")
    assert list(Article.objects.get(url=NEW).entries.all()) == []


# --- Edit and accept


def test_the_form_starts_with_the_suggestion_and_saves_the_edit(
    editing: Client, learner: User
) -> None:
    section = Section.objects.get(slug="caching")
    suggestion = suggested(learner, section=section)
    response = editing.get(page(suggestion, "edit"))
    form = response.context["adminform"].form
    assert {field.html_name: field.value() for field in form if not field.is_hidden} == {
        "title": "How a lock works",
        "url": NEW,
        "status": Status.objects.get(slug="draft").pk,
        "section": section.pk,
        "what_you_learn": None,
    }
    elsewhere = Section.objects.exclude(pk=section.pk)[0]
    before = rows(elsewhere.slug)
    edit(
        editing,
        suggestion,
        title="Locks",
        url="https://example.org/locks",
        status=Status.objects.get(slug="published").pk,
        section=elsewhere.pk,
        what_you_learn="Who waits for whom",
    )
    article = Article.objects.get(url="https://example.org/locks")
    assert (article.title, article.status.slug) == ("Locks", "published")
    assert rows(elsewhere.slug) == [*before, (len(before) + 1, "Locks")]
    assert article.entries.get().what_you_learn == "Who waits for whom"
    suggestion.refresh_from_db()
    assert (suggestion.title, suggestion.url) == ("How a lock works", NEW)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": ""}, "title"),
        ({"url": "javascript:alert(1)"}, "url"),
        ({"url": "https://me:secret@example.org/"}, "url"),
        ({"url": "https://example.org:99999/"}, "url"),
        ({"status": ""}, "status"),
        ({"section": "999999"}, "section"),
        ({"what_you_learn": "x" * 501}, "what_you_learn"),
    ],
)
def test_invalid_values_are_kept_and_decide_nothing(
    editing: Client, learner: User, changes: dict[str, str], field: str
) -> None:
    suggestion = suggested(learner)
    before = facts()
    response = edit(editing, suggestion, **{"what_you_learn": "Who waits", **changes})
    assert list(errors(response)) == [field]
    assert "Correct the errors below. Nothing has been decided yet." in text_of(response)
    value = response.context["adminform"].form["what_you_learn"].value()
    assert value == changes.get("what_you_learn", "Who waits")
    assert facts() == before


# --- Corrections


def test_a_correction_changes_the_article_and_entries_of_the_same_title(
    editing: Client, learner: User
) -> None:
    wallet = Article.objects.get(slug="payment-wallet")
    first = wallet.entries.all()[0]
    Entry.objects.filter(pk=first.pk).update(title=wallet.title)
    other = Entry.objects.create(
        section=Section.objects.exclude(pk=first.section_id)[0],
        article=wallet,
        title="A name of its own",
        number=99,
    )
    old_key = wallet.key
    suggestion = correction(learner, title="A wallet, corrected", url=NEW)
    post(editing, suggestion, "accept")
    wallet.refresh_from_db()
    assert (wallet.title, wallet.url, wallet.slug) == ("A wallet, corrected", NEW, "payment-wallet")
    assert {old_key, "url:example.org/how-a-lock-works"} <= {a.key for a in wallet.aliases.all()}
    titles = {entry.pk: entry.title for entry in wallet.entries.all()}
    assert (titles[first.pk], titles[other.pk]) == ("A wallet, corrected", "A name of its own")
    suggestion.refresh_from_db()
    assert (suggestion.decision, suggestion.article) == ("accepted", wallet)


def test_a_retitled_entry_gets_a_historical_record(editing: Client, learner: User) -> None:
    wallet = Article.objects.get(slug="payment-wallet")
    place = wallet.entries.get()
    Entry.objects.filter(pk=place.pk).change(title=wallet.title)
    post(editing, correction(learner, title="A wallet, corrected"), "accept")
    version = records_of(Entry).filter(id=place.pk).first()
    assert (version.title, version.history_user.username) == ("A wallet, corrected", "editor")


def test_another_editors_change_is_not_overwritten(editing: Client, learner: User) -> None:
    suggestion = correction(learner, title="As it was suggested")
    opened = filled_in(editing.get(page(suggestion, "edit")))
    wallet = Article.objects.get(slug="payment-wallet")
    wallet.title = "By another editor"
    wallet.save()
    before = facts()
    response = editing.post(page(suggestion, "edit"), opened)
    message = (
        "The article was changed after you opened this page. It is now “By another editor”. "
        "Accept again to replace it with your value."
    )
    assert errors(response) == {"title": [message]}
    assert facts() == before
    editing.post(page(suggestion, "edit"), filled_in(response))
    wallet.refresh_from_db()
    assert wallet.title == "As it was suggested"


def test_a_correction_with_notes_only_changes_what_the_editor_enters(
    editing: Client, learner: User
) -> None:
    edit(editing, correction(learner, notes="The title too."), title="A better wallet")
    assert Article.objects.get(slug="payment-wallet").title == "A better wallet"


def test_a_correction_that_proposes_nothing_is_not_accepted(editing: Client, learner: User) -> None:
    wallet = Article.objects.get(slug="payment-wallet")
    suggestion = correction(learner, title=wallet.title, notes="A word is wrong.")
    before = facts()
    change = editing.get(page(suggestion, "change"))
    assert "It proposes no change of the title, link or sections." in text_of(change)
    assert page(suggestion, "accept") not in change.content.decode()
    assert page(suggestion, "edit") in change.content.decode()
    assert page(suggestion, "decline") in change.content.decode()
    refused = post(editing, suggestion, "accept")
    assert messages(refused) == [
        "“Payment Wallet” proposes no change, so nothing was accepted. Edit it, or decline it."
    ]
    assert facts() == before
    assert editing.get(page(suggestion, "change")).context["can_decline"]


@pytest.mark.parametrize(
    ("kind", "values", "sentence"),
    [
        ("correction", {"title": "A wallet"}, "changes these fields of the article: Title."),
        ("article", {}, "creates the article as a draft. It is listed in no section yet."),
        ("article", {"section": "caching"}, "creates the article as a draft at the end of “{}”."),
    ],
)
def test_the_page_says_what_accepting_does(
    editing: Client, learner: User, kind: str, values: dict[str, Any], sentence: str
) -> None:
    section = Section.objects.get(slug="caching")
    if "section" in values:
        values = {"section": section}
    make = correction if kind == "correction" else suggested
    change = editing.get(page(make(learner, **values), "change"))
    assert f"Accepting {sentence.format(section.title)}" in text_of(change)


def test_a_correction_can_add_the_article_to_a_section(editing: Client, learner: User) -> None:
    wallet = Article.objects.get(slug="payment-wallet")
    its_own = wallet.entries.all()[0].section
    lacking = Section.objects.exclude(entries__article=wallet)[0]
    before = rows(lacking.slug)
    count = wallet.entries.count()
    post(editing, correction(learner, section=its_own), "accept")
    assert wallet.entries.count() == count
    post(editing, correction(learner, section=lacking), "accept")
    assert rows(lacking.slug) == [*before, (len(before) + 1, wallet.title)]
    form_errors = errors(edit(editing, correction(learner), section=its_own.pk))
    assert form_errors == {"section": ["This section already lists the article."]}


def test_two_entries_of_a_section_do_not_get_the_same_title(editing: Client, learner: User) -> None:
    wallet = Article.objects.get(slug="payment-wallet")
    place = wallet.entries.all()[0]
    Entry.objects.filter(pk=place.pk).update(title=wallet.title)
    Entry.objects.create(section=place.section, article=wallet, title="A wallet", number=99)
    old = wallet.title
    post(editing, correction(learner, title="A wallet"), "accept")
    wallet.refresh_from_db()
    assert wallet.title == "A wallet"
    titles = {entry.title for entry in wallet.entries.filter(section=place.section)}
    assert titles == {old, "A wallet"}


def test_a_correction_cannot_take_another_articles_address(editing: Client, learner: User) -> None:
    other = Article.objects.exclude(slug="payment-wallet").exclude(url="")[0]
    suggestion = correction(learner, url=other.url)
    before = facts()
    assert list(errors(post(editing, suggestion, "accept"))) == ["url"]
    assert facts() == before


def test_a_correction_of_a_deleted_article_can_only_be_declined(
    editing: Client, learner: User
) -> None:
    suggestion = correction(learner, title="A wallet", url=NEW)
    Suggestion.objects.update(article=None)
    form_errors = errors(post(editing, suggestion, "accept"))
    assert form_errors["__all__"] == [
        "The article to correct no longer exists. You can only decline."
    ]
    assert not Article.objects.filter(url=NEW).exists()
    post(editing, suggestion, "decline", reason="It is gone.")
    suggestion.refresh_from_db()
    assert suggestion.decision == "declined"


# --- Decline


def test_declining_stores_reason_editor_and_time(
    editing: Client, editor: User, learner: User
) -> None:
    suggestion = suggested(learner)
    articles = facts()[:2]
    response = post(editing, suggestion, "decline", reason="It is behind a wall.")
    suggestion.refresh_from_db()
    assert (suggestion.decision, suggestion.reason) == ("declined", "It is behind a wall.")
    assert (suggestion.decided_by, suggestion.article) == (editor, None)
    assert facts()[:2] == articles
    assert messages(response) == [
        "“How a lock works” was declined. The learner sees your reason on “My progress”."
    ]


@pytest.mark.parametrize("reason", ["", "  ", "x" * 2001])
def test_declining_requires_a_reason(editing: Client, learner: User, reason: str) -> None:
    suggestion = suggested(learner)
    before = facts()
    assert list(errors(post(editing, suggestion, "decline", reason=reason))) == ["reason"]
    assert facts() == before


def test_a_decision_survives_deletion_of_the_editors_account(
    editing: Client, second: Client, editor: User, learner: User
) -> None:
    suggestion = suggested(learner)
    post(editing, suggestion, "decline", reason="It is behind a wall.")
    editor.delete()
    suggestion.refresh_from_db()
    assert suggestion.decision == "declined"
    assert str(suggestion.decided_by).startswith("former editor")
    messages_shown = messages(post(second, suggestion, "accept"))
    assert f"by {suggestion.decided_by} on" in messages_shown[0]
    suggestion.decided_by = None  # as former editors were deleted before
    suggestion.save()
    messages_shown = messages(post(second, suggestion, "accept"))
    assert "by somebody whose account was deleted on" in messages_shown[0]


def test_a_suggestion_follows_an_article_that_is_merged(editing: Client, learner: User) -> None:
    kept = Article.objects.get(slug="payment-wallet")
    duplicate = Article.objects.get(slug="ticket-booking-system")
    waiting = correction(learner, duplicate.slug, title="Better")
    same = correction(learner, kept.slug, title="Better")
    done = correction(learner, duplicate.slug, decision="declined", decided_at=timezone.now())
    merge_articles(kept, duplicate)
    for suggestion in (waiting, same, done):
        suggestion.refresh_from_db()
        assert suggestion.article == kept
    assert set(Suggestion.objects.waiting()) == {waiting, same}
    assert messages(post(editing, waiting, "accept"))[0].startswith("Accepted")
    kept.refresh_from_db()
    duplicate.refresh_from_db()
    assert (kept.title, duplicate.title) == ("Better", "Ticket Booking System")


def compared(response: Any) -> list[tuple[str, str, str]]:
    """Return the rows of the comparison, with the changed words in brackets."""
    html = response.content.decode()
    if 'id="compared-heading"' not in html:
        return []
    body = html.split('id="compared-heading"')[1].split("<tbody>")[1].split("</tbody>")[0]
    marked = re.sub(r"<(ins|del)>(.*?)</\1>", r"[\2]", body)
    cells = re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", marked)
    names = (unescape(cell) for cell in cells)
    return list(zip(names, names, names, strict=True))


def test_a_correction_shows_current_and_proposed_values(editing: Client, learner: User) -> None:
    section = Section.objects.get(slug="caching")
    suggestion = correction(learner, title="Payment Wallet, corrected", section=section)
    wallet = Article.objects.get(slug="payment-wallet")
    old = wallet.entries.get().section.title
    rows = [
        ("Title", "Payment Wallet", "Payment Wallet[, corrected]"),
        ("Link", wallet.url, "No change"),
        ("Sections", old, f"{old}[, {section.title}]"),
    ]
    for name in ("change", "edit", "decline"):
        assert compared(editing.get(page(suggestion, name))) == rows


def test_a_proposed_link_is_compared(editing: Client, learner: User) -> None:
    wallet = Article.objects.get(slug="payment-wallet")
    rows = compared(editing.get(page(correction(learner, url=NEW), "change")))
    assert rows[1] == ("Link", f"[{wallet.url}]", f"[{NEW}]")
    assert [proposed for _name, _current, proposed in rows] == [
        "No change",
        f"[{NEW}]",
        "No change",
    ]


def test_only_waiting_corrections_are_compared(editing: Client, learner: User) -> None:
    waiting = correction(learner, title="Another")
    post(editing, waiting, "accept")
    assert compared(editing.get(page(waiting, "change"))) == []
    assert compared(editing.get(page(suggested(learner), "change"))) == []


MERGE = "/admin/catalog/article/merge/"


def test_a_suggestion_is_found_from_merging_and_leads_to_it(editing: Client, learner: User) -> None:
    wallet = Article.objects.get(slug="payment-wallet")
    other = Article.objects.get(slug="ticket-booking-system")
    about = correction(learner, notes="It is the same as the other one.")
    new = suggested(learner, title="How a lease works")
    change = editing.get(page(about, "change")).content.decode()
    assert f'href="{MERGE}?gone={wallet.pk}">Merge as a duplicate</a>' in change
    article_page = editing.get(f"/admin/catalog/article/{wallet.pk}/change/").content.decode()
    assert f'href="{MERGE}?gone={wallet.pk}">Merge as a duplicate</a>' in article_page

    chosen = editing.get(MERGE, {"kept": other.pk, "gone": wallet.pk})
    assert "Suggestions about it “Payment Wallet”, suggested by learner: Waiting" in text_of(chosen)
    assert links_to(chosen) == [page(about, "change")]
    searched = editing.get(MERGE, {"find_kept": "lease works", "find_gone": "nothing like it"})
    assert "Suggestions that match “How a lease works”" in text_of(searched)
    assert links_to(searched) == [page(new, "change")]


def links_to(response: Any) -> list[str]:
    return re.findall(rf'href="({QUEUE}\d+/change/)"', response.content.decode())


def test_suggestions_are_not_shown_to_editors_who_may_not_see_them(
    editing: Client, learner: User
) -> None:
    correction(learner, notes="A word is wrong.")
    Group.objects.get(name="Editors").permissions.remove(
        *Permission.objects.filter(content_type__app_label="suggestions")
    )
    wallet = Article.objects.get(slug="payment-wallet")
    path = f"{MERGE}?gone={wallet.pk}&find_kept=wallet"
    assert links_to(editing.get(path)) == []
    Group.objects.get(name="Editors").permissions.add(
        Permission.objects.get(codename="view_suggestion")
    )
    assert len(links_to(editing.get(path))) == 2
