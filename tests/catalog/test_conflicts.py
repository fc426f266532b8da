"""Two editors have the same form open, and the second one compares before overwriting."""

import re
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, connections
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from catalog.admin.comparison import TypedRow
from catalog.admin.history import ValueDifference
from catalog.models import Article, Entry, Layer, Section, Status
from tests.catalog.admin_pages import (
    act,
    address,
    errors,
    filled_in,
    hidden_fields,
    messages,
    save,
    text_of,
)

pytestmark = pytest.mark.same_everywhere

MODELS = (Layer, Section, Status, Article, Entry)


@pytest.fixture
def client(client: Client, editor: User, playbook: None) -> Client:
    client.force_login(editor)
    return client


@pytest.fixture
def ana(client: Client) -> Client:
    """Return the client of another editor, who saves first."""
    user = User.objects.create_user("ana", is_staff=True)
    user.groups.add(*User.objects.get(username="editor").groups.all())
    ana = Client()
    ana.force_login(user)
    return ana


@pytest.fixture
def wallet(client: Client) -> Article:
    return Article.objects.get(slug="payment-wallet")


def opened(client: Client, thing: Model) -> dict[str, Any]:
    return filled_in(client.get(address(thing, "change")))


def post(client: Client, thing: Model, form: dict[str, Any], **changes: Any) -> Any:
    return client.post(address(thing, "change"), {**form, **changes})


def differences(response: Any) -> list[tuple[str, str, str]]:
    return rows_of(response.context["comparison"].differences)


def rows_of(values: list[ValueDifference]) -> list[tuple[str, str, str]]:
    return [(value.name, value.old, value.new) for value in values]


def typed_rows(rows: list[TypedRow]) -> dict[str, list[tuple[str, str, str]]]:
    return {row.title: rows_of(row.values) for row in rows}


def save_mine(client: Client, thing: Model, comparison: Any) -> Any:
    return client.post(address(thing, "change"), hidden_fields(comparison))


def name_of(model: Any) -> str:
    return "label" if model is Status else "title"


@pytest.mark.parametrize("model", MODELS)
def test_the_second_save_shows_both_values_and_can_be_confirmed(
    client: Client, ana: Client, model: Any
) -> None:
    thing, name = model.objects.last(), name_of(model)
    form = opened(client, thing)
    save(ana, thing, **{name: "Theirs"})
    response = post(client, thing, form, **{name: "Mine"})
    thing.refresh_from_db()
    assert getattr(thing, name) == "Theirs"
    assert differences(response) == [(name.capitalize(), "Theirs", "Mine")]
    assert text_of(response).count("ana saved it on ") == 1
    assert f"Theirs, stored now Yours, not saved {name.capitalize()} Theirs Mine" in text_of(
        response
    )
    assert save_mine(client, thing, response).status_code == 302
    thing.refresh_from_db()
    assert getattr(thing, name) == "Mine"
    if model is Article:
        assert [entry.title for entry in thing.entries.all()] == ["Mine"]


def test_a_comparison_includes_fields_that_only_the_other_editor_changed(
    client: Client, ana: Client, wallet: Article
) -> None:
    planned = Status.objects.get(slug="planned")
    form, published = opened(client, wallet), wallet.status.label
    save(ana, wallet, status=planned.pk)
    response = post(client, wallet, form, title="Mine")
    assert differences(response) == [
        ("Title", wallet.title, "Mine"),
        ("Status", planned.label, published),
    ]
    wallet.refresh_from_db()
    assert wallet.status == planned


def test_a_third_save_in_between_is_refused_again(
    client: Client, ana: Client, wallet: Article
) -> None:
    form = opened(client, wallet)
    save(ana, wallet, title="First")
    response = post(client, wallet, form, title="Mine")
    save(ana, wallet, title="Second")
    response = save_mine(client, wallet, response)
    assert differences(response) == [("Title", "Second", "Mine")]


