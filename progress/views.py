from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from catalog.models import Article, Entry, Layer, Section
from catalog.roadmap import bands_of, tables_of
from playbook.http import HttpRequest, render_page, safe_next, sign_in_required
from progress import activity
from progress.export import progress_of
from progress.filters import EventFilterForm
from progress.forms import PlaceForm, StateForm
from progress.models import Event, StateName
from progress.reader import Change, NothingToUndo, ReaderProgress, Superseded

RECENT_EVENTS = 10


class ReaderRequest(HttpRequest):
    """The request of a reader whose progress is to change."""

    progress: ReaderProgress


class LearnerRequest(HttpRequest):
    """The request of somebody who signed in."""

    user: User


@require_POST
def state_set(request: ReaderRequest, slug: str) -> HttpResponse:
    article = get_object_or_404(Article.objects.visible_to(request.user), slug=slug)
    form = StateForm(request.POST)
    if not form.is_valid():
        return render(request, "400.html", {"reason": form.reason}, status=400)
    change = request.progress.set(article, StateName(form.cleaned_data["state"]))
    return changed(request, change)


@require_POST
def event_undo(request: ReaderRequest, event_id: int) -> HttpResponse:
    try:
        change = request.progress.undo(event_id)
    except NothingToUndo:
        raise Http404(_("There is no such change of yours.")) from None
    except Superseded:
        reason = _("The article was marked again since; undo the newer change first.")
        return render(request, "409.html", {"reason": reason}, status=409)
    return changed(request, change, is_undo=True)


def changed(request: ReaderRequest, change: Change, *, is_undo: bool = False) -> HttpResponse:
    """For htmx the stale parts of the page, out of band; else back to where the reader was."""
    place = PlaceForm({**request.GET.dict(), **request.POST.dict()})
    place.is_valid()
    told = {"announcement": announcement(change), "change": change, "is_undo": is_undo}
    if not request.htmx:
        messages.info(request, render_to_string("progress/includes/announcement.html", told))
        spot = place.cleaned_data.get("spot")
        back = safe_next(request, default=change.article.get_absolute_url())
        return HttpResponseRedirect(f"{back}#{spot}" if spot else back)
    shown = place.cleaned_data.get("shown", frozenset())
    context = {
        **told,
        **stale_parts(request, change.article, shown),
        "history": request.progress.history(change.article),
    }
    return render(request, "progress/changed.html", context)


def stale_parts(request: ReaderRequest, article: Article, shown: frozenset[str]) -> dict[str, Any]:
    """What a change of this article makes stale, of the parts whose ids the page shows."""
    visible = Entry.objects.visible_to(request.user).filter(article=article)
    entries = list(visible.with_place())
    sections = dict.fromkeys(entry.section for entry in entries)
    layers = dict.fromkeys(section.layer for section in sections)
    totals = request.progress.totals
    of_section, of_layer = totals.of_section, totals.of_layer
    return {
        "shown": shown,
        "controls": [entry for entry in entries if f"state-{entry.pk}" in shown],
        "state": request.progress.state_of(article.pk),
        "overall": totals.overall,
        "outline": [(s, of_section(s.slug)) for s in sections if f"outline-{s.slug}" in shown],
        "sections": [(s, of_section(s.slug)) for s in sections if f"section-{s.slug}" in shown],
        "journey": [(y, of_layer(y.slug)) for y in layers if f"journey-{y.slug}" in shown],
        "layers": [(y, of_layer(y.slug)) for y in layers if f"layer-{y.slug}" in shown],
    }


def announcement(change: Change) -> str:
    return _("%(title)s: %(state)s") % {
        "title": change.article.title,
        "state": StateName(change.after).label,
    }


@require_POST
def article_open(request: ReaderRequest, slug: str) -> HttpResponse:
    """The read link of a learner who wants it to mark the article as reading."""
    articles = Article.objects.visible_to(request.user).exclude(url="")
    article = get_object_or_404(articles, slug=slug)
    change = request.progress.set(article, StateName.READING, only_from=StateName.TODO)
    if request.htmx:
        return changed(request, change)
    # Not a redirect: browsers hold the redirects of a form to the policy's form-action.
    return render(request, "progress/article_open.html", {"change": change})


@require_safe
@sign_in_required
def progress_detail(request: LearnerRequest) -> HttpResponse:
    sections = Section.objects.listed().in_journey_order()
    tables = tables_of(sections, [], request.progress)
    layers = list(Layer.objects.all())
    days, today = activity.days_of(request.user, layers), timezone.localdate()
    events = Event.objects.for_user(request.user).with_article().with_can_undo()
    context = {
        "overall": request.progress.totals.overall,
        "journey": bands_of(layers, tables, request.progress),
        "readings": activity.reading_now(request.user),
        "heat_map": activity.heat_map(days, today),
        "streak": activity.streak(days, today),
        "recent": events[:RECENT_EVENTS],
    }
    return render_page(request, "progress/progress_detail.html", context, fragments=["my-progress"])


@require_POST
def streak_hide(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        request.user.shows_streak = False
        request.user.save(update_fields=["shows_streak"])
    return HttpResponseRedirect(reverse("progress:progress_detail"))


@require_safe
@sign_in_required
def event_list(request: LearnerRequest) -> HttpResponse:
    form = EventFilterForm(request.GET)
    events = form.apply(Event.objects.for_user(request.user))
    page = form.page_of(events.with_article().with_can_undo())
    return render_page(
        request,
        "progress/event_list.html",
        {"form": form, "page": page, "day": form.cleaned_data.get("day")},
        fragments=["events"],
    )


@require_safe
@sign_in_required
def progress_export(request: LearnerRequest) -> HttpResponse:
    response = JsonResponse(progress_of(request.user), json_dumps_params={"indent": 2})
    name = f"playbook-progress-{timezone.localdate():%Y-%m-%d}.json"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
