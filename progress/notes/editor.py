"""A note as the editor of texts shows it."""

from dataclasses import replace

from django.urls import reverse
from django.utils.translation import gettext as _

from catalog.models import Article
from progress.notes.models import Note
from progress.notes.sql import ShownNote
from progress.texts.editor import TextEditor


def empty_editor(article: Article, reader: str) -> TextEditor:
    """Return the editor of a note that is not written yet."""
    url = reverse("notes:note_save", args=[article.slug])
    return TextEditor(id="note", label=_("My note"), url=url, reader=reader)


def editor_of(note: Note | ShownNote, article: Article) -> TextEditor:
    earlier = reverse("notes:earlier_texts", args=[article.slug])
    return replace(
        empty_editor(article, str(note.user_id)),
        text=note.text,
        html=note.html,
        version=note.version,
        saved_at=note.updated_at if note.pk else None,
        earlier_url=earlier if note.has_dropped_texts else "",
    )
