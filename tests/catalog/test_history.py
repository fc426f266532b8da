"""The history of the catalogue's rows, and reverting them."""

import re
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.core.management import call_command
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from catalog import catalog_version
from catalog.history.records import records_of
from catalog.merging import merge_articles
from catalog.models import Article, Entry, Layer, Section, Status
from tests.catalog.admin_pages import act, address, messages, save, text_of

MODELS = (Layer, Section, Status, Article, Entry)


@pytest.fixture
def client(client: Client, editor: User, playbook: None) -> Client:
    client.force_login(editor)
    return client


@pytest.fixture
def wallet(client: Client) -> Article:
    return Article.objects.get(slug="payment-wallet")


def changes(client: Client, thing: Model) -> list[list[tuple[str, str, str]]]:
    """Return the changes of each record on the history page, newest first."""
    rows = client.get(address(thing, "history")).context["records"]
    return [[(c.name, c.old, c.new) for c in row["changes"]] for row in rows]


def version_count(thing: Model) -> int:
    count: int = records_of(type(thing)).filter(id=thing.pk).count()
    return count


def revert_address(thing: Model, version: Any) -> str:
    name = f"admin:catalog_{thing._meta.model_name}_revert"
    return reverse(name, args=[thing.pk, version.history_id])


def oldest(thing: Model) -> Any:
    return records_of(type(thing)).filter(id=thing.pk).last()


def revert(client: Client, thing: Model, version: Any) -> Any:
    path = revert_address(thing, version)
    newest = client.get(path).context["now"].pk
    return client.post(path, {"newest": newest}, follow=True)


@pytest.mark.parametrize("model", MODELS)
def test_each_row_of_the_playbook_has_a_first_record(playbook: None, model: Any) -> None:
    kept = records_of(model).values_list("id", "history_type")
    assert sorted(kept) == [(pk, "+") for pk in sorted(model.objects.values_list("pk", flat=True))]


def test_loading_the_playbook_again_makes_no_record(playbook: None) -> None:
    count = records_of(Article).count()
    call_command("load_playbook", verbosity=0)
    assert records_of(Article).count() == count


@pytest.mark.parametrize("model", MODELS)
def test_the_migration_makes_first_records(playbook: None, model: Any) -> None:
    before = {
        v.id: [getattr(v, f.attname) for f in v.tracked_fields] for v in records_of(model).all()
    }
    records_of(model).all().delete()
    for other in set(MODELS) - {model}:
        records_of(other).all().delete()
    migration = import_module("catalog.migrations.0005_first_versions")
    migration.make_first_versions(apps, connection.schema_editor())
    after = {
        v.id: [getattr(v, f.attname) for f in v.tracked_fields] for v in records_of(model).all()
    }
    assert after == before
    assert set(records_of(model).values_list("history_type", flat=True)) == {"+"}


def test_a_record_shows_who_changed_what_and_when(
    client: Client, wallet: Article, editor: User
) -> None:
    planned = Status.objects.get(slug="planned")
    old_title, old_status = wallet.title, wallet.status.label
    save(client, wallet, title="Ledgers <b>", status=planned.pk)
    assert changes(client, wallet) == [
        [("Title", old_title, "Ledgers <b>"), ("Status", old_status, planned.label)],
        [],
    ]
    page = client.get(address(wallet, "history"))
    assert f"by {editor.username}" in text_of(page)
    assert "Ledgers &lt;b&gt;" in page.content.decode()
    assert not re.search(r"<[^>]+ style=|<style|<script>", page.content.decode())


@pytest.mark.parametrize("model", MODELS)
def test_every_model_has_a_history_page(client: Client, model: Any) -> None:
    thing = model.objects.last()
    field = "label" if model is Status else "title"
    old = getattr(thing, field)
    save(client, thing, **{field: "Another name"})
    assert changes(client, thing) == [[(field.capitalize(), old, "Another name")], []]


def test_saving_unchanged_values_makes_no_record(client: Client, wallet: Article) -> None:
    before = wallet.updated_at
    save(client, wallet)
    wallet.refresh_from_db()
    assert wallet.updated_at > before
    assert version_count(wallet) == 1


def test_adding_and_renumbering_a_row_make_one_record(client: Client) -> None:
    section = Section.objects.get(slug="caching")
    article = Article.objects.get(slug="payment-wallet")
    total = section.entries.current().count()
    row = {f"entries-{total}-{name}": value for name, value in (
        ("article", article.pk), ("title", "Listed anew"), ("what_you_learn", "x")
    )}  # fmt: skip
    save(client, section, **row)
    entry = Entry.objects.get(title="Listed anew")
    assert entry.number == total + 1
    assert [v.number for v in records_of(Entry).filter(id=entry.pk)] == [total + 1]
    assert oldest(entry).history_type == "+"


