import json
import re
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from catalog.models import Article, Entry, Layer, Section, Status
from progress.models import State
from progress.states import StateName
from tests.catalog.admin_pages import (
    act,
    address,
    errors,
    filled_in,
    listed,
    messages,
    save,
    text_of,
)

pytestmark = pytest.mark.usefixtures("playbook")

UPDATE = "admin:catalog_section_sortable_update"


@pytest.fixture
def client(client: Client, editor: User) -> Client:
    client.force_login(editor)
    return client


@pytest.fixture
def section(playbook: None) -> Section:
    """Return a section with four entries, named a, b, c and d."""
    section = Section.objects.get(slug="caching")
    for entry, title in zip(section.entries.order_by("number"), "abcd", strict=True):
        Entry.objects.filter(pk=entry.pk).update(title=title)
    return section


def order(section: Section) -> list[tuple[int, str]]:
    return list(section.entries.current().values_list("number", "title"))


def drag(client: Client, items: Any) -> int:
    body = json.dumps({"updatedItems": items})
    return client.post(reverse(UPDATE), body, content_type="application/json").status_code


def sections() -> list[tuple[int, str]]:
    return list(Section.objects.listed().order_by("number").values_list("number", "slug"))


@pytest.mark.parametrize(
    ("numbers", "titles"),
    [
        ([4, 1, 2, 3], "bcda"),
        ([1, 2, 3, 1], "dabc"),
        ([3, 2, 3, 4], "bcad"),
        ([10, 20, 30, 40], "abcd"),
        ([1, 1, 1, 1], "bcda"),
        ([2, "", "", ""], "bacd"),
    ],
    ids=["all typed", "to the front", "to the back", "gaps", "all the same", "the others empty"],
)
def test_entry_numbers_have_no_gaps_or_duplicates(
    client: Client, section: Section, numbers: list[Any], titles: str
) -> None:
    typed = {f"entries-{row}-number": number for row, number in enumerate(numbers)}
    assert save(client, section, **typed).status_code == 302
    assert order(section) == list(enumerate(titles, start=1))


@pytest.mark.parametrize("number", ["0", "-1", "32768", "two", "1.5"])
def test_an_invalid_entry_number_is_refused(client: Client, section: Section, number: str) -> None:
    response = save(client, section, **{"entries-0-number": number})
    assert len(errors(response)) == 1
    assert order(section) == list(enumerate("abcd", start=1))


@pytest.mark.parametrize(("number", "titles"), [("", "abcde"), ("2", "aebcd"), ("99", "abcde")])
def test_a_new_entry_goes_to_its_number_or_the_end(
    client: Client, section: Section, number: str, titles: str
) -> None:
    article = Article.objects.get(slug="payment-wallet")
    row = {"article": article.pk, "title": "e", "number": number}
    save(client, section, **{f"entries-4-{name}": value for name, value in row.items()})
    assert order(section) == list(enumerate(titles, start=1))
    assert section.entries.get(title="e").article == article


def test_an_empty_title_becomes_that_of_the_article(client: Client, section: Section) -> None:
    article = Article.objects.get(slug="payment-wallet")
    row = {"article": article.pk, "title": "", "number": ""}
    save(client, section, **{f"entries-4-{name}": value for name, value in row.items()})
    assert order(section)[-1][1] == "Payment Wallet"
    alone = save(client, Entry, section=section.pk, article="Ticket Booking System", title="")
    assert alone.status_code == 302, errors(alone)
    assert order(section)[-1][1] == "Ticket Booking System"
    save(client, section.entries.get(title="a"), title="")
    assert order(section)[0] == (1, section.entries.current()[0].article.title)
    rows = {"entries-0-section": section.pk, "entries-0-title": "", "entries-0-number": ""}
    new = {"title": "New here", "url": "", "status": article.status_id}
    added = save(client, Article, **new, **rows)
    assert added.status_code == 302, errors(added)
    assert order(section)[-1][1] == "New here"


