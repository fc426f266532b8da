"""Render the parts of pages that show a learner's notes."""

from django import template
from django.template.loader import render_to_string

from accounts.models import User
from catalog.dependencies import CATALOG
from catalog.models import Article
from playbook.http import HttpRequest
from playbook.rendering.dependencies import DAY, READER, TIME_ZONE
from playbook.rendering.fragments import cached_fragments, fill, per_user_fragment
from progress.notes.editor import editor_of, empty_editor
from progress.notes.models import Note
from progress.notes.sql import note_of

register = template.Library()


@per_user_fragment(register, READER, CATALOG, DAY, TIME_ZONE)
def note_editor(request: HttpRequest, article: Article) -> str:
    """Render the learner's note about an article, or the line that offers signing in."""
    if not isinstance(request.user, User):
        address = article.get_absolute_url()
        return cached_fragments(request)("notes/includes/sign-in.html", address=address)
    user = request.user
    note = note_of(user, article.pk)
    editor = editor_of(note, article) if note else empty_editor(article, str(user.pk))
    frame = cached_fragments(request)("notes/includes/note.html", editor=editor.for_everybody)
    return fill(frame, **editor.own_parts)


@per_user_fragment(register, READER, CATALOG)
def note_text(request: HttpRequest, article: Article) -> str:
    """Render the learner's note about an article to read beside something else, if there is one."""
    if not isinstance(request.user, User):
        return ""
    note = Note.objects.for_user(request.user).written().filter(article=article).first()
    context = {"note": note, "article": article}
    return render_to_string("notes/includes/note-text.html", context) if note else ""
