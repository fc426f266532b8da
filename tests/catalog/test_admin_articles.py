import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connections
from django.test import Client
from django.utils import timezone

from accounts.models import User
from catalog.history.records import records_of
from catalog.models import Article, Entry, Section, Status
from progress.models import Event, State
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


@pytest.fixture
def client(client: Client, editor: User) -> Client:
    client.force_login(editor)
    return client


@pytest.fixture
def article(playbook: None) -> Article:
    return Article.objects.get(slug="payment-wallet")


def search(client: Client, query: str) -> list[str]:
    return listed(client.get(f"{address(Article, 'changelist')}?{query}"))


@pytest.mark.parametrize(
    "query",
    ["wallet", "HTTPS://SCALABRIX.MEDIUM.COM/WALLET", "medium:0f0f0f0f0f0f", "Purse of 2027"],
    ids=["title", "link", "key", "title in a section"],
)
def test_search_finds_articles_by_each_of_their_texts(
    client: Client, article: Article, query: str
) -> None:
    Article.objects.filter(pk=article.pk).update(url="https://scalabrix.medium.com/wallet-1")
    article.aliases.create(key="medium:0f0f0f0f0f0f")
    article.entries.update(title="Purse of 2027")
    assert search(client, f"q={query}") == ["Payment Wallet"]


def test_a_search_of_any_length_is_answered(client: Client) -> None:
    assert search(client, f"q={'a+' * 3000}") == search(client, f"q={'a+' * 50}")


def test_list_filters_select_articles(client: Client, article: Article) -> None:
    status = Status.objects.get(slug="draft")
    unlisted = Article.objects.create(title="Nowhere yet", status=status)
    in_section = Article.objects.filter(entries__section=article.entries.get().section)
    assert search(client, "section=domain-case-studies") == sorted(map(str, in_section))
    assert len(search(client, "layer=foundation-layer")) == 3
    assert search(client, "listed=no") == ["Nowhere yet"]
    assert len(search(client, "listed=yes")) == 39
    assert search(client, "is_public=no") == ["Nowhere yet"]
    assert len(search(client, "is_public=yes")) == 39
    assert len(search(client, "is_public=perhaps&listed=perhaps")) == 40
    assert search(client, f"status__id__exact={status.pk}") == ["Nowhere yet"]
    unlisted.retire()
    assert search(client, "listed=no") == []
    assert search(client, "retired=yes") == ["Nowhere yet"]
    assert len(search(client, "retired=all")) == 40
    assert len(search(client, "section=no-such-section&layer=nope&retired=x")) == 39


def test_the_list_shows_sections_learners_and_a_link_to_the_page(
    client: Client, article: Article, learner: User
) -> None:
    State.objects.create(user=learner, article=article, state=StateName.DONE)
    response = client.get(f"{address(Article, 'changelist')}?q=Payment+Wallet")
    section = article.entries.get().section
    html = response.content.decode()
    assert '<td class="field-learner_count">1</td>' in html
    assert f'<a href="{address(section, "change")}">{section.title}</a>' in html
    assert f'<a href="{article.get_absolute_url()}">View</a>' in html
    assert f'<a href="{article.url}" rel="noopener">' in html


def test_status_is_changed_in_the_list(client: Client, article: Article) -> None:
    path = f"{address(Article, 'changelist')}?q=Payment+Wallet"
    planned = Status.objects.get(slug="planned")
    data = {"form-TOTAL_FORMS": 1, "form-INITIAL_FORMS": 1, "form-0-id": article.pk}
    data["form-0-status-opened"] = article.status_id
    client.post(path, {**data, "form-0-status": planned.pk, "_save": "Save"})
    article.refresh_from_db()
    assert article.status == planned


