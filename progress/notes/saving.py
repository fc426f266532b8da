"""Save a note so that no text is lost: neither what is sent nor what is stored."""

from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from django.db import transaction
from django.db.models import TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from catalog.models import Article
from playbook.formats.markdown import render_markdown
from progress.notes.models import NOTE_MAX_LENGTH, DroppedText, Note
from progress.notes.sql import delete_expired_texts, stored_note, text_of, write_note
from progress.reader import ReaderGone
from progress.sql import lock_and_resolve, lock_learner

BETWEEN_TEXTS = "\n\n---\n\n"
"""Stands between two texts that became one note; Markdown shows a line."""


class ConflictChoice(TextChoices):
    """A learner's choice between the two texts of a conflict."""

    MINE = "mine", _("Keep mine")
    THEIRS = "theirs", _("Use the saved one")
    BOTH = "both", _("Keep both")


@dataclass(frozen=True)
class Draft:
    """A text as an open page sends it, with what it is based on."""

    text: str
    based_on: int
    """The version of the note that the page knows; 0 for no note yet."""
    page: UUID | None = None
    """The open page that sends it, and the number of this save there."""
    number: int = 0

    @cached_property
    def html(self) -> str:
        return render_markdown(self.text)

    def follows(self, note: Note) -> bool:
        """Return whether nobody else changed the note since the page knew it."""
        return note.version == self.based_on or self.is_from_page_of(note)

    def is_from_page_of(self, note: Note) -> bool:
        return self.page is not None and self.page == note.saved_by

    def is_late(self, note: Note) -> bool:
        """Return whether the page sent a later text already, which arrived first."""
        return self.is_from_page_of(note) and self.number <= note.saved_number


class Conflict(Exception):
    """The note has a text by now that the page did not know."""

    def __init__(self, note: Note) -> None:
        super().__init__()
        self.note = note


class TooLong(Exception):
    """The text has more characters than the note may have."""

    def __init__(self, length: int, limit: int) -> None:
        super().__init__()
        self.length = length
        self.limit = limit


def note_about(user: User, article_id: int) -> Note:
    """Return the learner's note about the article; one that is not stored, if there is none."""
    return stored_note(user, article_id) or Note(user=user, article_id=article_id, version=0)


def save_note(user: User, article: Article, draft: Draft) -> Note:
    """Store the text. Raise `Conflict`, `TooLong` or `ReaderGone`; nothing is changed then.

    Saving the text that is stored is a success and changes nothing, so that a page can send it
    again if the answer was lost.
    """
    text = text_of(user, article.pk)
    if text == draft.text:
        return note_about(user, article.pk)
    prepare(text, draft)
    with transaction.atomic():
        note = lock_note(user, article)
        if note.text == draft.text or draft.is_late(note):
            return note
        if not draft.follows(note):
            raise Conflict(note)
        write(note, draft.text, draft)
        return note


def prepare(stored: str, draft: Draft) -> None:
    """Do what takes time before others have to wait for the lock."""
    check_length(stored, draft.text)
    _ = draft.html


def settle_conflict(
    user: User, article: Article, draft: Draft, choice: ConflictChoice, theirs: int
) -> Note:
    """Store what the learner chose, of their text and of version `theirs` of the note.

    The text that is dropped is kept for 30 days. Raise `Conflict` if the note was changed again,
    and `TooLong`, `ReaderGone`.
    """
    with transaction.atomic():
        note = lock_note(user, article)
        if note.pk is None:
            write(note, draft.text, draft)
            return note
        if is_settled(note, draft, choice):
            return note
        if note.version != theirs:
            raise Conflict(note)
        if choice is ConflictChoice.THEIRS:
            drop(note, draft.text)
        elif choice is ConflictChoice.MINE:
            drop(note, note.text)
            write(note, draft.text, draft)
        else:
            write(note, joined(note.text, draft.text), draft)
        return note


def is_settled(note: Note, draft: Draft, choice: ConflictChoice) -> bool:
    """Return whether the note is as chosen already, since a form can be sent twice."""
    if choice is ConflictChoice.BOTH:
        return note.text == draft.text or note.text.endswith(BETWEEN_TEXTS + draft.text)
    if choice is ConflictChoice.THEIRS:
        return note.text == draft.text or note.dropped_texts.filter(text=draft.text).exists()
    return note.text == draft.text


def restore_text(user: User, dropped: DroppedText) -> Note:
    """Exchange the text of the note with one that was dropped earlier."""
    with transaction.atomic():
        note = lock_note(user, dropped.note.article)
        if DroppedText.objects.for_user(user).filter(pk=dropped.pk).delete()[0]:
            drop(note, note.text)
            store(note, dropped.text)
        return note


def lock_note(user: User, article: Article) -> Note:
    """Lock the learner and return their note as it is now, about the article that is kept."""
    kept_id = lock_and_resolve([article.pk]).get(article.pk, article.pk)
    if not lock_learner(user):
        raise ReaderGone
    delete_expired_texts(user)
    return note_about(user, kept_id)


def check_length(stored: str, text: str) -> None:
    # Two notes that were merged may be longer together. Such a note cannot grow.
    limit = max(NOTE_MAX_LENGTH, len(stored))
    if len(text) > limit:
        raise TooLong(len(text), limit)


def write(note: Note, text: str, draft: Draft | None = None) -> None:
    check_length(note.text, text)
    store(note, text, draft)


def store(note: Note, text: str, draft: Draft | None = None) -> None:
    """Make this the text of the note, whatever its length: two merged notes may be longer."""
    note.html = draft.html if draft and draft.text == text else render_markdown(text)
    note.text = text
    note.version += 1
    note.updated_at = timezone.now()
    note.saved_by = draft.page if draft else None
    note.saved_number = draft.number if draft else 0
    write_note(note)


def drop(note: Note, text: str) -> None:
    """Keep a text for 30 days that is not the note any more."""
    if text:
        DroppedText.objects.create(note=note, text=text)
        note.has_dropped_texts = True


def joined(one: str, other: str) -> str:
    """Return both texts, or the one that is not empty."""
    return BETWEEN_TEXTS.join(text for text in (one, other) if text)
