"""The answer to a change of state: what the page shows of it, or the way back to the page."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from catalog.models import Article, Entry
from playbook.http import HttpRequest, safe_next
from progress.forms import PlaceForm
from progress.reader import Change, ReaderGone, ReaderProgress


class ReaderRequest(HttpRequest):
    """The request of a reader whose progress is to change."""

    progress: ReaderProgress


def expect_reader(request: HttpRequest) -> None:
    """ReaderGone where the page was another reader's: they signed out or in since it was read."""
    reader = request.POST.get("reader")
    if reader is not None and reader != str(request.user.pk or ""):
        raise ReaderGone


def changed(request: ReaderRequest, change: Change, *, is_undo: bool = False) -> HttpResponse:
    """For htmx the stale parts of the page, out of band; else back to where the reader was."""
    place = PlaceForm({**request.GET.dict(), **request.POST.dict()})
    place.is_valid()
    spot = place.cleaned_data.get("spot", "")
    entries = Entry.objects.visible_to(request.user).filter(article=change.article).with_place()
    told = {
        "announcement": announcement(change, list(entries), spot),
        "change": change,
        "is_undo": is_undo,
    }
    if not request.htmx:
        words = render_to_string("progress/includes/announcement.html", told)
        messages.info(request, words, extra_tags="announcement")
        back = safe_next(request, default=change.article.get_absolute_url())
        return HttpResponseRedirect(f"{back}#{spot}" if spot else back)
    shown = place.cleaned_data.get("shown", frozenset())
    context = {
        **told,
        **stale_parts(request, change.article, list(entries), shown),
        "history": request.progress.history(change.article),
    }
    return render(request, "progress/changed.html", context)


def stale_parts(
    request: ReaderRequest, article: Article, entries: list[Entry], shown: frozenset[str]
) -> dict[str, Any]:
    """What a change of this article makes stale, of the parts whose ids the page shows."""
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


def announcement(change: Change, entries: list[Entry], spot: str) -> str:
    """What is now in which state, under the title that the reader pressed at."""
    titles = {f"entry-{entry.pk}": entry.title for entry in entries}
    return _("%(title)s: %(state)s") % {
        "title": titles.get(spot, change.article.title),
        "state": change.after.label,
    }
