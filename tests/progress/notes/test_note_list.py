"""All notes of a learner: searched, filtered, printed and downloaded."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from catalog.models import Article, Status
from progress.models import Completion
from progress.notes.models import Note
from progress.sql import lock_learner
from tests.progress.notes.conftest import WriteNote

LIST, PRINT, DOWNLOAD = "/me/notes/", "/me/notes/print/", "/me/notes.md"
WALLET, BOOKING, CACHE = (
    "payment-wallet",
    "ticket-booking-system",
    "distributed-cache-invalidation-service",
)


@pytest.fixture
def notes(learner: User, playbook: None, write_note: WriteNote) -> None:
    for slug, text in {
        BOOKING: "Sagas *compensate*, Müller says.",
        CACHE: "Delete, don't update.",
        WALLET: "Double entry.\n\n- idempotent",
    }.items():
        write_note(learner, Article.objects.get(slug=slug), text)


def shown(client: Client, address: str = LIST) -> list[str]:
    html = client.get(address).content.decode()
    return re.findall(r'<h2 id="written-\d+"><a href="/articles/([\w-]+)/#note">', html)


def test_all_notes_are_shown_in_the_order_of_the_journey(reader: Client, notes: None) -> None:
    for address in (LIST, PRINT):
        assert shown(reader, address) == [CACHE, WALLET, BOOKING]
    html = reader.get(LIST).content.decode()
    assert "Sagas <em>compensate</em>" in html
    assert "3 articles" in html


@pytest.mark.parametrize(
    ("query", "slugs"),
    [
        ("layer=data-mastery", [CACHE]),
        ("layer=domain-expertise", [WALLET, BOOKING]),
        ("section=caching", [CACHE]),
        ("section=caching&section=domain-case-studies", [CACHE, WALLET, BOOKING]),
        ("q=muller", [BOOKING]),
        ("q=SAGAS+compensate", [BOOKING]),
        ("q=wallet", [WALLET]),
        ("q=wallet+idempotent", [WALLET]),
        ("q=caching+delete", [CACHE]),
        ("layer=domain-expertise&q=entry", [WALLET]),
        ("order=title", [CACHE, WALLET, BOOKING]),
        ("state=done", []),
        ("q=nowhere", []),
    ],
)
def test_notes_are_filtered_like_the_table(
    reader: Client, notes: None, query: str, slugs: list[str]
) -> None:
    assert shown(reader, f"{LIST}?{query}") == slugs


def test_a_bad_value_is_ignored_and_named(reader: Client, notes: None) -> None:
    address = f"{LIST}?layer=nowhere&layer=data-mastery&page=x"
    html = reader.get(address).content.decode()
    assert "“nowhere” is not a choice for “Layer” and was ignored." in html
    assert "“x” is not a choice for “Page” and was ignored." in html
    assert shown(reader, address) == [CACHE]


def test_an_address_is_canonical(reader: Client, notes: None) -> None:
    response = reader.get(f"{LIST}?q=+entry++&order=journey&layer=domain-expertise&page=1")
    assert response["Location"] == f"{LIST}?layer=domain-expertise&q=entry"


def test_an_empty_result_says_which_filter_to_drop(reader: Client, notes: None) -> None:
    html = reader.get(f"{LIST}?layer=data-mastery&q=entry").content.decode()
    assert re.findall(r'<a class="button[^"]*" href="([^"]*)"', html) == [
        f"{LIST}?q=entry",
        f"{LIST}?layer=data-mastery",
    ]
    assert 'class="chip" href="/me/notes/?q=entry"' in html


def test_htmx_gets_the_results_alone_and_the_count_to_announce(reader: Client, notes: None) -> None:
    headers = {"HX-Request": "true", "HX-Target": "results"}
    response = reader.get(f"{LIST}?q=+entry", headers=headers)
    html = response.content.decode()
    assert response["HX-Push-Url"] == f"{LIST}?q=entry"
    assert "<html" not in html
    assert re.search(r'id="result-count" hx-swap-oob="innerHTML">\s*1 article\s', html)


def test_notes_come_in_pages_but_are_printed_on_one(
    reader: Client, learner: User, playbook: None, write_note: WriteNote
) -> None:
    for article in Article.objects.all()[:25]:
        write_note(learner, article, article.title)
    assert [len(shown(reader, page)) for page in (LIST, f"{LIST}?page=2")] == [20, 5]
    assert reader.get(f"{LIST}?page=9")["Location"] == f"{LIST}?page=2"
    assert len(shown(reader, PRINT)) == 25


def test_key_points_are_shown_and_found_with_or_without_a_note(
    reader: Client, learner: User, notes: None
) -> None:
    for slug, points in {WALLET: "Ledger\n\nTwo <b>", "amazon-s3": "Erasure"}.items():
        article, _made = Article.objects.get_or_create(
            slug=slug, defaults={"title": "Key points only", "status": Status.objects.all()[0]}
        )
        Completion.objects.create(user=learner, article=article, key_points=points)
    lock_learner(learner)  # as every write does
    html = reader.get(LIST).content.decode()
    assert "<ul><li>Ledger</li><li>Two &lt;b&gt;</li></ul>" in html
    assert "<li>Erasure</li>" in html
    assert shown(reader, f"{LIST}?q=ledger") == [WALLET]
    assert shown(reader, f"{LIST}?q=erasure") == ["amazon-s3"]


def test_a_note_about_an_article_that_left_the_playbook_stays(
    reader: Client, learner: User, notes: None
) -> None:
    Article.objects.get(slug=CACHE).retire()
    draft = Article.objects.get(slug=BOOKING)
    draft.status, draft.url = Status.objects.get(slug="draft"), "https://example.org/secret"
    draft.save()
    html = reader.get(LIST).content.decode()
    assert html.count("No longer in the playbook") == 2
    assert "Sagas <em>compensate</em>" in html
    assert shown(reader, f"{LIST}?q=delete") == [CACHE]
    for address in (LIST, PRINT, DOWNLOAD):
        page = reader.get(address).content.decode()
        assert (draft.title in page, "secret" in page, BOOKING in page) == (True, False, False)


def test_the_download_has_headings_key_points_and_links(
    reader: Client, learner: User, notes: None
) -> None:
    wallet = Article.objects.get(slug=WALLET)
    wallet.title, wallet.url = "Payment *Wallet*", "https://example.org/wallet"
    wallet.save()
    Completion.objects.create(user=learner, article=wallet, key_points="Ledger")
    response = reader.get(DOWNLOAD)
    assert response["Content-Type"] == "text/markdown; charset=utf-8"
    assert response["Cache-Control"] == "private, no-store"
    name = r'attachment; filename="playbook-notes-\d{4}-\d\d-\d\d\.md"'
    assert re.fullmatch(name, response["Content-Disposition"])
    text = response.content.decode()
    assert text.startswith("# My notes\n\n## Caching, Invalidation & Read Path Acceleration\n\n###")
    assert text.count("\n## ") == 2
    assert (
        "### Payment \\*Wallet\\*\n\n<https://example.org/wallet>\n\n"
        "<http://testserver/articles/payment-wallet/#note>\n\n"
        "#### Key points\n\n- Ledger\n\nDouble entry.\n\n- idempotent\n\n### Ticket"
    ) in text


@pytest.mark.same_everywhere
@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("```\ncode", "```\ncode\n```"),
        ("~~~~ python\n```", "~~~~ python\n```\n~~~~"),
        ("```\nafter\n```", "```\nafter\n```"),
        ("- ```\n  x", "- ```\n  x"),
        ("a\n\n    ```", "a\n\n    ```"),
    ],
)
def test_no_text_takes_in_the_article_that_follows_in_the_download(
    reader: Client, learner: User, notes: None, text: str, written: str
) -> None:
    wallet = Article.objects.get(slug=WALLET)
    Completion.objects.create(user=learner, article=wallet, key_points="# <!-- Ledger")
    Note.objects.filter(article=wallet).update(text=text)
    page = reader.get(DOWNLOAD).content.decode()
    assert f"- \\# \\<!-- Ledger\n\n{written}\n\n### Ticket" in page


@pytest.mark.parametrize("address", [LIST, f"{LIST}?q=a", PRINT, DOWNLOAD, "/"])
def test_queries_do_not_depend_on_the_number_of_notes(
    reader: Client, learner: User, notes: None, write_note: WriteNote, address: str
) -> None:
    def queries() -> int:
        reader.get(address)
        learner.refresh_from_db()
        User.objects.update(progress_version=learner.progress_version + 1)
        with CaptureQueriesContext(connection) as captured:
            assert reader.get(address).status_code == 200
        return len(captured)

    few = queries()
    for article in Article.objects.all():
        write_note(learner, article, f"a note about {article}")
        Completion.objects.create(user=learner, article=article, key_points="a")
    assert queries() == few


# --- The rows


@pytest.mark.parametrize("address", ["/", "/articles/", "/sections/caching/"])
def test_a_row_says_that_its_article_has_a_note(
    reader: Client, learner: User, notes: None, address: str
) -> None:
    html = reader.get(address).content.decode()
    cache = Article.objects.get(slug=CACHE)
    link = f'<a class="note-mark" href="/articles/{CACHE}/#note" title="My note">'
    assert html.count(link) == 1
    assert f"My note about {cache.title}</span>" in html
    assert html.count("Open my note") == html.count("note-mark")
    assert "Write a note" in html


def test_a_row_of_another_learner_says_nothing(client: Client, other: User, notes: None) -> None:
    for _who in ("visitor", "other"):
        html = client.get("/sections/caching/").content.decode()
        assert ("note-mark" in html, f'href="/articles/{CACHE}/#note"' in html) == (False, True)
        client.force_login(other)


# --- Privacy


@pytest.mark.parametrize("address", [LIST, PRINT, DOWNLOAD, f"/articles/{WALLET}/note/earlier/"])
def test_notes_need_an_account(client: Client, notes: None, address: str) -> None:
    response = client.get(address)
    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/?next=")


@pytest.mark.parametrize(
    "address",
    [LIST, PRINT, DOWNLOAD, "/", f"/articles/{WALLET}/", f"/articles/{WALLET}/note/earlier/"],
)
def test_no_page_shows_a_note_of_another_learner(
    client: Client, learner: User, editor: User, notes: None, address: str
) -> None:
    note = Note.objects.get(article__slug=WALLET)
    dropped = note.dropped_texts.create(text="Double entry of old.")
    client.force_login(editor)
    assert "ouble entry" not in client.get(address).content.decode()
    assert client.post(f"/me/notes/earlier/{dropped.uuid}/restore/").status_code == 404


@pytest.mark.same_everywhere
def test_the_admin_shows_no_notes(client: Client, admin_user: User, notes: None) -> None:
    client.force_login(admin_user)
    assert client.get("/admin/notes/note/").status_code == 404
    article = Article.objects.get(slug=WALLET)
    html = client.get(f"/admin/catalog/article/{article.pk}/change/").content.decode()
    assert "ouble entry" not in html


def test_the_log_names_no_text(
    reader: Client, notes: None, caplog: pytest.LogCaptureFixture
) -> None:
    reader.post(f"/articles/{WALLET}/note/", {"text": "my secret", "version": 0})
    assert "Conflict" in caplog.text
    assert "secret" not in caplog.text


def test_the_export_has_notes_and_dropped_texts(reader: Client, learner: User, notes: None) -> None:
    from progress.export import progress_of

    note = Note.objects.get(article__slug=WALLET)
    dropped = note.dropped_texts.create(text="old")
    Note.objects.filter(article__slug=CACHE).update(text="")
    export = progress_of(learner)
    article = {"uuid": note.article.uuid, "title": note.article.title, "url": note.article.url}
    booking, exported = export["notes"]
    assert booking["text"] == "Sagas *compensate*, Müller says."
    assert exported == {
        "uuid": note.uuid,
        "article": article,
        "text": note.text,
        "version": 1,
        "created_at": note.created_at,
        "updated_at": note.updated_at,
    }
    assert export["dropped_texts"] == [
        {
            "uuid": dropped.uuid,
            "note": note.uuid,
            "article": article,
            "text": "old",
            "dropped_at": dropped.dropped_at,
        }
    ]


def test_a_deleted_account_leaves_no_note(learner: User, notes: None) -> None:
    Note.objects.get(article__slug=WALLET).dropped_texts.create(text="old")
    learner.delete()
    assert not Note.objects.exists()
