"""Several entries move to another section in one action."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.utils.html import escape

from accounts.models import User
from catalog.history.records import records_of
from catalog.models import Article, Entry, Section
from tests.catalog.admin_pages import act, address, messages, text_of


@pytest.fixture
def client(client: Client, editor: User, playbook: None) -> Client:
    client.force_login(editor)
    return client


@pytest.fixture
def old(playbook: None) -> Section:
    return Section.objects.get(slug="caching")


@pytest.fixture
def new(playbook: None) -> Section:
    return Section.objects.get(slug="feeds-fan-out")


def rows(section: Section) -> list[tuple[int, str]]:
    current = section.entries.current().order_by("number", "pk")
    return list(current.values_list("number", "title"))


def titles(section: Section) -> list[str]:
    return [title for _number, title in rows(section)]


def move(client: Client, section: Section, chosen: list[Any], entries: list[Entry]) -> Any:
    keys = [entry.pk for entry in entries]
    more = {"confirmed": "yes", "section": section.pk, "entries": keys}
    return act(client, "move_selected", *chosen, **more)


def moved_to(section: Section, rest: str) -> str:
    link = f'<a href="{address(section, "change")}">{escape(str(section))}</a>'
    return f"Moved to “{link}”: {rest}"


def test_entries_move_to_the_end_in_their_order(client: Client, old: Section, new: Section) -> None:
    first, second, third, fourth = old.entries.current().order_by("number")
    before = titles(new)
    # The order of the rows in the section counts, and not that of their keys.
    Entry.objects.filter(pk=third.pk).update(number=0)
    response = move(client, new, [first, third], [first, third])
    assert messages(response) == [moved_to(new, "2 entries.")]
    assert rows(old) == [(1, second.title), (2, fourth.title)]
    assert rows(new) == list(enumerate([*before, third.title, first.title], start=1))


def test_a_move_asks_first_and_needs_a_section(client: Client, old: Section, new: Section) -> None:
    first, second = old.entries.current().order_by("number")[:2]
    before = rows(old)
    asked = act(client, "move_selected", first, second)
    assert f"{first.title} – now number 1 in “{old}”" in text_of(asked)
    assert f"{new.layer} – {new}" in text_of(asked)
    assert asked.content.decode().count(" checked") == 2
    refused = act(client, "move_selected", first, second, confirmed="yes", entries=[first.pk])
    assert "Choose a section. Nothing was moved." in text_of(refused)
    refused = act(client, "move_selected", first, second, confirmed="yes", section=new.pk)
    assert "Choose at least one entry." in text_of(refused)
    assert rows(old) == before


def test_only_the_ticked_entries_move(client: Client, old: Section, new: Section) -> None:
    first, second = old.entries.current().order_by("number")[:2]
    move(client, new, [first, second], [second])
    assert first.title in titles(old)
    assert second.title in titles(new)


def test_articles_move_with_their_entries(client: Client, old: Section, new: Section) -> None:
    entries = list(old.entries.current().order_by("number"))
    articles = [entry.article for entry in entries]
    asked = act(client, "move_selected", *articles)
    listed = Entry.objects.filter(article__in=articles, retired_at=None)
    assert asked.content.decode().count(" checked") == len(listed)
    response = move(client, new, articles, entries)
    assert messages(response) == [moved_to(new, f"{len(entries)} entries.")]
    assert titles(old) == []
    assert titles(new)[-len(entries) :] == [entry.title for entry in entries]


def test_a_move_is_recorded_once_for_each_row_and_logged(
    client: Client, editor: User, old: Section, new: Section
) -> None:
    entry = old.entries.current().order_by("number")[0]
    before = records_of(Entry).filter(id=entry.pk).count()
    move(client, new, [entry], [entry])
    records = records_of(Entry).filter(id=entry.pk)
    assert records.count() == before + 1
    newest = records.first()
    assert (newest.section_id, newest.history_user) == (new.pk, editor)
    assert newest.number == len(titles(new))
    assert [log.change_message for log in LogEntry.objects.all()] == [f"Moved to “{new}”."]


def test_entries_that_the_section_lists_stay_with_a_reason(
    client: Client, old: Section, new: Section
) -> None:
    entry, other = old.entries.current().order_by("number")[:2]
    Entry.objects.create(section=new, article=entry.article, title=entry.title, number=99)
    there = new.entries.current().order_by("number")[0]
    response = move(client, new, [entry, other, there], [entry, other, there])
    assert messages(response) == [
        moved_to(new, "1 entry. 1 was there before."),
        f"“{entry}” stays in “{old}”, because “{new}” lists it already.",
    ]
    assert entry.title in titles(old)
    assert titles(new).count(entry.title) == 1


def test_unlisted_articles_cannot_move(client: Client, new: Section) -> None:
    article = Article.objects.get(slug="payment-wallet")
    article.entries.get().retire()
    response = act(client, "move_selected", article)
    assert messages(response) == ["None of them is listed in a section. Nothing was moved."]


def test_a_retired_section_is_not_offered(client: Client, old: Section, new: Section) -> None:
    entry = old.entries.current()[0]
    new.retire()
    response = move(client, new, [entry], [entry])
    assert "Select a valid choice" in text_of(response)
    assert entry.title in titles(old)


def test_moving_articles_requires_permission_to_change_entries(
    client: Client, old: Section, new: Section
) -> None:
    group = Group.objects.get(name="Editors")
    group.permissions.remove(Permission.objects.get(codename="change_entry"))
    entry = old.entries.current()[0]
    move(client, new, [entry.article], [entry])
    assert entry.title in titles(old)
