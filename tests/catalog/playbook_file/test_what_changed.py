"""The page “What changed” and its feed: revisions and what editors changed by hand."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.db.models import F
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from catalog import catalog_version
from catalog.history.records import records_of
from catalog.models import Article, Entry, Section, Status
from catalog.playbook_file.models import Revision
from catalog.playbook_file.revisions.applying import apply
from catalog.playbook_file.revisions.planning import prepare
from catalog.playbook_file.writing.formats import write
from catalog.stored_catalog import stored
from tests.catalog.admin_pages import address, filled_in

pytestmark = pytest.mark.usefixtures("playbook")

CHANGES, FEED = "/changes/", "/feeds/changes.atom"
WALLET = "payment-wallet"


@pytest.fixture
def editor_client(editor: User) -> Client:
    client = Client()
    client.force_login(editor)
    return client


def save(client: Client, thing: Any, **changes: Any) -> None:
    path = address(thing, "change")
    response = client.post(path, {**filled_in(client.get(path)), **changes})
    assert response.status_code == 302


def text_of(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def listed(client: Client) -> list[tuple[str, list[str], str]]:
    """Return the title, the tags and the details of each changed article of the page."""
    items = re.findall(r"<li>\s*<h3>(.*?)</h3>(.*?)</li>", page(client), re.DOTALL)
    return [
        (
            text_of(heading.partition("</a>")[0]),
            re.findall(r'class="badge"[^>]*>([^<]+)<', heading),
            text_of(details),
        )
        for heading, details in items
    ]


def page(client: Client, path: str = CHANGES) -> str:
    response = client.get(path)
    assert response.status_code == 200
    html = response.content.decode()
    return html.partition("<main")[2].partition("</main>")[0] if path == CHANGES else html


def days_ago(count: int) -> None:
    """Move everything that happened so far to this number of days ago."""
    for model in (Article, Entry):
        records_of(model).update(history_date=F("history_date") - timedelta(days=count))


def test_edits_of_one_day_are_one_update(client: Client, editor_client: Client) -> None:
    wallet = Article.objects.get(slug=WALLET)
    save(editor_client, wallet, title="A wallet")
    save(editor_client, wallet, title="A digital wallet")
    entry = wallet.entries.get()
    save(editor_client, entry, what_you_learn="How money moves")
    [(title, tags, details)] = listed(client)
    assert (title, tags) == ("A digital wallet", ["Changed"])
    assert "A digital wallet" in details
    assert "How money moves" in details
    assert "A wallet" not in text_of(page(client))
    assert page(client).count("<section") == 1
    assert f'id="edits-{timezone.now():%Y-%m-%d}"' in page(client)
    assert "A digital wallet" in page(client, FEED)
    assert f"/changes/#edits-{timezone.now():%Y-%m-%d}" in page(client, FEED)


def test_each_day_has_an_update_newest_first(client: Client, editor_client: Client) -> None:
    save(editor_client, Article.objects.get(slug=WALLET), title="A wallet")
    days_ago(3)
    save(editor_client, Article.objects.get(slug="ticket-booking-system"), title="Tickets")
    assert [title for title, *_ in listed(client)] == ["Tickets", "A wallet"]
    assert page(client).count("<section") == 2


def test_new_moved_retired_and_restored_articles_have_their_tags(
    client: Client, editor_client: Client
) -> None:
    caching = Section.objects.get(slug="caching")
    published = Status.objects.get(slug="published")
    add = address(Article, "add")
    form = filled_in(editor_client.get(add))
    form |= {"title": "How a lock works", "url": "https://example.org/lock", "status": published.pk}
    assert editor_client.post(add, form).status_code == 302
    assert listed(client) == []  # It is in no section yet.
    add = address(Entry, "add")
    form = filled_in(editor_client.get(add))
    new = Article.objects.get(title="How a lock works")
    form |= {"section": caching.pk, "article": new.pk, "title": new.title}
    form |= {"number": 99, "what_you_learn": "Locks"}
    response = editor_client.post(add, form)
    assert response.status_code == 302, response.context["errors"]
    assert listed(client) == [
        ("How a lock works", ["New"], f"In {caching.title} What you’ll learn Locks")
    ]
    days_ago(2)
    wallet = Article.objects.get(slug=WALLET)
    old = wallet.entries.get().section
    save(editor_client, wallet.entries.get(), section=caching.pk, number=98)
    assert listed(client)[0] == (wallet.title, ["Moved"], f"Moved {old.title} {caching.title}")


def test_an_article_that_is_listed_once_more_and_no_longer_is_shown(
    client: Client, editor_client: Client
) -> None:
    wallet, caching = Article.objects.get(slug=WALLET), Section.objects.get(slug="caching")
    form = filled_in(editor_client.get(address(Entry, "add")))
    form |= {"section": caching.pk, "article": wallet.pk, "title": wallet.title, "number": 99}
    assert editor_client.post(address(Entry, "add"), form).status_code == 302
    assert listed(client) == [(wallet.title, ["Changed"], f"Also listed {caching.title}")]
    days_ago(2)
    entry = wallet.entries.get(section=caching)
    editor_client.post(address(entry, "delete"), {"post": "yes"})
    assert listed(client)[0] == (wallet.title, ["Changed"], f"No longer listed {caching.title}")


def test_edits_before_and_after_a_revision_are_two_updates(
    client: Client, editor_client: Client, editor: User
) -> None:
    """Restored by a file in between, the article is not said to be retired by the later edits."""
    wallet = Article.objects.get(slug=WALLET)
    content = write(stored(), "markdown").encode()
    retire(editor, wallet)
    apply(prepare(content, "playbook.md", editor))
    save(editor_client, wallet, title="A wallet")
    day = f"{timezone.now():%Y-%m-%d}"
    assert re.findall(r'<h2 id="([^"]+)"', page(client)) == [
        f"edits-{day}-2",
        f"revision-{Revision.objects.latest('pk').pk}",
        f"edits-{day}",
    ]
    assert [tags for _title, tags, _details in listed(client)] == [
        ["Changed"],
        ["Restored"],
        ["Retired"],
    ]


def test_a_merged_article_names_the_one_that_is_kept(client: Client, editor_client: Client) -> None:
    kept, duplicate = Article.objects.order_by("pk")[:2]
    keys = {"kept": kept.pk, "gone": duplicate.pk}
    assert editor_client.post("/admin/catalog/article/merge/", keys).status_code == 302
    details = {title: (tags, text) for title, tags, text in listed(client)}
    assert details[duplicate.title] == (["Merged"], f"Into {kept.title}")
    assert f"Into {kept.title}" in page(client, FEED)


def retire(editor: User, article: Article, *, back: bool = False) -> None:
    """Retire the article as the admin does: the record names the editor."""
    article.retired_at = None if back else timezone.now()
    article._history_user = editor  # type: ignore[attr-defined]  # read by simple_history
    article.save()


def test_retired_and_restored_articles_are_tagged(client: Client, editor: User) -> None:
    wallet = Article.objects.get(slug=WALLET)
    retire(editor, wallet)
    assert listed(client) == [(wallet.title, ["Retired"], "")]
    days_ago(2)
    retire(editor, wallet, back=True)
    assert [(title, tags) for title, tags, _ in listed(client)] == [
        (wallet.title, ["Restored"]),
        (wallet.title, ["Retired"]),
    ]


def test_an_edit_that_was_taken_back_is_not_listed(client: Client, editor_client: Client) -> None:
    wallet = Article.objects.get(slug=WALLET)
    title = wallet.title
    save(editor_client, wallet, title="A wallet")
    save(editor_client, wallet, title=title)
    assert listed(client) == []
    assert "Nothing has changed yet" in page(client)


def test_what_readers_do_not_see_is_not_listed(client: Client, editor_client: Client) -> None:
    wallet = Article.objects.get(slug=WALLET)
    save(editor_client, wallet.entries.get(), number=77)
    save(editor_client, wallet, status=Status.objects.get(slug="draft").pk)
    save(editor_client, wallet, title="A secret wallet")
    for path in (CHANGES, FEED):
        assert "wallet" not in page(client, path).lower()
        assert "Draft" not in page(client, path)


def test_no_editor_is_named(client: Client, editor_client: Client, editor: User) -> None:
    editor.first_name, editor.username = "Grace", "grace-hopper"
    editor.save()
    save(editor_client, Article.objects.get(slug=WALLET), title="A wallet")
    for path in (CHANGES, FEED):
        assert "grace" not in page(client, path).lower()


def test_an_import_of_an_editor_is_listed_once(
    client: Client, editor: User, editor_client: Client
) -> None:
    """Its historical records name the editor too, and are no hand edits."""
    save(editor_client, Article.objects.get(slug="ticket-booking-system"), title="Tickets")
    days_ago(2)
    text = write(stored(), "markdown").replace("Payment Wallet", "Digital Wallet")
    editor_client.post("/admin/playbook_file/revision/add/", {"text": text})
    revision = Revision.objects.latest("pk")
    # The preview is open while somebody edits, and is loaded again.
    save(editor_client, Article.objects.get(slug="online-forum-part-1"), title="A forum")
    form = {"_apply": "1", "catalog_version": catalog_version.current()}
    editor_client.post(revision.get_absolute_url(), form)
    assert sorted(listed(client)[:2]) == [
        ("Digital Wallet", ["Changed"], "Title Payment Digital Wallet"),
        ("Online Forum (Part 1)", ["Changed"], "Title A forum Online Forum (Part 1)"),
    ]
    assert listed(client)[2:] == [
        ("Online Forum (Part 1)", ["Changed"], "Title Online Forum (Part 1) A forum"),
        ("Tickets", ["Changed"], "Title Ticket Booking System Tickets"),
    ]
    save(editor_client, Article.objects.get(slug=WALLET), title="Wallets")
    assert [title for title, *_ in listed(client)].count("Wallets") == 2


def test_an_edit_is_seen_on_the_next_load(client: Client, editor_client: Client) -> None:
    etag = client.get(CHANGES)["ETag"]
    assert client.get(CHANGES, headers={"If-None-Match": etag}).status_code == 304
    save(editor_client, Article.objects.get(slug=WALLET), title="A wallet")
    response = client.get(CHANGES, headers={"If-None-Match": etag})
    assert response.status_code == 200
    assert "A wallet" in response.content.decode()


def test_the_number_of_queries_does_not_depend_on_the_edits(
    client: Client, editor_client: Client
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            page(client)
        return len(captured)

    save(editor_client, Article.objects.get(slug=WALLET), title="A wallet")
    few = queries()
    for number, article in enumerate(Article.objects.listed()[:8]):
        save(editor_client, article, title=f"Title {number}")
        days_ago(1)
    assert queries() == few


def test_a_large_update_shows_its_first_articles_and_the_rest_on_demand(client: Client) -> None:
    section = Section.objects.get(slug="caching")
    rows = "".join(
        f"| {n} | **Row {n}** | | [Read](https://example.org/{n}) |\n" for n in range(1, 121)
    )
    table = (
        f"## {section.emoji} {section.title}\n\n| # | Title | Learn | Link |\n|---|---|---|---|\n"
    )
    apply(prepare((table + rows).encode(), "big.md", None))
    shown = listed(client)
    assert len(shown) == 100
    revision = Revision.objects.get()
    whole = f"{CHANGES}?update=revision-{revision.pk}"
    more = re.search(rf'<a href="{re.escape(whole)}"[^>]*>([^<]+)</a>', page(client))
    assert more
    html = client.get(whole).content.decode()
    total = html.count("<h3>")
    assert more[1] == f"Show {total - 100} more articles"
    assert total == len(revision.plan["changed"])
    assert f'<a href="{CHANGES}">Show all updates</a>' in html
    feed = client.get(FEED).content.decode()
    assert f"And {total - 100} more articles." in feed
