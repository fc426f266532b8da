"""Merging two articles loses no text of a note."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from catalog.merging import merge_articles
from catalog.models import Article
from progress.notes.models import NOTE_MAX_LENGTH, DroppedText, Note
from progress.notes.saving import save_note
from progress.texts.saving import Conflict, Draft, TooLong
from tests.progress.notes.conftest import WriteNote


def rows() -> list[tuple[str, str, str]]:
    return list(Note.objects.values_list("article__slug", "text", "html"))


def test_two_notes_become_one_with_both_texts(
    learner: User, wallet: Article, booking: Article, write_note: WriteNote
) -> None:
    kept, moved = write_note(learner, wallet, "*one*"), write_note(learner, booking, "two")
    Note.objects.filter(pk=moved.pk).update(created_at=kept.created_at - timedelta(days=1))
    for note in (kept, moved):
        note.dropped_texts.create(text=f"dropped of {note.text}")
    merge_articles(wallet, booking)
    assert rows() == [(wallet.slug, "*one*\n\n---\n\ntwo", "<p><em>one</em></p>\n<hr><p>two</p>\n")]
    note = Note.objects.get()
    assert note.created_at == kept.created_at - timedelta(days=1)
    assert set(note.dropped_texts.values_list("text", flat=True)) == {
        "dropped of *one*",
        "dropped of two",
    }


@pytest.mark.parametrize(
    ("kept", "duplicate", "text"),
    [
        ("one", None, "one"),
        (None, "two", "two"),
        ("one", "", "one"),
        ("", "two", "two"),
        ("same", "same", "same"),
    ],
)
def test_a_text_that_is_alone_stays_as_it_is(
    learner: User,
    wallet: Article,
    booking: Article,
    write_note: WriteNote,
    kept: str | None,
    duplicate: str | None,
    text: str,
) -> None:
    for article, written in ((wallet, kept), (booking, duplicate)):
        if written is not None:
            write_note(learner, article, written or "emptied later")
            write_note(learner, article, written)
    merge_articles(wallet, booking)
    assert rows() == [(wallet.slug, text, f"<p>{text}</p>\n")]


def test_an_open_page_of_either_article_does_not_overwrite_both_texts(
    learner: User, wallet: Article, booking: Article, write_note: WriteNote
) -> None:
    write_note(learner, wallet, "one")
    write_note(learner, booking, "two")
    merge_articles(wallet, booking)
    for article in (wallet, booking):
        with pytest.raises(Conflict):
            save_note(learner, article, Draft("typed on", 1))
    assert Note.objects.get().text == "one\n\n---\n\ntwo"


def test_a_text_that_is_sent_to_the_old_address_is_kept_about_the_kept_article(
    client: Client, learner: User, wallet: Article, booking: Article
) -> None:
    client.force_login(learner)
    merge_articles(wallet, booking)
    client.post(f"/articles/{booking.slug}/note/", {"text": "typed", "version": 0})
    assert rows() == [(wallet.slug, "typed", "<p>typed</p>\n")]


def test_texts_that_are_too_long_together_are_kept_but_cannot_grow(
    learner: User, wallet: Article, booking: Article, write_note: WriteNote
) -> None:
    one, two = "1" * NOTE_MAX_LENGTH, "2" * NOTE_MAX_LENGTH
    write_note(learner, wallet, one)
    write_note(learner, booking, two)
    merge_articles(wallet, booking)
    both = Note.objects.get().text
    assert both == f"{one}\n\n---\n\n{two}"
    with pytest.raises(TooLong):
        write_note(learner, wallet, f"{both}3")
    write_note(learner, wallet, both[:-1])
    assert Note.objects.get().text == both[:-1]


def test_every_learner_keeps_their_own_notes_in_a_constant_number_of_queries(
    learner: User, other: User, wallet: Article, booking: Article, write_note: WriteNote
) -> None:
    write_note(other, wallet, "theirs")
    write_note(other, booking, "theirs too")
    write_note(learner, booking, "mine")
    versions = dict(User.objects.values_list("pk", "progress_version"))
    with CaptureQueriesContext(connection) as few:
        merge_articles(wallet, booking)
    assert set(Note.objects.values_list("user", "text")) == {
        (learner.pk, "mine"),
        (other.pk, "theirs\n\n---\n\ntheirs too"),
    }
    assert all(
        version == versions[pk] + 1
        for pk, version in User.objects.values_list("pk", "progress_version")
    )
    third, fourth = Article.objects.exclude(pk__in=[wallet.pk, booking.pk])[:2]
    for number in range(20):
        user = User.objects.create_user(f"u{number}", f"u{number}@example.org", "x")
        for article in (third, fourth):
            note = write_note(user, article, f"{number} {article}")
            DroppedText.objects.create(note=note, text="old")
    with CaptureQueriesContext(connection) as many:
        merge_articles(third, fourth)
    assert len(many) <= len(few) + 2
    assert Note.objects.filter(article=third).count() == 20
    assert DroppedText.objects.filter(note__article=third).count() == 40