def test_a_save_of_another_article_is_no_conflict(
    client: Client, ana: Client, wallet: Article
) -> None:
    form = opened(client, wallet)
    other = Article.objects.exclude(pk=wallet.pk).first()
    assert other is not None
    save(ana, other, title="Theirs")
    save(ana, wallet)
    assert post(client, wallet, form, title="Mine").status_code == 302


def test_the_same_form_sent_twice_is_no_conflict(client: Client, wallet: Article) -> None:
    form = opened(client, wallet)
    for _time in range(2):
        assert post(client, wallet, form, title="Mine").status_code == 302


def test_a_form_without_the_digest_is_compared(client: Client, wallet: Article) -> None:
    form = opened(client, wallet)
    form.pop("_opened")
    assert differences(post(client, wallet, form, title="Mine")) == [
        ("Title", wallet.title, "Mine")
    ]
    wallet.refresh_from_db()
    assert wallet.title != "Mine"


def test_entries_of_a_section_are_compared(client: Client, ana: Client) -> None:
    section = Section.objects.get(slug="caching")
    entry = section.entries.current()[1]
    form = opened(client, section)
    save(ana, entry, what_you_learn="Theirs")
    response = post(client, section, form, **{"entries-1-what_you_learn": "Mine"})
    assert differences(response) == [(f"{entry.title}: What you’ll learn", "Theirs", "Mine")]
    assert text_of(response).count("ana saved it on ") == 1
    entry.refresh_from_db()
    assert entry.what_you_learn == "Theirs"
    assert save_mine(client, section, response).status_code == 302
    entry.refresh_from_db()
    assert entry.what_you_learn == "Mine"


def test_values_typed_into_a_row_that_another_editor_retired_are_shown(
    client: Client, ana: Client
) -> None:
    section = Section.objects.get(slug="caching")
    first, second, *others = section.entries.current()
    form = opened(client, section)
    act(ana, "retire_selected", first, confirmed="yes")
    typed = {"entries-0-what_you_learn": "Typed for long", "entries-1-what_you_learn": "Mine"}
    response = post(client, section, form, **typed)
    removed = typed_rows(response.context["comparison"].removed)
    assert removed == {
        first.title: [
            ("Number", "1", "1"),
            ("Title", first.title, first.title),
            ("What you’ll learn", first.what_you_learn, "Typed for long"),
        ]
    }
    assert f"“{first.title}” was retired or moved" in text_of(response)
    assert "Typed for long" in text_of(response)
    assert save_mine(client, section, response).status_code == 302
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.is_retired, second.what_you_learn) == (True, "Mine")
    assert [e.pk for e in section.entries.current()] == [second.pk, *(e.pk for e in others)]


def test_a_row_that_another_editor_added_is_listed_and_kept(client: Client, ana: Client) -> None:
    section = Section.objects.get(slug="caching")
    article = Article.objects.get(slug="payment-wallet")
    count = section.entries.current().count()
    form = opened(client, section)
    new = {f"entries-{count}-article": article.pk, f"entries-{count}-title": "Theirs, new"}
    save(ana, section, **new)
    response = post(
        client, section, form, **{f"entries-{count}-article": article.pk,
                                  f"entries-{count}-title": "Mine, new"},
    )  # fmt: skip
    comparison = response.context["comparison"]
    assert [row.title for row in comparison.added] == ["Theirs, new"]
    assert typed_rows(comparison.new) == {
        "New row": [("Article", "–", "Payment Wallet"), ("Title", "–", "Mine, new")]
    }
    assert save_mine(client, section, response).status_code == 302
    titles = [entry.title for entry in section.entries.current()]
    assert titles[-2:] == ["Theirs, new", "Mine, new"]
    assert [entry.number for entry in section.entries.current()] == list(range(1, count + 3))