@pytest.mark.parametrize(("action", "slug"), [("publish", "published"), ("move_to_draft", "draft")])
def test_changing_many_statuses_reports_counts_and_is_idempotent(
    client: Client, action: str, slug: str
) -> None:
    status = Status.objects.get(slug=slug)
    other = Status.objects.get(slug="planned")
    chosen = list(Article.objects.order_by("pk")[:3])
    before = timezone.now() - timedelta(days=9)
    Article.objects.update(status=other, updated_at=before)
    Article.objects.filter(pk=chosen[0].pk).update(status=status)
    assert messages(act(client, action, *chosen)) == [
        f"{status.label}: 2 articles. 1 needed no change."
    ]
    assert set(Article.objects.filter(status=status)) == set(chosen)
    assert set(Article.objects.filter(updated_at__gt=before)) == set(chosen[1:])
    assert messages(act(client, action, *chosen)) == [
        f"{status.label}: 0 articles. 3 needed no change."
    ]


def test_changing_to_a_missing_status_is_refused(client: Client, article: Article) -> None:
    Status.objects.filter(slug="draft").update(slug="sketch")
    response = act(client, "move_to_draft", article)
    assert messages(response) == ["There is no status “draft”. Nothing was changed."]


def cancel_url(page: Any) -> str:
    link = re.search(r'href="([^"]+)" class="button cancel-link"', page.content.decode())
    assert link
    return link[1]


def test_cancelling_leads_back_also_without_javascript(client: Client, article: Article) -> None:
    change = address(article, "change")
    assert cancel_url(client.get(address(article, "delete"))) == change
    assert cancel_url(act(client, "retire_selected", article)) == "/admin/catalog/article/"


def test_retiring_shows_learner_counts_and_keeps_states(
    client: Client, article: Article, learner: User
) -> None:
    other = Article.objects.get(slug="ticket-booking-system")
    state = State.objects.create(user=learner, article=article, state=StateName.DONE)
    event = Event.objects.create(user=learner, article=article, from_state="todo", to_state="done")
    asked = act(client, "retire_selected", article, other)
    assert "“Payment Wallet”: 1 learner has a state on it." in text_of(asked)
    assert "“Ticket Booking System”: 0 learners have a state on it." in text_of(asked)
    assert "Learners lose nothing" in text_of(asked)
    assert not Article.objects.exclude(retired_at=None).exists()

    done = act(client, "retire_selected", article, other, confirmed="yes")
    assert messages(done) == ["Retired: 2 articles."]
    assert set(Article.objects.exclude(retired_at=None)) == {article, other}
    assert list(State.objects.all()) == [state]
    assert list(Event.objects.all()) == [event]
    assert Entry.objects.filter(article=article, retired_at=None).count() == 1

    again = act(client, "retire_selected", article, other, confirmed="yes")
    assert messages(again) == ["Retired: 0 articles. 2 needed no change."]
    assert messages(act(client, "restore_selected", article, other)) == ["Restored: 2 articles."]
    assert not Article.objects.exclude(retired_at=None).exists()
    assert messages(act(client, "restore_selected", article)) == [
        "Restored: 0 articles. 1 needed no change."
    ]


def test_entries_are_renumbered_when_an_article_is_retired_or_restored(
    client: Client, article: Article
) -> None:
    section = article.entries.get().section
    titles = [entry.title for entry in section.entries.order_by("number")]

    def numbers() -> list[tuple[int, str]]:
        return list(section.entries.current().values_list("number", "title"))

    act(client, "retire_selected", article, confirmed="yes")
    left = [title for title in titles if title != "Payment Wallet"]
    assert numbers() == list(enumerate(left, start=1))
    act(client, "restore_selected", article)
    assert [number for number, _title in numbers()] == [1, 2, 3, 4]