def test_bulk_changes_record_only_changed_rows(client: Client, editor: User) -> None:
    articles = list(Article.objects.filter(entries__isnull=False).distinct()[:3])
    entries = {e.pk: e.number for e in Entry.objects.all()}
    act(client, "retire_selected", *articles, confirmed="yes")
    for article in articles:
        newest = records_of(Article).filter(id=article.pk).first()
        assert (newest.history_user, newest.retired_at is None) == (editor, False)
        assert version_count(article) == 2
    renumbered = [e for e in Entry.objects.all() if e.number != entries[e.pk]]
    assert renumbered
    versions = records_of(Entry).filter(history_type="~")
    assert {v.id: v.number for v in versions} == {e.pk: e.number for e in renumbered}
    act(client, "restore_selected", *articles)
    act(client, "move_to_draft", *articles)
    for article in articles:
        article.refresh_from_db()
        newest, *_older = records_of(Article).filter(id=article.pk)
        assert (newest.status_id, newest.retired_at) == (article.status_id, None)
        assert version_count(article) == 4


def test_dragging_sections_records_the_moves(client: Client) -> None:
    first, second = Section.objects.listed()[:2]
    path = reverse("admin:catalog_section_sortable_update")
    data = {"updatedItems": [[first.pk, 2], [second.pk, 1]]}
    client.post(path, data, content_type="application/json")
    assert changes(client, first)[0] == [("Number", "1", "2")]
    assert changes(client, second)[0] == [("Number", "2", "1")]


@pytest.mark.parametrize("size", [1, 20])
def test_bulk_changes_need_the_same_queries_for_any_number(playbook: None, size: int) -> None:
    keys = list(Article.objects.values_list("pk", flat=True)[:size])
    with CaptureQueriesContext(connection) as queries:
        assert Article.objects.filter(pk__in=keys).retire() == size
    statements = [q["sql"].split()[0] for q in queries if "catalog_stamp" not in q["sql"]]
    assert statements == ["SAVEPOINT", "SELECT", "UPDATE", "SELECT", "INSERT", "RELEASE"]


@pytest.mark.parametrize("size", [1, 12])
def test_queries_of_the_history_page_do_not_grow(
    client: Client, wallet: Article, size: int
) -> None:
    one, other = Status.objects.all()[:2]
    for number in range(size):
        wallet.status = (one, other)[number % 2]
        wallet.title = f"Title {number}"
        wallet.save()
    with CaptureQueriesContext(connection) as queries:
        assert len(changes(client, wallet)) == size + 1
    assert len(queries) == PAGE_QUERIES


PAGE_QUERIES = 13
"""One for each table on the page of an article among them."""


def test_records_of_a_deleted_account_stay(client: Client, wallet: Article) -> None:
    other = User.objects.create_user("other", is_staff=True, is_superuser=True)
    client.force_login(other)
    save(client, wallet, title="By another")
    assert records_of(Article).filter(history_user=other).count() == 1
    client.force_login(User.objects.get(username="editor"))
    other.delete()
    assert changes(client, wallet)[0] == [("Title", "Payment Wallet", "By another")]
    assert "by a deleted account" in text_of(client.get(address(wallet, "history")))


def test_a_revert_makes_a_record(client: Client, wallet: Article, editor: User) -> None:
    old = wallet.title
    save(client, wallet, title="A mistake")
    first = oldest(wallet)
    page = client.get(revert_address(wallet, first))
    assert [(c.name, c.old, c.new) for c in page.context["changes"]] == [
        ("Title", "A mistake", old)
    ]
    wallet.refresh_from_db()
    assert wallet.title == "A mistake"
    response = revert(client, wallet, first)
    assert messages(response)[0].startswith("Reverted to the values of ")
    wallet.refresh_from_db()
    assert wallet.title == old
    assert changes(client, wallet) == [
        [("Title", "A mistake", old)], [("Title", old, "A mistake")], [],
    ]  # fmt: skip
    newest = records_of(Article).filter(id=wallet.pk).first()
    assert (newest.history_user, newest.history_change_reason) == (
        editor, messages(response)[0],
    )  # fmt: skip
    assert LogEntry.objects.latest("pk").change_message == messages(response)[0]


def test_a_revert_to_the_link_of_another_article_is_refused(
    client: Client, wallet: Article
) -> None:
    first = oldest(wallet)
    save(client, wallet, url="https://example.org/elsewhere")
    other = Article.objects.exclude(pk=wallet.pk).first()
    assert other is not None
    wallet.aliases.filter(key=first.instance.key).update(article=other)
    response = revert(client, wallet, first)
    assert "List that article here instead." in messages(response)[0]
    wallet.refresh_from_db()
    assert wallet.url == "https://example.org/elsewhere"
    assert version_count(wallet) == 2