def test_entries_of_an_article_that_both_editors_typed_are_all_kept(
    client: Client, ana: Client, wallet: Article
) -> None:
    """Both change one entry, the second editor changes another, and each adds one."""
    section, other = (
        Section.objects.get(slug="caching"),
        Section.objects.get(slug="code-execution-contests"),
    )
    place = wallet.entries.get()
    second = Entry.objects.create(article=wallet, section=other, title="Twice", number=5)
    form = opened(client, wallet)
    theirs = {"entries-2-section": section.pk, "entries-2-title": "Theirs, new"}
    save(ana, wallet, **{"entries-0-what_you_learn": "Theirs", **theirs})
    response = post(
        client,
        wallet,
        form,
        **{"entries-0-what_you_learn": "Mine", "entries-1-what_you_learn": "Mine too"},
        **{"entries-2-section": section.pk, "entries-2-title": "Mine, new"},
    )
    assert differences(response) == [
        (f"{place.title}: What you’ll learn", "Theirs", "Mine"),
        (f"{second.title}: What you’ll learn", second.what_you_learn or "–", "Mine too"),
    ]
    comparison = response.context["comparison"]
    assert [row.title for row in comparison.added] == ["Theirs, new"]
    assert typed_rows(comparison.new) == {
        "New row": [("Section", "–", section.title), ("Title", "–", "Mine, new")]
    }
    assert save_mine(client, wallet, response).status_code == 302
    for entry in (place, second):
        entry.refresh_from_db()
    assert (place.what_you_learn, second.what_you_learn) == ("Mine", "Mine too")
    added = section.entries.current().filter(article=wallet).order_by("number")
    assert [entry.title for entry in added] == ["Theirs, new", "Mine, new"]


def test_values_that_cannot_be_saved_are_kept_in_the_form(
    client: Client, ana: Client, wallet: Article
) -> None:
    form = opened(client, wallet)
    save(ana, wallet, title="Theirs")
    response = post(client, wallet, form, title="", url="https://user:secret@example.org/")
    assert text_of(response).count("ana saved it on ") == 1
    response = save_mine(client, wallet, response)
    assert errors(response) == [
        "This field is required.",
        "The address must not contain a user name or a password.",
    ]
    assert filled_in(response)["url"] == "https://user:secret@example.org/"
    wallet.refresh_from_db()
    assert wallet.title == "Theirs"
    again = {**filled_in(response), "title": "Mine", "url": ""}
    assert post(client, wallet, again).status_code == 302
    wallet.refresh_from_db()
    assert (wallet.title, wallet.url) == ("Mine", "")


def test_rows_stay_in_a_form_with_errors_after_one_was_removed(client: Client, ana: Client) -> None:
    section = Section.objects.get(slug="caching")
    first, *others = section.entries.current()
    form = opened(client, section)
    act(ana, "retire_selected", first, confirmed="yes")
    last = len(others)
    response = post(
        client, section, form, **{"title": "", f"entries-{last}-what_you_learn": "Mine"}
    )
    response = save_mine(client, section, response)
    assert errors(response) == ["This field is required."]
    [rows] = response.context["inline_admin_formsets"]
    displayed = [row.form.instance.pk for row in rows if row.original]
    assert displayed == [row.original.pk for row in rows if row.original]
    assert displayed == [entry.pk for entry in others]
    again = {**filled_in(response), "title": "A title"}
    assert again[f"entries-{last}-what_you_learn"] == "Mine"
    assert post(client, section, again).status_code == 302
    assert [entry.what_you_learn for entry in section.entries.current()][-1] == "Mine"


def test_rows_in_a_form_with_errors_have_their_own_titles(client: Client, ana: Client) -> None:
    """The other editor adds a row at the top and swaps two others."""
    section = Section.objects.get(slug="caching")
    before = [entry.pk for entry in section.entries.current()]
    form = opened(client, section)
    new = {"article": Article.objects.get(slug="payment-wallet").pk, "title": "First", "number": 1}
    save(ana, section, **{f"entries-{len(before)}-{name}": value for name, value in new.items()})
    save(ana, section, **{"entries-1-number": 3})
    assert [entry.pk for entry in section.entries.current()][1:3] == [before[1], before[0]]
    response = save_mine(client, section, post(client, section, form, title=""))
    [rows] = response.context["inline_admin_formsets"]
    displayed = [(row.form.instance.pk, row.original.pk) for row in rows if row.original]
    assert displayed == [(pk, pk) for pk in before]