def test_a_checked_row_is_retired_and_the_others_are_renumbered(
    client: Client, section: Section
) -> None:
    save(client, section, **{"entries-1-retire": "on"})
    assert order(section) == list(enumerate("acd", start=1))
    assert section.entries.get(title="b").is_retired
    page = client.get(address(section, "change"))
    rows = page.context["inline_admin_formsets"][0].formset.initial_forms
    assert [row.instance.title for row in rows] == ["a", "c", "d"]


def test_the_article_of_an_entry_cannot_be_changed(client: Client, section: Section) -> None:
    before = section.entries.get(title="a").article
    save(client, section, **{"entries-0-article": Article.objects.exclude(pk=before.pk)[0].pk})
    assert section.entries.get(title="a").article == before


def test_a_duplicate_row_is_refused(client: Client, section: Section) -> None:
    row = {"article": section.entries.get(title="a").article_id, "title": "a", "number": ""}
    stored = {f"entries-4-{name}": value for name, value in row.items()}
    response = save(client, section, **stored)
    assert errors(response) == ["This section lists that article under that title already."]
    new = {"article": Article.objects.get(slug="payment-wallet").pk, "title": "e", "number": ""}
    twice = {f"entries-{place}-{name}": value for place in (4, 5) for name, value in new.items()}
    response = save(client, section, **{**twice, "entries-TOTAL_FORMS": 6})
    assert errors(response) == [
        "Two rows list the same article under the same title. Remove one of them."
    ]
    assert order(section) == list(enumerate("abcd", start=1))


def test_a_retired_article_cannot_be_listed(client: Client, section: Section) -> None:
    article = Article.objects.get(slug="payment-wallet")
    article.retire()
    row = {"article": article.pk, "title": "e", "number": ""}
    response = save(client, section, **{f"entries-4-{name}": value for name, value in row.items()})
    assert errors(response) == [UNKNOWN]
    assert 'value="Payment Wallet"' not in client.get(address(section, "change")).content.decode()


UNKNOWN = "No article has this title. Choose one from the list, or add the article."


def articles_of(section: Section) -> list[Article]:
    return [entry.article for entry in section.entries.current().order_by("number")]


def listing(client: Client, section: Section, typed: str) -> Any:
    row = {"article": typed, "title": "e", "number": ""}
    return save(client, section, **{f"entries-4-{name}": value for name, value in row.items()})


@pytest.mark.parametrize(
    "typed",
    [
        "Payment Wallet",
        " payment wallet ",
        "https://scalabrix.medium.com/a-new-title-5b7901edee81?source=feed",
    ],
    ids=["title", "title in another case", "link"],
)
def test_the_article_of_a_new_entry_is_typed(client: Client, section: Section, typed: str) -> None:
    assert listing(client, section, typed).status_code == 302
    assert articles_of(section)[-1].slug == "payment-wallet"


def test_all_titles_are_offered_once_and_retired_ones_are_not(
    client: Client, section: Section
) -> None:
    retired = Article.objects.get(slug="payment-wallet")
    retired.retire()
    for path in (address(section, "change"), address(Section, "add"), address(Entry, "add")):
        html = client.get(path).content.decode()
        offered = re.findall(r'<option value="([^"]+)"></option>', html)
        titles = Article.objects.filter(retired_at=None).values_list("title", flat=True)
        assert sorted(unescape(title) for title in offered) == sorted(titles)
        assert html.count('list="article-titles"') >= 1


def test_of_two_articles_with_one_title_each_is_offered_with_its_slug(
    client: Client, section: Section
) -> None:
    other = Article.objects.create(
        title="payment wallet", url="https://example.org/w", status=Status.objects.all()[0]
    )
    html = client.get(address(section, "change")).content.decode()
    assert '<option value="Payment Wallet [payment-wallet]">' in html
    assert '<option value="payment wallet [payment-wallet-2]">' in html
    [error] = errors(listing(client, section, "Payment wallet"))
    assert error == (
        "Several articles have this title. Choose one: "
        "“Payment Wallet [payment-wallet]”, “payment wallet [payment-wallet-2]”."
    )
    assert listing(client, section, "payment wallet [payment-wallet-2]").status_code == 302
    assert articles_of(section)[-1] == other


