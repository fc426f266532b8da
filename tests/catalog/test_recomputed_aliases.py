"""The data migration that gives articles the keys of ADR 45."""

from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection

from catalog.models import Alias, Article, Status

APP = "https://example.org/app"


@pytest.fixture(autouse=True)
def published(db: None) -> Status:
    return Status.objects.create(slug="published", label="Published", colour="green")


def article(title: str, url: str, *old_keys: str) -> Article:
    """Store an article as it was before, with its old keys alone."""
    stored = Article.objects.create(title=title, url=url, status=Status.objects.get())
    stored.aliases.all().delete()
    for key in old_keys:
        stored.aliases.create(key=key)
    return stored


def migrate() -> dict[str, str]:
    """Run the migration twice; return the title of the article of each key."""
    migration = import_module("catalog.migrations.0011_recomputed_aliases")
    for _time in range(2):
        migration.add_keys(apps, connection.schema_editor())
    return dict(Alias.objects.order_by("key").values_list("key", "article__title"))


def test_article_gets_the_new_key_and_keeps_the_old_one() -> None:
    article("Route", f"{APP}#/sharding", "url:example.org/app")
    article(
        "UUID",
        "https://example.org/n/0b1f3c52-5d0e-11ee-8c99-0242ac12000b",
        "medium:0242ac12000b",
    )
    article("Parameter", f"{APP}/show?source=a.md", "url:example.org/app/show")
    article("Unchanged", f"{APP}/plain", "url:example.org/app/plain")

    assert migrate() == {
        "medium:0242ac12000b": "UUID",
        "url:example.org/app": "Route",
        "url:example.org/app#/sharding": "Route",
        "url:example.org/app/plain": "Unchanged",
        "url:example.org/app/show": "Parameter",
        "url:example.org/app/show?source=a.md": "Parameter",
        "url:example.org/n/0b1f3c52-5d0e-11ee-8c99-0242ac12000b": "UUID",
    }


def test_two_articles_that_have_one_key_now_are_not_joined() -> None:
    article("Dot", "https://example.org./ring", "url:example.org./ring")
    article("No dot", "https://example.org/ring", "url:example.org/ring")

    assert migrate() == {"url:example.org./ring": "Dot", "url:example.org/ring": "No dot"}


def test_former_addresses_keep_finding_their_article() -> None:
    moved = article("Moved", f"{APP}#/sharding", "url:example.org/app")
    moved.url = "https://example.org/sharding"
    moved.save()
    Alias.objects.filter(key="url:example.org/app#/sharding").delete()

    assert migrate()["url:example.org/app#/sharding"] == "Moved"


def test_address_given_to_another_article_stays_there() -> None:
    giver = article("Giver", f"{APP}#/sharding", "url:example.org/app")
    giver.url = "https://example.org/giver"
    giver.save()
    article("Taker", f"{APP}#/sharding", "url:example.org/app#/sharding")

    assert migrate()["url:example.org/app#/sharding"] == "Taker"


def test_keys_of_a_merged_article_go_to_the_kept_one() -> None:
    kept = article(
        "Kept", "https://example.org/kept", "url:example.org/kept", "url:example.org/app"
    )
    duplicate = article("Duplicate", f"{APP}#/sharding")
    Article.objects.filter(pk=duplicate.pk).update(merged_into=kept, retired_at=duplicate.added_at)

    assert migrate()["url:example.org/app#/sharding"] == "Kept"
