"""Snapshots follow every change of the catalogue, in every process."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client, override_settings

from accounts.models import User
from catalog import catalog_version
from catalog.models import Article, Entry, Layer, Section, Status
from catalog.snapshot import CatalogSnapshot, current
from tests.conftest import Clock

pytestmark = pytest.mark.usefixtures("playbook")


def raw(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


CHANGES: dict[str, Callable[[], object]] = {
    "save": lambda: Section.objects.get(slug="caching").save(),
    "update": lambda: Article.objects.filter(slug="payment-wallet").update(title="Purse"),
    "update of none": lambda: Entry.objects.filter(number=0).update(title="x"),
    "create": lambda: Layer.objects.create(slug="more", number=5, title="More", colour="grey"),
    "bulk create": lambda: Status.objects.bulk_create([Status(slug="more", label="More")]),
    "bulk update": lambda: Entry.objects.bulk_update(Entry.objects.all(), ["title"]),
    "delete": lambda: Entry.objects.filter(number=1).delete(),
    "SQL": lambda: raw("UPDATE catalog_layer SET tagline = 'Other'"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_every_kind_of_change_changes_the_catalog_version(change: str) -> None:
    before = catalog_version.current()
    CHANGES[change]()
    is_changed = catalog_version.current() != before
    # SQLite has no triggers for a statement, so one that changes no row gives no stamp.
    assert is_changed or (change == "update of none" and connection.vendor == "sqlite")


def test_reading_and_progress_keep_the_catalog_version(client: Client, learner: User) -> None:
    client.force_login(learner)
    before = catalog_version.current()
    client.get("/")
    client.post("/articles/payment-wallet/state/", {"state": "done"})
    assert catalog_version.current() == before


def test_a_snapshot_is_read_once_for_each_catalog_version() -> None:
    snapshot = current(AnonymousUser())
    assert current(AnonymousUser()) is snapshot
    Section.objects.filter(slug="caching").update(title="Remembering")
    changed = current(AnonymousUser())
    assert changed is not snapshot
    assert "Remembering" in [section.title for section in changed.sections]
    assert "Remembering" not in [section.title for section in snapshot.sections]


def test_a_rolled_back_change_is_forgotten() -> None:
    before = current(AnonymousUser())
    with transaction.atomic():
        Section.objects.filter(slug="caching").update(title="Never")
        assert "Never" in [section.title for section in current(AnonymousUser()).sections]
        transaction.set_rollback(True)
    after = current(AnonymousUser())
    assert after.version == before.version
    assert "Never" not in [section.title for section in after.sections]


def test_migrate_reinstalls_the_triggers() -> None:
    for statement in dropped_triggers():
        raw(statement)
    before = catalog_version.current()
    Section.objects.filter(slug="caching").update(title="Unseen")
    assert catalog_version.current() == before
    call_command("migrate", verbosity=0)
    Section.objects.filter(slug="caching").update(title="Seen")
    assert catalog_version.current() != before


def dropped_triggers() -> list[str]:
    triggers = {
        f"stamp_{table.removeprefix('catalog_')}": table for table in catalog_version.TABLES
    }
    if connection.vendor == "postgresql":
        return [f"DROP TRIGGER {trigger} ON {table}" for trigger, table in triggers.items()]
    changes = ("INSERT", "UPDATE", "DELETE")
    return [f"DROP TRIGGER {trigger}_{change}" for trigger in triggers for change in changes]


def test_a_snapshot_agrees_with_the_tables() -> None:
    snapshot = CatalogSnapshot("any", with_drafts=False)
    in_order = Entry.objects.listed().public().in_journey_order().select_related("article__status")
    assert [place.entry for place in snapshot.indexed_entries] == list(in_order)
    for place, entry in zip(snapshot.indexed_entries, in_order, strict=True):
        assert place.entry.section == entry.section
        assert place.entry.section.layer == entry.section.layer
        assert place.entry.article == entry.article
        assert place.entry.article.status == entry.article.status


def test_drafts_are_in_the_snapshot_of_editors_only(editor: User, learner: User) -> None:
    draft = Article.objects.get(slug="payment-wallet")
    Article.objects.filter(pk=draft.pk).update(status=Status.objects.get(slug="draft"))
    for reader, sees in ((AnonymousUser(), False), (learner, False), (editor, True)):
        snapshot = current(reader)
        assert (draft.slug in snapshot.articles) is sees
        assert bool(snapshot.entries_of(draft.pk)) is sees
        assert ("draft" in [status.slug for status in snapshot.statuses]) is sees


@pytest.mark.parametrize(
    ("query", "title"),
    [("ÜBERSICHT", "Übersicht der Systeme"), ("straße", "Die STRASSE"), ("ειδ", "ΕΙΔΟΣ")],
)
def test_search_folds_every_alphabet(client: Client, query: str, title: str) -> None:
    Entry.objects.filter(article__slug="payment-wallet").update(title=title)
    page = client.get("/articles/", {"q": query}).content.decode()
    assert f">{title}</a>" in page


@override_settings(VISITORS_SEE_CHANGES_AFTER=1)
def test_visitors_see_a_change_after_a_second_and_learners_at_once(
    client: Client, learner: User, clock: Clock
) -> None:
    marking = Client()
    clock(1000.0)
    marking.post("/articles/ticket-booking-system/state/", {"state": "done"})
    client.get("/")
    raw("UPDATE catalog_section SET title = 'Remembering' WHERE slug = 'caching'")
    clock(1000.9)
    assert "Remembering" not in client.get("/").content.decode()
    clock(1001.0)
    assert "Remembering" in client.get("/").content.decode()
    raw("UPDATE catalog_section SET title = 'Keeping' WHERE slug = 'caching'")
    assert "Keeping" not in client.get("/").content.decode()
    assert "Keeping" in marking.get("/").content.decode()
    # What one request of this process learnt, the others know.
    assert "Keeping" in client.get("/").content.decode()
    client.force_login(learner)
    raw("UPDATE catalog_section SET title = 'Holding' WHERE slug = 'caching'")
    assert "Holding" in client.get("/").content.decode()