@pytest.mark.parametrize("slug", ["payment-wallet", "ticket-booking-system"])
def test_the_delete_page_retires_the_article(client: Client, learner: User, slug: str) -> None:
    article = Article.objects.get(slug=slug)
    if slug == "payment-wallet":
        State.objects.create(user=learner, article=article, state=StateName.SKIPPED)
    page = client.get(address(article, "delete"))
    assert ("1 learner has" in text_of(page)) == (slug == "payment-wallet")
    response = client.post(address(article, "delete"), {"post": "yes"}, follow=True)
    article.refresh_from_db()
    assert article.is_retired
    assert messages(response) == [
        f"“{article.title}” is retired. Filter by “Retired” to restore it."
    ]
    assert LogEntry.objects.latest("pk").change_message == "Retired."


def test_a_retired_article_is_restored_from_its_own_form(client: Client, article: Article) -> None:
    article.retire()
    page = client.get(address(article, "change")).content.decode()
    assert 'name="_restore"' in page
    assert "deletelink" not in page
    save(client, article, _restore="yes", title="Purse")
    article.refresh_from_db()
    assert (article.is_retired, article.title) == (False, "Purse")
    page = client.get(address(article, "change")).content.decode()
    assert 'name="_restore"' not in page
    assert "deletelink" in page


def test_there_is_no_bulk_delete_action(client: Client, article: Article) -> None:
    act(client, "delete_selected", article, post="yes")
    assert Article.objects.filter(pk=article.pk, retired_at=None).exists()


@pytest.mark.same_everywhere
@pytest.mark.parametrize(
    ("url", "refusal"),
    [
        ("javascript:alert(1)", "Enter a valid URL."),
        ("ftp://example.org/a", "Enter a valid URL."),
        ("https://ada:secret@example.org/a", "must not contain a user name or a password"),
        ("https://ada@example.org/a", "must not contain a user name or a password"),
        ("https://example.org:99999/a", "The port must be 65535 or less"),
        ("https://[::1", "Enter a valid URL."),
        ("https://example.org/" + "a" * 2000, "at most 2000 characters"),
        ("https://example.org/\0", "Null characters are not allowed."),
    ],
)
def test_an_invalid_link_is_refused(
    client: Client, article: Article, url: str, refusal: str
) -> None:
    response = save(client, article, url=url)
    assert refusal in " ".join(errors(response))
    assert Article.objects.get(pk=article.pk).url == article.url


def test_the_link_of_another_article_is_refused_with_a_reference_to_it(
    client: Client, article: Article
) -> None:
    other = Article.objects.get(slug="ticket-booking-system")
    Article.objects.filter(pk=other.pk).update(title="<b>Tickets</b>")
    response = save(client, article, url=f"{other.url}?source=friends_link&sk=1#top")
    refusal = (
        f'This is already the article <a href="{address(other, "change")}">'
        "&lt;b&gt;Tickets&lt;/b&gt;</a>. List that article here instead."
    )
    assert refusal in response.content.decode()
    assert "<b>Tickets" not in response.content.decode()
    assert Article.objects.get(pk=article.pk).url == article.url


def test_a_new_link_keeps_the_old_key(client: Client, article: Article) -> None:
    old_keys = set(article.aliases.values_list("key", flat=True))
    assert save(client, article, url="example.org/wallet").status_code == 302
    article.refresh_from_db()
    assert article.url == "https://example.org/wallet"
    assert set(article.aliases.values_list("key", flat=True)) == {
        *old_keys,
        "url:example.org/wallet",
    }


@pytest.mark.parametrize("title", ["🎉", "🎉🎉", "—", "日本語", "a" * 250])
def test_any_title_makes_an_article_with_a_page(client: Client, title: str) -> None:
    status = Status.objects.get(slug="published")
    response = save(client, Article, title=title, status=status.pk)
    assert response.status_code == 302, errors(response)
    article = Article.objects.get(title=title)
    assert client.get(article.get_absolute_url()).status_code == 200


@pytest.mark.same_everywhere
@pytest.mark.parametrize("field", ["title", "status"])
def test_missing_fields_are_named(client: Client, article: Article, field: str) -> None:
    response = save(client, article, **{field: ""})
    assert errors(response) == ["This field is required."]


