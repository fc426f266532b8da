from functools import partial
from http import HTTPStatus
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from catalog.dependencies import CATALOG
from catalog.views import replacing_while_searching
from playbook.http import HttpRequest, sign_in_required
from playbook.rendering.dependencies import TIME_ZONE
from playbook.rendering.pages import Viewed, personal_page, requested_fragment
from playbook.rendering.shared_pages import Content
from playbook.server.bodies import KIBIBYTE, takes_up_to
from progress.notes.collection import everything_of, texts_of, written_articles
from progress.notes.editor import empty_editor
from progress.notes.filters import NoteFilterForm
from progress.notes.forms import NoteForm
from progress.notes.markdown_file import markdown_of
from progress.notes.models import DroppedText
from progress.notes.responses import PAGE, respond_to_save, too_long
from progress.notes.saving import NoteStore, note_about, restore_text
from progress.responses import expect_reader
from progress.texts.requests import (
    refusal_of,
    respond_to_conflict,
    respond_to_refusal,
    with_sent_text,
)
from progress.texts.saving import Conflict, TooLong

BODY_MAX = 512 * KIBIBYTE
"""A character takes up to nine bytes in a form, and two merged notes are twice as long as one."""


FRAGMENTS = ("results", "filtered")


class LearnerRequest(HttpRequest):
    user: User


@require_http_methods(["GET", "HEAD", "POST"])
@takes_up_to(BODY_MAX)
@sensitive_post_parameters("text")
def note_save(request: HttpRequest, slug: str) -> HttpResponse:
    """Store the text of a note. No answer loses it: what is refused is shown again."""
    article = request.snapshot.article(slug)
    if request.method != "POST":
        return HttpResponseRedirect(f"{article.get_absolute_url()}#note")
    form = NoteForm(request.POST)
    editor = partial(with_sent_text, empty_editor(article, reader=""), request, form)
    if refusal := refusal_of(request, form):
        return respond_to_refusal(request, PAGE, editor(), *refusal)
    assert isinstance(request.user, User)
    try:
        note = NoteStore(request.user, article).accept(
            form.draft, form.choice_made, form.version_seen
        )
    except TooLong as error:
        return respond_to_refusal(request, PAGE, editor(), too_long(error), HTTPStatus.BAD_REQUEST)
    except Conflict as conflict:
        return respond_to_conflict(request, PAGE, editor(), conflict)
    return respond_to_save(request, article, note, sent=form.draft.text)


@require_safe
@sign_in_required
def earlier_texts(request: LearnerRequest, slug: str) -> HttpResponse:
    """Show the texts of a note that were dropped in the last 30 days."""
    article = request.snapshot.article(slug)
    note = note_about(request.user, article.pk)
    dropped = DroppedText.objects.for_user(request.user).filter(note=note.pk).kept()
    context = {"article": article, "note": note, "dropped_texts": dropped}
    return render(request, "notes/earlier_texts.html", context)


@require_POST
@sign_in_required
def text_restore(request: LearnerRequest, uuid: UUID) -> HttpResponse:
    expect_reader(request)
    texts = DroppedText.objects.for_user(request.user).kept().select_related("note__article")
    dropped = get_object_or_404(texts, uuid=uuid)
    note = restore_text(request.user, dropped)
    return redirect(f"{note.article.get_absolute_url()}#note")


@require_safe
@sign_in_required
def note_list(request: LearnerRequest) -> HttpResponse:
    """Show what the learner wrote, filtered like the table of articles."""
    return replacing_while_searching(request, filtered_notes(request))


@personal_page("notes/note_list.html", depends_on=(CATALOG, TIME_ZONE), fragments=FRAGMENTS)
def filtered_notes(request: LearnerRequest) -> Viewed:
    snapshot, texts = request.snapshot, texts_of(request.user)
    form = NoteFilterForm(request.GET, snapshot=snapshot, progress=request.progress, texts=texts)
    article_ids = form.article_ids()
    page = form.notes_page(article_ids)
    address = form.address(page=page.number)
    if not request.htmx and not form.ignored and request.get_full_path() != address:
        return HttpResponseRedirect(address)
    context = {
        "form": form,
        "page": page,
        "written": written_articles(request.user, snapshot, list(page)),
        "has_any": bool(texts),
        "result_counts": dict.fromkeys(["entries", "articles"], len(article_ids)),
        "filters_to_drop": [] if article_ids else form.filters_to_drop(),
        "fragment": requested_fragment(request, FRAGMENTS),
    }
    return Content(context, {"HX-Push-Url": address} if request.htmx else {})


@require_safe
@sign_in_required
@personal_page("notes/note_print.html", depends_on=(CATALOG, TIME_ZONE))
def note_print(request: LearnerRequest) -> Viewed:
    """Show everything the learner wrote on one page."""
    return {"written": everything_of(request.user, request.snapshot)}


@require_safe
@sign_in_required
def note_download(request: LearnerRequest) -> HttpResponse:
    text = markdown_of(everything_of(request.user, request.snapshot))
    name = f"playbook-notes-{timezone.localdate():%Y-%m-%d}.md"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(text, content_type="text/markdown; charset=utf-8", headers=headers)
