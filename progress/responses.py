"""Respond to a state change: with the changed parts of the page, or a redirect back to it."""

from collections.abc import Callable
from functools import partial

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from catalog.models import Article, Entry
from playbook.http import HttpRequest, safe_next
from progress import fragments, metrics
from progress.forms import PlaceForm
from progress.reader import ReaderGone, ReaderProgress, StateChange


class ReaderRequest(HttpRequest):
    """A request of a learner or a visitor, with their progress."""

    progress: ReaderProgress


def expect_reader(request: HttpRequest) -> None:
    """Raise `ReaderGone` if the reader signed in or out since the page was rendered."""
    reader = request.POST.get("reader")
    if reader is not None and reader != str(request.user.pk or ""):
        raise ReaderGone


def respond(request: ReaderRequest, change: StateChange, *, is_undo: bool = False) -> HttpResponse:
    """Return the parts of the page that changed, for htmx, or else a redirect to the page."""
    metrics.count(change, is_undo=is_undo)
    place = PlaceForm({**request.GET.dict(), **request.POST.dict()})
    place.is_valid()
    spot = place.cleaned_data.get("spot", "")
    entries = request.snapshot.entries_of(change.article.pk)
    shown = place.cleaned_data.get("shown", frozenset())
    controls = [name for entry in entries if (name := f"state-{entry.pk}") in shown]
    context = {
        "announcement": announcement(change, entries, spot),
        "change": change,
        "control": next(iter(controls), "article-state"),
        "is_undo": is_undo,
    }
    if not request.htmx:
        message = render_to_string("progress/includes/announcement.html", context)
        messages.info(request, message, extra_tags="announcement")
        back = safe_next(request, default=change.article.get_absolute_url())
        return HttpResponseRedirect(f"{back}#{spot}" if spot else back)
    announced = render_to_string("progress/announced.html", context)
    return HttpResponse("".join([*stale_fragments(request, change.article, shown), announced]))


def stale_fragments(request: HttpRequest, article: Article, shown: frozenset[str]) -> list[str]:
    """Render the parts with an id in `shown` that a state change of the article makes stale."""
    entries = request.snapshot.entries_of(article.pk)
    sections = {entry.section.slug: entry.section for entry in entries}
    layers = {section.layer.slug: section.layer for section in sections.values()}
    stale: dict[str, Callable[..., str]] = {
        "overall": partial(fragments.overall, request),
        "article-state": partial(fragments.article_state, request, article),
        "article-changes": partial(fragments.article_changes, request, article),
    }
    for entry in entries:
        stale[f"state-{entry.pk}"] = partial(fragments.state_control, request, entry)
    for slug, section in sections.items():
        stale[f"outline-{slug}"] = partial(fragments.outline_figure, request, section)
        stale[f"section-{slug}"] = partial(fragments.section_figure, request, section)
    for slug, layer in layers.items():
        stale[f"journey-{slug}"] = partial(fragments.journey_figure, request, layer)
        stale[f"layer-{slug}"] = partial(fragments.layer_figure, request, layer)
    return [draw(oob=True) for name, draw in stale.items() if name in shown]


def announcement(change: StateChange, entries: list[Entry], spot: str) -> str:
    """Return a sentence with the new state, under the title of the row that was used."""
    titles = {f"entry-{entry.pk}": entry.title for entry in entries}
    return _("%(title)s: %(state)s") % {
        "title": titles.get(spot, change.article.title),
        "state": change.after.label,
    }