def test_read_only_fields_cannot_be_sent(client: Client, article: Article) -> None:
    key = article.aliases.get().key
    forged = dict.fromkeys(("added_at", "updated_at", "retired_at", "slug"), "2001-01-01 00:00")
    forged |= {"aliases-0-key": "url:example.org/mine", "learner_count": "9", "title": "New"}
    save(client, article, **forged)
    after = Article.objects.get(pk=article.pk)
    assert (after.title, after.slug, after.added_at, after.retired_at) == (
        "New",
        article.slug,
        article.added_at,
        None,
    )
    assert list(after.aliases.values_list("key", flat=True)) == [key]


def test_an_entry_is_moved_to_another_section_from_the_article(
    client: Client, article: Article
) -> None:
    old, new = article.entries.get().section, Section.objects.get(slug="caching")
    new_titles = [entry.title for entry in new.entries.order_by("number")]
    save(client, article, **{"entries-0-section": new.pk, "entries-0-number": 2})
    assert list(new.entries.values_list("number", "title")) == list(
        enumerate([new_titles[0], "Payment Wallet", *new_titles[1:]], start=1)
    )
    assert list(old.entries.values_list("number", flat=True)) == [1, 2, 3]


def titles(article: Article) -> list[str]:
    return list(article.entries.order_by("pk").values_list("title", flat=True))


@pytest.fixture
def listed_twice(article: Article) -> Article:
    """Return an article with a second entry, in another section, under a title of its own."""
    section = Section.objects.exclude(entries__article=article)[0]
    Entry.objects.create(section=section, article=article, title="The other name", number=99)
    return article


def test_the_title_that_follows(client: Client, listed_twice: Article) -> None:
    response = save(client, listed_twice, title="A purse")
    listed_twice.refresh_from_db()
    assert listed_twice.title == "A purse"
    assert titles(listed_twice) == ["A purse", "The other name"]
    page = client.get(response.url)
    assert messages(page)[0] == "1 entry had the old title, and now has the new one."
    assert "Payment Wallet" not in text_of(client.get(listed_twice.get_absolute_url()))
    records = records_of(Entry).filter(article=listed_twice, title="A purse")
    assert [record.history_user for record in records] == [response.wsgi_request.user]


def test_an_entry_keeps_the_title_that_is_typed_with_a_new_title_of_its_article(
    client: Client, listed_twice: Article
) -> None:
    save(client, listed_twice, **{"title": "A purse", "entries-0-title": "A wallet"})
    assert titles(listed_twice) == ["A wallet", "The other name"]
    old = {"title": "A pocket", "entries-0-title": "A purse", "entries-0-number": 1}
    save(client, listed_twice, **old)
    assert titles(listed_twice) == ["A purse", "The other name"]


def test_an_entry_follows_the_title_while_another_value_of_it_changes(
    client: Client, listed_twice: Article
) -> None:
    save(client, listed_twice, **{"title": "A purse", "entries-0-what_you_learn": "Ledgers"})
    assert titles(listed_twice) == ["A purse", "The other name"]
    assert listed_twice.entries.get(title="A purse").what_you_learn == "Ledgers"


def test_an_entry_keeps_its_title_beside_one_that_has_the_new_title(
    client: Client, article: Article
) -> None:
    section = article.entries.get().section
    Entry.objects.create(section=section, article=article, title="A pouch", number=99)
    save(client, article, **{"title": "A purse", "entries-1-title": "A purse"})
    assert titles(article) == ["Payment Wallet", "A purse"]


def test_a_retired_entry_keeps_its_old_title(client: Client, article: Article) -> None:
    article.entries.get().retire()
    save(client, article, title="A purse")
    assert titles(article) == ["Payment Wallet"]


