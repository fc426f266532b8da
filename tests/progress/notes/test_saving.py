"""A note is saved without losing a text, however many tabs and devices write it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone

from accounts.models import User
from catalog.models import Article
from progress.export import progress_of
from progress.notes.jobs import delete_dropped_texts
from progress.notes.models import NOTE_MAX_LENGTH, DroppedText, Note
from progress.notes.saving import save_note
from progress.texts.saving import Conflict, Draft
from tests.progress.notes.conftest import WriteNote

HTMX = {"HX-Request": "true"}
NOTE = "/articles/payment-wallet/note/"
EARLIER = "/articles/payment-wallet/note/earlier/"
PAGE, OTHER_PAGE = uuid4(), uuid4()


def version_of(user: User) -> int:
    return User.objects.values_list("progress_version", flat=True).get(pk=user.pk)


def texts() -> list[tuple[str, int]]:
    return list(Note.objects.values_list("text", "version"))


def dropped() -> list[str]:
    return list(DroppedText.objects.values_list("text", flat=True))


def send(client: Client, text: str, version: int = 0, **values: Any) -> Any:
    return client.post(NOTE, {"text": text, "version": version, **values}, headers=HTMX)


def test_a_save_stores_the_text_and_what_it_looks_like(reader: Client, wallet: Article) -> None:
    response = send(reader, "**one**\r\ntwo\rthree")
    assert response.status_code == 200
    note = Note.objects.get()
    assert (note.text, note.html) == (
        "**one**\ntwo\nthree",
        "<p><strong>one</strong>\ntwo\nthree</p>\n",
    )
    html = response.content.decode()
    assert 'name="version" value="1" hx-swap-oob="true"' in html
    assert "<textarea" not in html


def test_each_save_names_the_version_it_is_based_on(reader: Client, wallet: Article) -> None:
    assert [send(reader, f"text {n}", n).status_code for n in range(3)] == [200, 200, 200]
    assert texts() == [("text 2", 3)]


def test_the_same_text_again_is_a_success_and_changes_nothing(
    reader: Client, learner: User, wallet: Article
) -> None:
    send(reader, "one")
    before = version_of(learner)
    assert send(reader, "one", 0).status_code == 200
    assert texts() == [("one", 1)]
    assert version_of(learner) == before


def test_a_save_renders_the_pages_of_the_learner_anew(
    reader: Client, learner: User, wallet: Article
) -> None:
    for path in (wallet.get_absolute_url(), "/me/notes/"):
        etag = reader.get(path)["ETag"]
        send(reader, path, Note.objects.count() and Note.objects.get().version)
        page = reader.get(path, headers={"If-None-Match": etag})
        assert (page.status_code, path in page.content.decode()) == (200, True)


@pytest.mark.parametrize("text", ["", " \n\t "])
def test_an_emptied_note_keeps_its_version_and_counts_as_no_note(
    reader: Client, wallet: Article, text: str
) -> None:
    send(reader, "one")
    assert send(reader, text, 1).status_code == 200
    assert texts() == [("", 2)]
    assert "My note about" not in reader.get("/").content.decode()
    assert "No notes yet" in reader.get("/me/notes/").content.decode()
    assert send(reader, "again", 1).status_code == 409


def test_an_empty_text_makes_no_note(reader: Client, wallet: Article) -> None:
    assert send(reader, "").status_code == 200
    assert texts() == []


def test_a_text_that_is_too_long_changes_nothing_and_says_by_how_much(
    reader: Client, wallet: Article
) -> None:
    assert send(reader, "ä" * NOTE_MAX_LENGTH).status_code == 200
    response = send(reader, "x" * (NOTE_MAX_LENGTH + 12), 1)
    assert response.status_code == 400
    assert "has 20,012 characters, and a note can have 20,000. Shorten it by 12." in (
        response.content.decode()
    )
    assert texts() == [("ä" * NOTE_MAX_LENGTH, 1)]


def test_a_null_character_is_refused(reader: Client, wallet: Article) -> None:
    response = send(reader, "a\0b")
    assert (response.status_code, "null characters" in response.content.decode()) == (400, True)


@pytest.mark.parametrize("name", ["version", "number", "page", "choice", "theirs"])
def test_a_bad_value_is_refused_and_the_text_shown_again(
    reader: Client, wallet: Article, name: str
) -> None:
    response = reader.post(NOTE, {"text": "kept <b>", name: "-1"})
    assert response.status_code == 400
    assert ">\nkept &lt;b&gt;</textarea>" in response.content.decode()


# --- Conflicts


def test_a_save_on_an_older_version_is_a_conflict_that_shows_both_texts(
    reader: Client, wallet: Article
) -> None:
    send(reader, "same\nred apples")
    send(reader, "same\ngreen apples", 1)
    response = send(reader, "same\nblue apples <b>", 1)
    assert response.status_code == 409
    html = response.content.decode()
    assert "same\n<ins>blue</ins> apples<ins> &lt;b&gt;</ins>" in html
    assert "same\n<del>green</del> apples" in html
    assert 'name="theirs" value="2"' in html
    assert (texts(), dropped()) == ([("same\ngreen apples", 2)], [])


@pytest.mark.parametrize(
    ("choice", "text", "lost"),
    [
        ("mine", "mine", ["theirs"]),
        ("theirs", "theirs", ["mine"]),
        ("both", "theirs\n\n---\n\nmine", []),
    ],
)
@pytest.mark.parametrize("times", [1, 2])
def test_a_choice_keeps_what_was_dropped_however_often_it_is_sent(
    reader: Client, wallet: Article, choice: str, text: str, lost: list[str], times: int
) -> None:
    send(reader, "first")
    send(reader, "theirs", 1)
    for _time in range(times):
        response = send(reader, "mine", 1, choice=choice, theirs=2)
        assert response.status_code == 200
    assert ([row[0] for row in texts()], dropped()) == ([text], lost)
    assert ("data-stored-text" in response.content.decode()) == (choice != "mine")


@pytest.mark.parametrize("choice", ["mine", "theirs", "both"])
def test_a_choice_about_a_text_that_changed_again_is_a_conflict(
    reader: Client, wallet: Article, choice: str
) -> None:
    for number, text in enumerate(["first", "theirs", "newer"]):
        send(reader, text, number)
    response = send(reader, "mine", 1, choice=choice, theirs=2)
    assert (response.status_code, "<del>newer</del>" in response.content.decode()) == (409, True)
    assert (texts(), dropped()) == ([("newer", 3)], [])


def test_both_texts_that_are_too_long_together_stay_as_they_are(
    reader: Client, wallet: Article
) -> None:
    theirs, mine = "t" * 15_000, "m" * 15_000
    send(reader, "first")
    send(reader, theirs, 1)
    response = send(reader, mine, 1, choice="both", theirs=2)
    assert (response.status_code, "30,007 characters" in response.content.decode()) == (400, True)
    assert (texts(), dropped()) == ([(theirs, 2)], [])


def test_a_choice_without_a_note_stores_the_text(reader: Client, wallet: Article) -> None:
    assert send(reader, "mine", choice="theirs", theirs=0).status_code == 200
    assert texts() == [("mine", 1)]


# --- One page that sends several texts


def save(user: User, article: Article, text: str, based_on: int, **values: Any) -> None:
    save_note(user, article, Draft(text, based_on, **values))


def test_a_page_that_lost_an_answer_replaces_its_own_text(learner: User, wallet: Article) -> None:
    save(learner, wallet, "one", 0, page=PAGE, number=1)
    save(learner, wallet, "one two", 0, page=PAGE, number=2)
    assert texts() == [("one two", 2)]


def test_a_text_that_arrives_late_changes_nothing(learner: User, wallet: Article) -> None:
    save(learner, wallet, "one two", 0, page=PAGE, number=2)
    save(learner, wallet, "one", 0, page=PAGE, number=1)
    assert texts() == [("one two", 1)]


def test_a_page_does_not_replace_the_text_of_another_page(learner: User, wallet: Article) -> None:
    save(learner, wallet, "one", 0, page=PAGE, number=1)
    save(learner, wallet, "other", 1, page=OTHER_PAGE, number=1)
    with pytest.raises(Conflict):
        save(learner, wallet, "one two", 1, page=PAGE, number=2)
    assert texts() == [("other", 2)]


@pytest.mark.django_db(transaction=True)
def test_of_two_devices_at_once_one_saves_and_the_other_is_told(
    learner: User, playbook: None
) -> None:
    wallet = Article.objects.get(slug="payment-wallet")
    start = Barrier(2)

    def write(text: str) -> str:
        try:
            start.wait()
            save_note(learner, wallet, Draft(text, 0))
        except Conflict:
            return "conflict"
        finally:
            connections.close_all()
        return text

    with ThreadPoolExecutor(2) as threads:
        results = sorted(threads.map(write, ["a", "b"]))
    assert results in (["a", "conflict"], ["b", "conflict"])
    assert texts() == [(results[0], 1)]


# --- Earlier texts


def drop(note: Note, text: str, days: int = 0) -> DroppedText:
    at = timezone.now() - timedelta(days=days)
    return DroppedText.objects.create(note=note, text=text, dropped_at=at)


def test_an_earlier_text_is_exchanged_with_the_present_one(
    reader: Client, learner: User, wallet: Article, write_note: WriteNote
) -> None:
    text = drop(write_note(learner, wallet, "present"), "**earlier**")
    assert f'href="{EARLIER}"' in reader.get(wallet.get_absolute_url()).content.decode()
    assert "**earlier**" in reader.get(EARLIER).content.decode()
    response = reader.post(f"/me/notes/earlier/{text.uuid}/restore/")
    assert response["Location"] == f"{wallet.get_absolute_url()}#note"
    note = Note.objects.get()
    assert (note.text, note.html, note.version) == (
        "**earlier**",
        "<p><strong>earlier</strong></p>\n",
        2,
    )
    assert dropped() == ["present"]
    assert reader.post(f"/me/notes/earlier/{text.uuid}/restore/").status_code == 404


def test_an_earlier_text_of_two_merged_notes_is_restored_whole(
    reader: Client, learner: User, wallet: Article, write_note: WriteNote
) -> None:
    merged = "1" * (NOTE_MAX_LENGTH + 1)
    text = drop(write_note(learner, wallet, "present"), merged)
    reader.post(f"/me/notes/earlier/{text.uuid}/restore/")
    assert (Note.objects.get().text, dropped()) == (merged, ["present"])


def test_a_note_without_earlier_texts_has_no_link_to_them(
    reader: Client, learner: User, wallet: Article, write_note: WriteNote
) -> None:
    write_note(learner, wallet, "present")
    assert f'href="{EARLIER}"' not in reader.get(wallet.get_absolute_url()).content.decode()
    assert "There are no earlier texts" in reader.get(EARLIER).content.decode()


@pytest.mark.parametrize("when", ["save", "sign-in"])
def test_a_dropped_text_is_deleted_after_30_days(
    client: Client, learner: User, other: User, wallet: Article, write_note: WriteNote, when: str
) -> None:
    note = write_note(learner, wallet, "present")
    drop(note, "young", days=29)
    old = drop(note, "old", days=31)
    drop(write_note(other, wallet, "theirs"), "of another learner", days=31)
    client.force_login(other) if when == "save" else client.force_login(learner)
    client.force_login(learner)
    if when == "save":
        send(client, "new", 1)
    assert not DroppedText.objects.filter(pk=old.pk).exists()
    assert "young" in dropped()


def test_the_daily_job_deletes_the_old_texts_of_every_learner(
    learner: User, other: User, wallet: Article, booking: Article, write_note: WriteNote
) -> None:
    note = write_note(learner, wallet, "present")
    drop(note, "young", days=29)
    drop(note, "old", days=31)
    drop(write_note(learner, booking, "present"), "as old", days=31)
    drop(write_note(other, wallet, "theirs"), "of another learner", days=31)
    for _ in range(2):
        delete_dropped_texts()
        assert dropped() == ["young"]
    assert texts() == [("present", 1), ("present", 1), ("theirs", 1)]


def test_a_text_that_is_past_its_days_can_not_be_restored(
    reader: Client, learner: User, wallet: Article, write_note: WriteNote
) -> None:
    text = drop(write_note(learner, wallet, "present"), "old", days=31)
    assert EARLIER not in reader.get(f"/articles/{wallet.slug}/").content.decode()
    assert EARLIER not in send(reader, "present", 1).content.decode()
    assert progress_of(learner)["dropped_texts"] == []
    assert ">old<" not in reader.get(EARLIER).content.decode()
    assert reader.post(f"/me/notes/earlier/{text.uuid}/restore/").status_code == 404
    assert texts() == [("present", 1)]


# --- Without JavaScript, without an account, with another one


def test_without_javascript_a_save_returns_to_the_note(reader: Client, wallet: Article) -> None:
    response = reader.post(NOTE, {"text": "**mine**", "version": 0})
    assert response["Location"] == "/articles/payment-wallet/#note"
    html = reader.get("/articles/payment-wallet/").content.decode()
    assert "Your note was saved." in html
    assert "<strong>mine</strong>" in html
    assert reader.get(NOTE)["Location"] == "/articles/payment-wallet/#note"


def test_without_javascript_a_conflict_is_a_page_with_both_texts(
    reader: Client, wallet: Article
) -> None:
    send(reader, "theirs")
    response = reader.post(NOTE, {"text": "mine", "version": 0})
    html = response.content.decode()
    assert response.status_code == 409
    assert ">\nmine</textarea>" in html
    assert "<del>theirs</del>" in html
    assert 'form="note-form" name="choice" value="mine"' in html


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_text_that_a_visitor_sends_is_not_lost(
    client: Client, wallet: Article, headers: dict[str, str]
) -> None:
    """The session ended while they typed."""
    response = client.post(NOTE, {"text": "typed", "reader": "7"}, headers=headers)
    html = response.content.decode()
    assert (response.status_code, "you are signed out" in html) == (403, True)
    assert headers or (">\ntyped</textarea>" in html and 'name="reader" value="7"' in html)
    assert texts() == []


def test_a_text_of_another_account_is_not_stored(
    reader: Client, learner: User, other: User, wallet: Article
) -> None:
    response = send(reader, "typed", reader=other.pk)
    assert (response.status_code, "another account" in response.content.decode()) == (403, True)
    assert send(reader, "typed", reader=learner.pk).status_code == 200


def test_a_visitor_sees_one_line_that_offers_signing_in(client: Client, wallet: Article) -> None:
    html = client.get(wallet.get_absolute_url()).content.decode()
    assert 'href="/accounts/login/?next=/articles/payment-wallet/%23note"' in html
    assert "<textarea" not in html


def test_a_text_begins_as_it_was_typed(
    reader: Client, learner: User, wallet: Article, write_note: WriteNote
) -> None:
    """HTML drops a line end at the beginning of a text area."""
    write_note(learner, wallet, "\n\ntext & <b>")
    html = reader.get(wallet.get_absolute_url()).content.decode()
    assert ">\n\n\ntext &amp; &lt;b&gt;</textarea>" in html