def test_similar_titles_are_named_when_a_title_is_unknown(client: Client, section: Section) -> None:
    response = listing(client, section, "wallet")
    assert errors(response) == ["No article has this title. Similar ones: “Payment Wallet”."]
    assert 'value="wallet"' in response.content.decode()


@pytest.mark.parametrize(
    "typed",
    ["Quite unknown", "9" * 40, "a%" * 40_000, "a\0", "http://[", "[payment-wallet]"],
    ids=["words", "digits", "long", "null", "address", "slug"],
)
def test_an_unknown_article_is_refused(client: Client, section: Section, typed: str) -> None:
    assert errors(listing(client, section, typed)) == [UNKNOWN]
    assert len(articles_of(section)) == 4


def test_what_one_learns_is_typed_over_lines_and_stored_on_one(
    client: Client, section: Section
) -> None:
    save(client, section, **{"entries-0-what_you_learn": "Queues,\r\n  topics"})
    assert section.entries.current()[0].what_you_learn == "Queues, topics"


def test_a_row_that_another_editor_retired_causes_a_conflict(
    client: Client, section: Section
) -> None:
    rows = {"entries-0-title": "changed"}
    path = address(section, "change")
    data = {**filled_in(client.get(path)), **rows}
    section.entries.get(title="d").retire()
    response = client.post(path, data)
    assert response.status_code == 200
    assert [row.title for row in response.context["comparison"].removed] == ["d"]
    assert order(section) == list(enumerate("abc", start=1))


def test_a_new_section_goes_to_the_end(client: Client) -> None:
    layer = Layer.objects.get(slug="data-mastery")
    data = {"title": "New", "slug": "new", "emoji": "🆕", "layer": layer.pk}
    assert save(client, Section, **data).status_code == 302
    assert sections()[-1] == (13, "new")
    assert len(sections()) == 13


@pytest.mark.parametrize(("old", "new"), [(7, 3), (3, 7), (1, 12), (12, 1), (5, 5)])
def test_changing_a_sections_number_moves_it(client: Client, old: int, new: int) -> None:
    slugs = [slug for _number, slug in sections()]
    moved = slugs.pop(old - 1)
    slugs.insert(new - 1, moved)
    save(client, Section.objects.get(slug=moved), number=new)
    assert sections() == list(enumerate(slugs, start=1))


def test_dragging_sections_of_a_filtered_list_moves_only_them(client: Client) -> None:
    slugs = [slug for _number, slug in sections()]
    pk = dict(Section.objects.values_list("slug", "pk"))
    a, b, c = slugs[1], slugs[4], slugs[8]
    assert drag(client, [[pk[c], 2], [pk[a], 3], [pk[b], 4]]) == 200
    slugs[1], slugs[4], slugs[8] = c, a, b
    assert sections() == list(enumerate(slugs, start=1))


def test_dragging_works_in_a_reversed_list(client: Client) -> None:
    slugs = [slug for _number, slug in sections()]
    pk = dict(Section.objects.values_list("slug", "pk"))
    assert drag(client, [[pk[slugs[10]], 12], [pk[slugs[11]], 11]]) == 200
    slugs[10], slugs[11] = slugs[11], slugs[10]
    assert sections() == list(enumerate(slugs, start=1))


@pytest.mark.parametrize(
    "items", [None, 7, "x", [[1]], [["x", 1]], [[1, None]], {"a": 1}, [[10**30, 1]], [[1, 10**30]]]
)
def test_an_invalid_drag_changes_nothing(client: Client, items: Any) -> None:
    before = sections()
    assert drag(client, items) in {200, 400}
    assert sections() == before


