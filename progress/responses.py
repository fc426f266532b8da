"""Respond to a state change: with the changed parts of the page, or a redirect back to it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import Self

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.models import Article, Entry, Layer, Section
from playbook.http import HttpRequest, safe_next
from playbook.rendering.fragments import cached_fragments, fill, gaps_for
from progress import fragments, metrics
from progress.finishing import Finished
from progress.forms import PlaceForm
from progress.reader import ReaderGone, ReaderProgress, StateChange
from progress.states import Stage, StateName


class ReaderRequest(HttpRequest):
    """A request of a learner or a visitor, with their progress."""

    progress: ReaderProgress


def expect_reader(request: HttpRequest) -> None:
    """Raise `ReaderGone` if the reader signed in or out since the page was rendered."""
    reader = request.POST.get("reader")
    if reader is not None and reader != str(request.user.pk or ""):
        raise ReaderGone


def respond_to_change(
    request: ReaderRequest, change: StateChange, *, is_undo: bool = False
) -> HttpResponse:
    """Return the stale parts of the page out of band for htmx, or else a redirect to the page."""
    place = PlaceForm.of(request)
    entries = request.snapshot.entries_of(change.article.pk)
    announced = Announced(announcement(change, entries, place.in_spot))
    if change.event_id and not is_undo:
        announced = announced.with_undo("event_undo", change.event_id)
        if change.after.stage is Stage.FINISHED and not request.progress.is_visitor:
            announced = replace(announced, finish_url=finish_url(change.article))
    metrics.count([change], is_undo=is_undo)
    return _respond(request, place, [change], announced, change.article.get_absolute_url())


def finish_url(article: Article) -> str:
    return reverse("progress:article_finish", args=[article.slug])


def respond_to_finish(request: ReaderRequest, finished: Finished) -> HttpResponse:
    """Go back to the article, say what was stored, and let the learner undo the state."""
    change, kept_points = finished.change, finished.kept_points
    message = _("%(title)s: done, and what you wrote is saved.") % {"title": change.article.title}
    if kept_points:
        also = ngettext(
            "%(n)s key point that was saved since you opened the form stays, too.",
            "%(n)s key points that were saved since you opened the form stay, too.",
            kept_points,
        )
        message = f"{message} {also % {'n': kept_points}}"
    announced = Announced(message)
    if change.event_id:
        announced = announced.with_undo("event_undo", change.event_id)
    metrics.count([change])
    address = change.article.get_absolute_url()
    return _respond(request, PlaceForm.of(request), [change], announced, address)


def respond_to_bulk_change(
    request: ReaderRequest, scope: Section | Layer, state: StateName, changes: Sequence[StateChange]
) -> HttpResponse:
    """Respond to the state changes of a whole section or layer, which one undo reverts."""
    announced = Announced(bulk_announcement(scope.title, state, changes))
    event_ids = [change.event_id for change in changes if change.event_id]
    if event_ids:
        announced = announced.with_undo("events_undo", min(event_ids), max(event_ids))
    metrics.count(changes)
    place = PlaceForm.of(request)
    return _respond(request, place, changes, announced, scope.get_absolute_url())


def respond_to_bulk_undo(
    request: ReaderRequest, changes: Sequence[StateChange], kept_count: int
) -> HttpResponse:
    """Respond to the undo of a bulk change; `kept_count` articles were changed again since."""
    metrics.count(changes, is_undo=True)
    announced = Announced(bulk_undo_announcement(changes, kept_count))
    place = PlaceForm.of(request)
    return _respond(request, place, changes, announced, reverse("catalog:roadmap"))


@dataclass(frozen=True)
class Announced:
    """A sentence about what was changed, and where it is undone or added to, if anywhere."""

    text: str
    undo_url: str = ""
    finish_url: str = ""

    def with_undo(self, url_name: str, *event_ids: int) -> Self:
        return replace(self, undo_url=reverse(f"progress:{url_name}", args=event_ids))


def _respond(
    request: ReaderRequest,
    place: PlaceForm,
    changes: Sequence[StateChange],
    announced: Announced,
    default_url: str,
) -> HttpResponse:
    articles = [change.article for change in changes]
    entries = [entry for article in articles for entry in request.snapshot.entries_of(article.pk)]
    controls = [name for entry in entries if (name := f"state-{entry.pk}") in place.in_view]
    own = {
        **asdict(announced),
        "control": next(iter(controls), "article-state"),
        "spot": place.in_spot,
    }
    if not request.htmx:
        message = render_to_string("progress/includes/announcement.html", own)
        messages.info(request, message, extra_tags="announcement")
        back = safe_next(request, default=default_url)
        return HttpResponseRedirect(f"{back}#{place.in_spot}" if place.in_spot else back)
    toast = cached_fragments(request)("progress/announced.html", **gaps_for(own))
    stale = stale_fragments(request, articles, place.in_view)
    return HttpResponse("".join([*stale, fill(toast, **own)]))


def stale_fragments(
    request: HttpRequest, articles: Iterable[Article], shown: frozenset[str]
) -> list[str]:
    """Render the parts with an id in `shown` that state changes of the articles make stale."""
    stale: dict[str, Callable[..., str]] = {
        name: partial(draw, request) for name, draw in fragments.parts_of_every_page.items()
    }
    by_article = fragments.parts_of_article.items()
    for article in articles:
        stale |= {name: partial(draw, request, article) for name, draw in by_article}
        for entry in request.snapshot.entries_of(article.pk):
            section = entry.section
            stale[f"state-{entry.pk}"] = partial(fragments.state_control, request, entry)
            stale[f"outline-{section.slug}"] = partial(fragments.outline_figure, request, section)
            stale[f"section-{section.slug}"] = partial(fragments.section_figure, request, section)
            layer = section.layer
            stale[f"tab-figure-{layer.slug}"] = partial(fragments.tab_figure, request, layer)
            stale[f"layer-{layer.slug}"] = partial(fragments.layer_figure, request, layer)
    if request.progress.needs_reminder:  # Every page on which a visitor marks has the note.
        shown |= {"visitor-note"}
        address = safe_next(request, default=reverse("catalog:roadmap"))
        stale["visitor-note"] = partial(fragments.visitor_note, request, address)
    return [draw(oob=True) for name, draw in stale.items() if name in shown]


def announcement(change: StateChange, entries: list[Entry], spot: str) -> str:
    """Return a sentence with the new state, under the title of the row that was used."""
    titles = {f"entry-{entry.pk}": entry.title for entry in entries}
    return _("%(title)s: %(state)s") % {
        "title": titles.get(spot, change.article.title),
        "state": change.after.label,
    }


def bulk_announcement(title: str, state: StateName, changes: Sequence[StateChange]) -> str:
    """Return a sentence with the number of articles of a section or layer that changed."""
    changed_count = sum(change.before != change.after for change in changes)
    if not changed_count:
        message = _("%(title)s: every article was already marked as %(state)s.")
        return message % {"title": title, "state": state.label.lower()}
    message = ngettext(
        "%(title)s: %(n)s article marked as %(state)s",
        "%(title)s: %(n)s articles marked as %(state)s",
        changed_count,
    )
    return message % {"title": title, "n": changed_count, "state": state.label.lower()}


def bulk_undo_announcement(changes: Sequence[StateChange], kept_count: int) -> str:
    """Return a sentence with the number of articles that an undo of a bulk change reverted."""
    undone_count = sum(change.before != change.after for change in changes)
    undone = ngettext(
        "%(n)s article is back in its earlier state.",
        "%(n)s articles are back in their earlier states.",
        undone_count,
    ) % {"n": undone_count}
    kept = ngettext(
        "%(n)s article was changed again since and stays as it is.",
        "%(n)s articles were changed again since and stay as they are.",
        kept_count,
    ) % {"n": kept_count}
    return f"{undone} {kept}" if kept_count else undone
