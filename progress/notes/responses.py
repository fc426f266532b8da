"""Respond to a save: with the line below the text for htmx, or else with a page."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from catalog.models import Article
from playbook.http import HttpRequest
from progress.notes.editor import editor_of
from progress.notes.models import Note
from progress.texts.requests import respond_to_stored_text
from progress.texts.saving import TooLong

PAGE = "notes/note_save.html"
"""The page that shows a text that was not saved."""


def respond_to_save(
    request: HttpRequest, article: Article, note: Note, *, sent: str
) -> HttpResponse:
    """Respond that the text is stored. `sent` is what the page shows as the text."""
    if request.htmx:
        editor = editor_of(note, article)
        return respond_to_stored_text(request, editor, has_other_text=note.text != sent)
    messages.success(request, _("Your note was saved."))
    return HttpResponseRedirect(f"{article.get_absolute_url()}#note")


def too_long(error: TooLong) -> str:
    return _(
        "Not saved: the text has %(length)s characters, and a note can have %(limit)s. "
        "Shorten it by %(excess)s."
    ) % {
        "length": f"{error.length:,}",
        "limit": f"{error.limit:,}",
        "excess": f"{error.length - error.limit:,}",
    }