def test_dragging_requires_post_and_permission(client: Client, learner: User) -> None:
    assert client.get(reverse(UPDATE)).status_code == 405
    before = sections()
    outsider = Client()
    outsider.force_login(learner)
    pk = dict(Section.objects.values_list("number", "pk"))
    assert drag(outsider, [[pk[2], 1], [pk[1], 2]]) in {302, 403}
    learner.is_staff = True
    learner.save()
    assert drag(outsider, [[pk[2], 1], [pk[1], 2]]) == 403
    assert sections() == before


def test_retiring_a_section_shows_affected_learners_and_keeps_its_entries(
    client: Client, section: Section, learner: User
) -> None:
    article = section.entries.get(title="a").article
    elsewhere = Article.objects.get(slug="payment-wallet")
    for read in (article, elsewhere):
        State.objects.create(user=learner, article=read, state=StateName.READING)
    page = text_of(client.get(address(section, "delete")))
    assert f"“{article.title}”: 1 learner has a state on it." in page
    assert page.count("learners have a state on it") == 3
    assert "Payment Wallet" not in page
    client.post(address(section, "delete"), {"post": "yes"})
    section.refresh_from_db()
    assert section.is_retired
    assert section.entries.filter(retired_at=None).count() == 4
    assert [number for number, _slug in sections()] == list(range(1, 12))
    assert client.get(address(section, "change")).context["has_absolute_url"] is False
    act(client, "restore_selected", section)
    assert [number for number, _slug in sections()] == list(range(1, 13))


def test_the_list_of_sections_shows_entry_counts(client: Client, section: Section) -> None:
    path = address(Section, "changelist")
    assert listed(client.get(path)) == [s.title for s in Section.objects.order_by("number")]
    section.retire()
    assert section.title not in listed(client.get(path))
    assert listed(client.get(f"{path}?retired=yes")) == [section.title]


def test_an_entry_is_restored_unless_its_place_is_taken(client: Client, section: Section) -> None:
    free, taken = section.entries.get(title="a"), section.entries.get(title="b")
    assert messages(act(client, "retire_selected", free, taken, confirmed="yes")) == [
        "Retired: 2 entries."
    ]
    assert order(section) == list(enumerate("cd", start=1))
    Entry.objects.create(section=section, article=taken.article, title="b", number=3)
    assert messages(act(client, "restore_selected", free, taken)) == [
        f"“b” stays retired, because “{section.title}” lists it again.",
        "Restored: 1 entry. 1 needed no change.",
    ]
    taken.refresh_from_db()
    assert taken.is_retired
    assert sorted(order(section)) == list(enumerate("acdb", start=1))


def test_an_entry_can_be_edited_on_its_own_page(client: Client, section: Section) -> None:
    entry = section.entries.get(title="d")
    save(client, entry, number=1, title="D", article=Article.objects.first())
    assert order(section) == list(enumerate("Dabc", start=1))
    assert section.entries.get(title="D").article == entry.article
    other = Section.objects.get(slug="fundamentals")
    save(client, entry, section=other.pk, number="")
    assert order(section) == list(enumerate("abc", start=1))
    assert order(other)[-1] == (4, "D")
    refused = save(
        client,
        Entry,
        section=section.pk,
        article=section.entries.get(title="a").article_id,
        title="a",
    )
    assert errors(refused) == ["This section lists that article under that title already."]
    page = client.post(address(entry, "delete"), {"post": "yes"}, follow=True)
    assert messages(page) == ["“D” is retired. Filter by “Retired” to restore it."]
    assert Entry.objects.get(pk=entry.pk).is_retired
    assert [number for number, _title in order(other)] == [1, 2, 3]


def test_the_number_of_a_section_is_shown_in_every_order(client: Client) -> None:
    path = address(Section, "changelist")
    sections = list(Section.objects.order_by("number"))
    by_number = client.get(path).content.decode()
    assert re.findall(r'class="drag handle" pk="(\d+)" order="(\d+)"', by_number) == [
        (str(section.pk), str(section.number)) for section in sections
    ]
    by_title = client.get(f"{path}?o=2").content.decode()
    numbers = re.findall(r'<td class="field-_reorder_">(.*?)</td>', by_title)
    assert numbers == [str(section.number) for section in Section.objects.order_by("title")]
