from functools import partial
from http import HTTPStatus

from django.http import Http404, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from accounts.reauthentication import password_required
from catalog.dependencies import CATALOG
from catalog.models import Article, Layer, Section
from catalog.roadmap import bands_of
from playbook.http import HttpRequest, safe_next, sign_in_required
from playbook.rendering.dependencies import DAY, TIME_ZONE
from playbook.rendering.pages import Viewed, personal_page, shared_page
from progress import metrics
from progress.dependencies import SUGGESTIONS
from progress.export import progress_of
from progress.filters import EventFilterForm
from progress.finishing import completion_of, finish
from progress.forms import ChangesAcknowledgeForm, FinishForm, StateForm
from progress.learner import LearnerProgress
from progress.models import Event
from progress.reader import NothingToUndo, Superseded
from progress.responses import (
    ReaderRequest,
    expect_reader,
    respond_to_bulk_change,
    respond_to_bulk_undo,
    respond_to_change,
    respond_to_finish,
)
from progress.states import StateName
from progress.visitor import VisitorProgress


class LearnerRequest(ReaderRequest):
    """A request that is signed in."""

    user: User
    progress: LearnerProgress


@require_POST
def state_set(request: ReaderRequest, slug: str) -> HttpResponse:
    expect_reader(request)
    article = request.snapshot.article(slug)
    form = StateForm(request.POST)
    if not form.is_valid():
        return render(request, "400.html", {"reason": form.reason}, status=400)
    change = request.progress.set(article, StateName(form.cleaned_data["state"]))
    return respond_to_change(request, change)


@require_POST
def section_set(request: ReaderRequest, slug: str) -> HttpResponse:
    """Set the state of every countable article of a section."""
    return _set_all(request, request.snapshot.section(slug))


@require_POST
def layer_set(request: ReaderRequest, slug: str) -> HttpResponse:
    """Set the state of every countable article of a layer."""
    return _set_all(request, request.snapshot.layer(slug))


def _set_all(request: ReaderRequest, scope: Section | Layer) -> HttpResponse:
    expect_reader(request)
    form = StateForm(request.POST)
    if not form.is_valid():
        return render(request, "400.html", {"reason": form.reason}, status=400)
    state = StateName(form.cleaned_data["state"])
    changes = request.progress.set_all(request.snapshot.countable_articles(scope), state)
    return respond_to_bulk_change(request, scope, state, changes)


@require_POST
def event_undo(request: ReaderRequest, event_id: int) -> HttpResponse:
    expect_reader(request)
    try:
        change = request.progress.undo(event_id)
    except NothingToUndo:
        raise Http404(_("You have no such change.")) from None
    except Superseded:
        reason = _("There is a newer change of this article. Undo that one first.")
        return render(request, "409.html", {"reason": reason}, status=409)
    return respond_to_change(request, change, is_undo=True)


@require_POST
def events_undo(request: ReaderRequest, first: int, last: int) -> HttpResponse:
    """Undo the events of one bulk change, which have consecutive ids for their reader."""
    expect_reader(request)
    try:
        changes, kept_count = request.progress.undo_all(first, last)
    except NothingToUndo:
        raise Http404(_("You have no such change.")) from None
    return respond_to_bulk_undo(request, changes, kept_count)


@require_POST
def article_open(request: ReaderRequest, slug: str) -> HttpResponse:
    """Open an article and set it to reading, for learners with that preference."""
    expect_reader(request)
    article = request.snapshot.article(slug)
    if not article.url:
        raise Http404
    change = request.progress.set(article, StateName.READING, only_from=StateName.TODO)
    if request.htmx:
        return respond_to_change(request, change)
    metrics.count([change])
    # Browsers apply the form-action policy to redirects, so this is a page that refreshes.
    return render(request, "progress/article_open.html", {"change": change})


@require_http_methods(["GET", "HEAD", "POST"])
@sign_in_required
def article_finish(request: LearnerRequest, slug: str) -> HttpResponse:
    """Ask what the learner keeps of the article, store it, and mark the article as done."""
    article = request.snapshot.article(slug)
    if article.slug != slug and request.method != "POST":
        return HttpResponseRedirect(reverse("progress:article_finish", args=[article.slug]))
    completion = completion_of(request.progress, article)
    if request.method != "POST":
        form = FinishForm(stored=completion)
        return _render_finish(request, article, form, is_edited=completion is not None)
    expect_reader(request)
    form = FinishForm(request.POST, stored=completion)
    if not form.is_valid():
        return _render_finish(request, article, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    finished = finish(request.progress, article, form.report, form.seen_points)
    return respond_to_finish(request, finished)


def _render_finish(
    request: LearnerRequest,
    article: Article,
    form: FinishForm,
    *,
    is_edited: bool = False,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    context = {
        "article": article,
        "entry": next(iter(request.snapshot.entries_of(article.pk)), None),
        "form": form,
        "is_edited": is_edited,
    }
    return render(request, "progress/article_finish.html", context, status=status)


@require_POST
@sign_in_required
def changes_acknowledge(request: LearnerRequest) -> HttpResponse:
    expect_reader(request)
    form = ChangesAcknowledgeForm(request.POST)
    if not form.is_valid():
        return render(request, "400.html", {"reason": form.reason}, status=400)
    slug = form.cleaned_data["article"]
    article = request.snapshot.article(slug) if slug else None
    request.progress.acknowledge_changes(form.cleaned_data["until"], article)
    return HttpResponseRedirect(safe_next(request, default=reverse("progress:progress_detail")))


@require_safe
@shared_page(
    "progress/progress_detail.html",
    depends_on=(CATALOG, SUGGESTIONS, DAY, TIME_ZONE),
    fragments=["my-progress"],
)
def progress_detail(request: HttpRequest) -> Viewed:
    """Show a reader's figures; a learner's study days, changes and suggestions as well."""
    return {"journey": bands_of(request.snapshot)}


@require_POST
def visitor_note_dismiss(request: ReaderRequest) -> HttpResponse:
    expect_reader(request)
    if isinstance(request.progress, VisitorProgress):
        request.progress.dismiss_reminder()
    return HttpResponseRedirect(safe_next(request, default=reverse("catalog:roadmap")))


@require_POST
def streak_hide(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        User.objects.filter(pk=request.user.pk).update(shows_streak=False)
    return HttpResponseRedirect(reverse("progress:progress_detail"))


@require_safe
@sign_in_required
@personal_page("progress/event_list.html", depends_on=(CATALOG, TIME_ZONE), fragments=["events"])
def event_list(request: LearnerRequest) -> Viewed:
    form = EventFilterForm(request.GET)
    events = form.apply(Event.objects.for_user(request.user))
    page = form.page_of(events.with_article().with_can_undo())
    return {"form": form, "page": page, "day": form.cleaned_data.get("day")}


@require_safe
@sign_in_required
@password_required
def export_detail(request: LearnerRequest) -> HttpResponse:
    """Show the page from which the file is downloaded, because a download shows no page itself."""
    return render(request, "progress/export_detail.html")


@require_safe
@sign_in_required
@partial(password_required, back_to="progress:export_detail")
def progress_export(request: LearnerRequest) -> HttpResponse:
    response = JsonResponse(progress_of(request.user), json_dumps_params={"indent": 2})
    name = f"playbook-progress-{timezone.localdate():%Y-%m-%d}.json"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