def test_a_revert_sent_twice_is_done_once(client: Client, wallet: Article) -> None:
    save(client, wallet, title="Mine")
    version = records_of(Article).filter(id=wallet.pk).last()
    path = reverse("admin:catalog_article_revert", args=[wallet.pk, version.pk])
    newest = client.get(path).context["now"].pk
    client.post(path, {"newest": newest})
    response = client.post(path, {"newest": newest}, follow=True)
    assert response.redirect_chain == [(address(wallet, "change"), 302)]
    assert messages(response)[-1] == "It already has these values. Nothing was changed."
    assert records_of(Article).filter(id=wallet.pk).count() == 3


def test_a_revert_after_another_change_is_refused(client: Client, wallet: Article) -> None:
    save(client, wallet, title="Second")
    path = revert_address(wallet, oldest(wallet))
    newest = client.get(path).context["now"].pk
    save(client, wallet, title="Third")
    response = client.post(path, {"newest": newest})
    assert messages(response)[-1:] == [
        "Somebody changed it since you opened this page. Nothing was reverted. Compare it again."
    ]
    wallet.refresh_from_db()
    assert wallet.title == "Third"
    assert [c.old for c in response.context["changes"]] == ["Third"]


def test_a_reverted_entry_returns_to_its_number(client: Client) -> None:
    section = Section.objects.get(slug="caching")
    titles = [e.title for e in section.entries.current()]
    entry = section.entries.current()[0]
    other = Section.objects.exclude(pk=section.pk)[0]
    save(client, entry, section=other.pk, number="")
    assert [e.title for e in section.entries.current()] == titles[1:]
    revert(client, entry, oldest(entry))
    assert [e.title for e in section.entries.current()] == titles
    for rows in (section.entries.current(), other.entries.current()):
        assert [e.number for e in rows] == list(range(1, len(rows) + 1))


def test_a_revert_to_values_before_retiring_restores_the_row(
    client: Client, wallet: Article
) -> None:
    act(client, "retire_selected", wallet, confirmed="yes")
    revert(client, wallet, oldest(wallet))
    wallet.refresh_from_db()
    assert not wallet.is_retired


def test_a_reverted_entry_stays_with_the_kept_article(client: Client, wallet: Article) -> None:
    kept, entry = Article.objects.get(slug="ticket-booking-system"), wallet.entries.get()
    old_title = entry.title
    entry.title = "Another title"
    entry.save()
    merge_articles(kept, wallet)
    revert(client, entry, oldest(entry))
    entry.refresh_from_db()
    assert (entry.title, entry.article) == (old_title, kept)


def test_a_record_of_another_row_is_not_found(client: Client, wallet: Article) -> None:
    other = Article.objects.exclude(pk=wallet.pk).first()
    assert other is not None
    path = revert_address(wallet, oldest(other))
    assert client.get(path).status_code == client.post(path).status_code == 404


def test_a_revert_requires_change_permission(
    client: Client, wallet: Article, learner: User
) -> None:
    save(client, wallet, title="Second")
    path = revert_address(wallet, oldest(wallet))
    learner.is_staff = True
    learner.save()
    learner.user_permissions.add(Permission.objects.get(codename="view_article"))
    client.force_login(learner)
    page = client.get(address(wallet, "history"))
    assert "Revert to these values" not in page.content.decode()
    assert client.post(path, {"newest": 1}).status_code == 403
    wallet.refresh_from_db()
    assert wallet.title == "Second"


def test_records_do_not_change_the_catalog_version(client: Client, wallet: Article) -> None:
    before = catalog_version.current()
    version = oldest(wallet)
    version.history_date += timedelta(days=1)
    version.save()
    assert catalog_version.current() == before


def test_the_history_of_an_article_shows_who_moved_it(
    client: Client, editor: User, wallet: Article
) -> None:
    entry = wallet.entries.get()
    old, new = entry.section, Section.objects.get(slug="caching")
    act(client, "move_selected", wallet, confirmed="yes", section=new.pk, entries=entry.pk)
    page = client.get(address(wallet, "history"))
    moved, first = page.context["entry_changes"]
    values = [(change.name, change.old, change.new) for change in moved["changes"]]
    assert values == [("Section", str(old), str(new))]
    assert (moved["record"].history_user, first["is_first"]) == (editor, True)
    assert f'href="{address(entry, "history")}"' in page.content.decode()
    assert "“Payment Wallet” in “" + new.title in text_of(page)
