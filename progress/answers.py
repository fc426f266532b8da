"""The answer to a change of state: what the page shows of it, or the way back to the page."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from catalog.models import Entry
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
    entries = request.edition.entries_of(change.article.pk)
    told = {
        "announcement": announcement(change, entries, spot),
        "change": change,
        "is_undo": is_undo,
    }
    if not request.htmx:
        words = render_to_string("progress/includes/announcement.html", told)
        messages.info(request, words, extra_tags="announcement")
        back = safe_next(request, default=change.article.get_absolute_url())
        return HttpResponseRedirect(f"{back}#{spot}" if spot else back)
    stale = stale_parts(entries, place.cleaned_data.get("shown", frozenset()))
    context = {"request": request, **told, **stale}
    return HttpResponse(render_to_string("progress/changed.html", context))


def stale_parts(entries: list[Entry], shown: frozenset[str]) -> dict[str, Any]:
    """What a change of their article makes stale, of the parts whose ids the page shows."""
    sections = dict.fromkeys(entry.section for entry in entries)
    layers = dict.fromkeys(section.layer for section in sections)
    return {
        "shown": shown,
        "controls": [entry for entry in entries if f"state-{entry.pk}" in shown],
        "outline": [section for section in sections if f"outline-{section.slug}" in shown],
        "sections": [section for section in sections if f"section-{section.slug}" in shown],
        "journey": [layer for layer in layers if f"journey-{layer.slug}" in shown],
        "layers": [layer for layer in layers if f"layer-{layer.slug}" in shown],
    }


def announcement(change: Change, entries: list[Entry], spot: str) -> str:
    """What is now in which state, under the title that the reader pressed at."""
    titles = {f"entry-{entry.pk}": entry.title for entry in entries}
    return _("%(title)s: %(state)s") % {
        "title": titles.get(spot, change.article.title),
        "state": change.after.label,
    }