def test_keeping_theirs_opens_the_stored_values(
    client: Client, ana: Client, wallet: Article
) -> None:
    form = opened(client, wallet)
    save(ana, wallet, title="Theirs")
    path = f"{address(wallet, 'change')}?_changelist_filters=q%3Dwallet"
    response = client.post(path, {**form, "title": "Mine"})
    [keep] = re.findall(r'<a href="([^"]*)" class="button"', response.content.decode())
    assert unescape(keep) == path
    assert filled_in(client.get(unescape(keep)))["title"] == "Theirs"


def test_save_mine_keeps_the_effect_of_the_pressed_button(
    client: Client, ana: Client, wallet: Article
) -> None:
    form = opened(client, wallet)
    save(ana, wallet, title="Theirs")
    response = post(client, wallet, form, title="Mine <b> & 'mine'", _continue="Save")
    response = save_mine(client, wallet, response)
    assert response["Location"] == address(wallet, "change")
    wallet.refresh_from_db()
    assert wallet.title == "Mine <b> & 'mine'"


def test_a_form_with_a_new_row_sent_twice_adds_it_once(client: Client, wallet: Article) -> None:
    section = Section.objects.get(slug="caching")
    form = opened(client, wallet)
    new = {"entries-1-section": section.pk, "entries-1-title": "New", "entries-1-number": "1"}
    for _time in range(2):
        assert post(client, wallet, form, **new).status_code == 302
    assert [entry.title for entry in wallet.entries.current().order_by("pk")] == [
        "Payment Wallet",
        "New",
    ]


def test_a_form_that_retires_a_row_sent_twice_is_no_conflict(client: Client) -> None:
    section = Section.objects.get(slug="caching")
    form = opened(client, section)
    last = section.entries.current().count() - 1
    entry = section.entries.current()[last]
    typed = {f"entries-{last}-retire": "on", f"entries-{last}-what_you_learn": "Mine"}
    for _time in range(2):
        assert post(client, section, form, **typed).status_code == 302
    entry.refresh_from_db()
    assert (entry.is_retired, entry.what_you_learn) == (True, "Mine")
    response = post(client, section, form, **{**typed, f"entries-{last}-what_you_learn": "Other"})
    assert list(typed_rows(response.context["comparison"].removed)) == [entry.title]


def test_a_retired_article_sent_twice_is_no_conflict(client: Client, wallet: Article) -> None:
    wallet.retire()
    form = opened(client, wallet)
    for _time in range(2):
        assert post(client, wallet, form, title="Mine").status_code == 302


def test_a_row_typed_beside_the_same_change_of_another_editor_is_kept(
    client: Client, ana: Client, wallet: Article
) -> None:
    section = Section.objects.get(slug="caching")
    form = opened(client, wallet)
    save(ana, wallet, title="Both")
    new = {"entries-1-section": section.pk, "entries-1-title": "Mine, new"}
    response = post(client, wallet, form, title="Both", **new)
    assert differences(response) == []
    assert save_mine(client, wallet, response).status_code == 302
    assert wallet.entries.current().filter(title="Mine, new", section=section).exists()


