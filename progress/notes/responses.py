"""Respond to a save: with the line below the text for htmx, or else with a page."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from catalog.models import Article
from playbook.http import HttpRequest
from playbook.rendering.fragments import cached_fragments, fill
from progress.notes.editor import editor_of
from progress.notes.models import Note
from progress.notes.saving import Conflict, TooLong
from progress.text_editor import Comparison, TextEditor


def respond_to_save(
    request: HttpRequest, article: Article, note: Note, *, sent: str
) -> HttpResponse:
    """Respond that the text is stored. `sent` is what the page shows as the text."""
    if request.htmx:
        editor, is_other = editor_of(note, article), note.text != sent
        frame = cached_fragments(request)(
            "progress/text_saved.html", editor=editor.for_everybody, has_other_text=is_other
        )
        return HttpResponse(fill(frame, **editor.own_parts))
    messages.success(request, _("Your note was saved."))
    return HttpResponseRedirect(f"{article.get_absolute_url()}#note")


def respond_to_refusal(
    request: HttpRequest, editor: TextEditor, reason: str, status: HTTPStatus
) -> HttpResponse:
    """Respond that the text is not stored, and why. A page shows it, so that it is not lost."""
    return _refuse(request, {"editor": editor, "reason": reason}, status)


def respond_to_conflict(
    request: HttpRequest, editor: TextEditor, conflict: Conflict
) -> HttpResponse:
    note = conflict.note
    context = {
        "editor": editor,
        "reason": _(
            "Not saved: this text was changed in another tab or on another device. "
            "Both texts are kept until you choose."
        ),
        "comparison": Comparison.of(editor.text, note.text, note.version),
    }
    return _refuse(request, context, HTTPStatus.CONFLICT)


def _refuse(request: HttpRequest, context: dict[str, object], status: HTTPStatus) -> HttpResponse:
    template = "progress/text_refused.html" if request.htmx else "notes/note_save.html"
    response = render(request, template, context, status=status)
    response["Cache-Control"] = "private, no-store"
    response["X-Text-Refused"] = "true"  # read by static/js/note.js
    return response


def too_long(error: TooLong) -> str:
    return _(
        "Not saved: the text has %(length)s characters, and a note can have %(limit)s. "
        "Shorten it by %(excess)s."
    ) % {
        "length": f"{error.length:,}",
        "limit": f"{error.limit:,}",
        "excess": f"{error.length - error.limit:,}",
    }