def test_a_reverted_title_is_followed_by_its_entries(client: Client, listed_twice: Article) -> None:
    first = records_of(Article).filter(id=listed_twice.pk).first()
    save(client, listed_twice, title="A purse")
    newest = records_of(Article).filter(id=listed_twice.pk).first()
    path = f"{address(listed_twice, 'history')}{first.pk}/"
    client.post(path, {"newest": newest.pk})
    listed_twice.refresh_from_db()
    assert listed_twice.title == "Payment Wallet"
    assert titles(listed_twice) == ["Payment Wallet", "The other name"]


def test_an_article_is_listed_once_more_at_the_end(client: Client, article: Article) -> None:
    section = Section.objects.get(slug="caching")
    save(client, article, **{"entries-1-section": section.pk, "entries-1-title": "Purse"})
    last = section.entries.last()
    assert last is not None
    assert (last.number, last.title, last.article) == (5, "Purse", article)


def test_one_of_two_simultaneous_saves_of_the_same_link_is_refused(
    transactional_db: None, playbook: None, editor: User
) -> None:
    """On PostgreSQL both may validate before either writes."""
    clients = [Client(), Client()]
    forms = []
    for client, article in zip(clients, Article.objects.order_by("pk"), strict=False):
        client.force_login(editor)
        path = address(article, "change")
        forms.append((path, {**filled_in(client.get(path)), "url": "https://example.org/one"}))
    together = Barrier(2)

    def take(client: Client, form: tuple[str, dict[str, Any]]) -> Any:
        together.wait(timeout=30)
        try:
            return client.post(*form)
        finally:
            connections.close_all()

    with ThreadPoolExecutor() as threads:
        responses = list(threads.map(take, clients, forms))
    refused, taken = sorted(responses, key=lambda response: response.status_code)
    assert (refused.status_code, taken.status_code) == (200, 302)
    winner = Article.objects.get(url="https://example.org/one")
    link = f'This is already the article <a href="{address(winner, "change")}">'
    assert link in refused.content.decode()


@pytest.mark.parametrize("has_draft", [True, False])
def test_a_new_article_begins_as_a_draft_or_else_with_the_first_status(
    client: Client, has_draft: bool
) -> None:
    if not has_draft:
        Status.objects.filter(slug="draft").update(slug="sketch")
    form = client.get(address(Article, "add")).context["adminform"].form
    slug = "draft" if has_draft else Status.objects.all()[0].slug
    assert form["status"].initial == Status.objects.get(slug=slug)


@pytest.mark.same_everywhere
def test_an_error_has_the_focus_and_an_unsaved_link_is_not_called_current(
    client: Client, article: Article
) -> None:
    typed = {"title": "", "url": "https://example.org/new"}
    page = save(client, Article, **typed)
    assert focused(page) == ["title"]
    assert "Currently:" not in text_of(page)
    assert "change_form.js" not in page.content.decode()
    row = {"entries-0-section": "", "entries-0-title": "No section"}
    assert focused(save(client, Article, title="New", **row)) == ["entries-0-section"]
    stored = client.get(address(article, "change"))
    assert focused(stored) == []
    assert "Currently:" in text_of(stored)


def focused(response: Any) -> list[str]:
    tags = re.findall(r"<(?:input|select|textarea)[^>]* autofocus[^>]*>", response.content.decode())
    return [name for tag in tags for name in re.findall(r'name="([^"]*)"', tag)]


def test_a_retired_article_says_so_and_is_restored_from_its_page(
    client: Client, article: Article
) -> None:
    banner = "Retired since"
    assert banner not in text_of(client.get(address(article, "change")))
    article.retire()
    page = client.get(address(article, "change"))
    assert banner in text_of(page)
    assert 'name="_only_restore"' in page.content.decode()
    restored = client.post(address(article, "change"), {"_only_restore": "yes"}, follow=True)
    assert messages(restored) == ["Restored: 1 article."]
    assert not Article.objects.get(pk=article.pk).is_retired
    assert banner not in text_of(restored)
