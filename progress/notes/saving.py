"""Save a note so that no text is lost: neither what is sent nor what is stored."""

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from catalog.models import Article
from playbook.formats.markdown import render_markdown
from progress.notes.models import NOTE_MAX_LENGTH, DroppedText, Note
from progress.notes.sql import delete_expired_texts, stored_note, text_of, write_note
from progress.reader import ReaderGone
from progress.sql import lock_and_resolve, lock_learner
from progress.texts.saving import Draft, TextStore


def note_about(user: User, article_id: int) -> Note:
    """Return the learner's note about the article; one that is not stored, if there is none."""
    return stored_note(user, article_id) or Note(user=user, article_id=article_id, version=0)


class NoteStore(TextStore[Note]):  # type: ignore[type-var]  # its fields get types later
    """The row of a learner's note about an article, which may not exist yet."""

    max_length = NOTE_MAX_LENGTH

    def __init__(self, user: User, article: Article) -> None:
        self.user = user
        self.article = article
        self.rendered: dict[str, str] = {}

    def stored_text(self) -> str:
        return text_of(self.user, self.article.pk)

    def read(self) -> Note:
        return note_about(self.user, self.article.pk)

    def lock(self) -> Note:
        """Lock the learner and return their note as it is now, about the article that is kept."""
        kept_id = lock_and_resolve([self.article.pk]).get(self.article.pk, self.article.pk)
        if not lock_learner(self.user):
            raise ReaderGone
        delete_expired_texts(self.user)
        return note_about(self.user, kept_id)

    def prepare(self, text: str) -> None:
        self.rendered[text] = render_markdown(text)

    def write(self, saved: Note, text: str, draft: Draft | None = None) -> None:
        """Make this the text of the note, whatever its length: two merged notes may be longer."""
        if text not in self.rendered:
            self.prepare(text)
        saved.html = self.rendered[text]
        saved.text = text
        saved.version += 1
        saved.updated_at = timezone.now()
        saved.saved_by = draft.page if draft else None
        saved.saved_number = draft.number if draft else 0
        write_note(saved)

    def drop(self, saved: Note, text: str) -> None:
        if text:
            DroppedText.objects.create(note=saved, text=text)
            saved.has_dropped_texts = True

    def has_dropped(self, saved: Note, text: str) -> bool:
        return DroppedText.objects.filter(note=saved, text=text).kept().exists()


def save_note(user: User, article: Article, draft: Draft) -> Note:
    return NoteStore(user, article).save(draft)


def restore_text(user: User, dropped: DroppedText) -> Note:
    """Exchange the text of the note with one that was dropped earlier."""
    store = NoteStore(user, dropped.note.article)
    with transaction.atomic():
        note = store.lock()
        if DroppedText.objects.for_user(user).filter(pk=dropped.pk).delete()[0]:
            store.drop(note, note.text)
            store.write(note, dropped.text)
        return note