def test_the_queries_of_a_comparison_do_not_grow(client: Client, ana: Client) -> None:
    section = Section.objects.get(slug="caching")
    counts = []
    for more in (0, 10):
        for number in range(more):
            article = Article.objects.create(
                slug=f"a{number}", title=f"A {number}", status=Status.objects.all()[0]
            )
            Entry.objects.create(section=section, article=article, title="x", number=number + 9)
        form = opened(client, section)
        removed = section.entries.current()[: 1 + more // 2]
        act(ana, "retire_selected", *removed, confirmed="yes")
        with CaptureQueriesContext(connection) as queries:
            response = post(client, section, form, title="Mine")
        assert len(response.context["comparison"].removed) == len(removed)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_an_article_that_another_editor_retired_stays_retired(
    client: Client, ana: Client, wallet: Article
) -> None:
    form = opened(client, wallet)
    act(ana, "retire_selected", wallet, confirmed="yes")
    response = post(client, wallet, form, title="Mine")
    assert [d[0] for d in differences(response)] == ["Title", "Retired"]
    assert save_mine(client, wallet, response).status_code == 302
    wallet.refresh_from_db()
    assert (wallet.title, wallet.is_retired) == ("Mine", True)


def list_form(client: Client) -> dict[str, Any]:
    formset = client.get(address(Article, "changelist")).context["cl"].formset
    form = {field.html_name: field.value() for field in formset.management_form}
    for row in formset.forms:
        form |= {field.html_name: field.value() for field in row}
        form[f"{row.prefix}-status-opened"] = row.initial["status"]
    return {**form, "_save": "Save"}


def row_name(form: dict[str, Any], article: Article) -> str:
    [name] = [n for n, v in form.items() if n.endswith("-id") and v == article.pk]
    return name.removesuffix("-id")


def test_the_list_keeps_statuses_that_the_editor_did_not_change(
    client: Client, ana: Client, wallet: Article
) -> None:
    planned = Status.objects.get(slug="planned")
    draft = Status.objects.get(slug="draft")
    other = Article.objects.exclude(pk=wallet.pk).first()
    assert other is not None
    form = list_form(client)
    act(ana, "move_to_draft", wallet)
    form[f"{row_name(form, other)}-status"] = planned.pk
    response = client.post(address(Article, "changelist"), form, follow=True)
    assert messages(response) == ["1 article was changed successfully."]
    wallet.refresh_from_db()
    other.refresh_from_db()
    assert (wallet.status, other.status) == (draft, planned)


def test_the_list_refuses_a_status_that_both_editors_changed_once(
    client: Client, ana: Client, wallet: Article
) -> None:
    planned = Status.objects.get(slug="planned")
    draft = Status.objects.get(slug="draft")
    form = list_form(client)
    row = row_name(form, wallet)
    assert f'name="{row}-status-opened" value="{wallet.status_id}"' in (
        client.get(address(Article, "changelist")).content.decode()
    )
    act(ana, "move_to_draft", wallet)
    form[f"{row}-status"] = planned.pk
    response = client.post(address(Article, "changelist"), form)
    assert f"Its status became “{draft.label}” after you opened this list." in text_of(response)
    wallet.refresh_from_db()
    assert wallet.status == draft
    formset = response.context["cl"].formset
    [again] = [f for f in formset.forms if f.instance.pk == wallet.pk]
    assert str(again["status"].value()) == str(planned.pk)
    assert f'name="{row}-status-opened" value="{draft.pk}"' in response.content.decode()
    form[f"{row}-status-opened"] = draft.pk
    assert client.post(address(Article, "changelist"), form).status_code == 302
    wallet.refresh_from_db()
    assert wallet.status == planned


@pytest.mark.django_db(transaction=True)
def test_one_of_two_simultaneous_saves_is_compared(
    client: Client, ana: Client, wallet: Article
) -> None:
    clients = {"Mine": client, "Theirs": ana}
    forms = {name: opened(each, wallet) for name, each in clients.items()}
    together = Barrier(2)

    def send(name: str) -> Any:
        together.wait(timeout=30)
        try:
            return post(clients[name], wallet, forms[name], title=name)
        finally:
            connections.close_all()

    with ThreadPoolExecutor() as threads:
        responses = dict(zip(clients, threads.map(send, clients), strict=True))
    codes = {name: response.status_code for name, response in responses.items()}
    assert sorted(codes.values()) == [200, 302]
    [winner] = [name for name, code in codes.items() if code == 302]
    [loser] = [name for name, code in codes.items() if code == 200]
    wallet.refresh_from_db()
    assert wallet.title == winner
    assert differences(responses[loser]) == [("Title", winner, loser)]
