"""Render the parts of pages that show a reader's progress. `oob` is for out-of-band swaps."""

from collections.abc import Callable, Iterable

from django import template
from django.template.loader import render_to_string
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from catalog.dependencies import CATALOG
from catalog.models import Article, Entry, Layer, Section
from catalog.search.facets import ReaderFacet
from playbook.http import HttpRequest
from playbook.rendering.dependencies import READER, TIME_ZONE
from playbook.rendering.fragments import cached_fragments, fill, gap, per_user_fragment
from progress.learner import LearnerProgress
from progress.page_sql import reports_of
from progress.reader import HISTORY_SHOWN, HistoryItem
from progress.states import StateName
from progress.times import day_and_time, instant

register = template.Library()


@register.simple_tag
def states() -> type[StateName]:
    """Return the enumeration: a template can loop over it, or over `states.in_bulk`."""
    return StateName


@per_user_fragment(register, READER, CATALOG)
def entry_rows(
    request: HttpRequest, entries: Iterable[Entry], *, with_section: bool = False
) -> str:
    progress = request.progress
    render, marks_on_open = cached_fragments(request, CATALOG), progress.marks_on_open
    new, changed = progress.new_articles, progress.changed_articles
    with_notes = progress.articles_with_notes
    rows = (
        render(
            "catalog/includes/entry-row.html",
            entry=entry,
            state=progress.state_of(entry.article_id),
            marks_on_open=marks_on_open,
            with_section=with_section,
            is_new=entry.article_id in new,
            is_changed=entry.article_id in changed,
            has_note=entry.article_id in with_notes,
        )
        for entry in entries
    )
    return SafeString("".join(rows))


@per_user_fragment(register, READER, CATALOG)
def reader_choices(request: HttpRequest, by_reader: ReaderFacet, *, oob: bool = False) -> str:
    """Render a filter that depends on the reader, with the entries that each value would show."""
    facet = by_reader.facet(request.progress, request.snapshot)
    if facet is None:
        return ""
    render = cached_fragments(request, CATALOG)
    return render("catalog/includes/filter-choices.html", facet=facet, oob=oob)


@per_user_fragment(register, READER, CATALOG)
def state_control(request: HttpRequest, entry: Entry, *, oob: bool = False) -> str:
    progress = request.progress
    state = progress.state_of(entry.article_id)
    name = "progress/includes/state-control.html"
    return cached_fragments(request, CATALOG)(name, entry=entry, state=state, oob=oob)


@per_user_fragment(register, READER, CATALOG)
def overall(request: HttpRequest, *, oob: bool = False) -> str:
    """Render the reader's progress in the whole playbook, and their next article."""
    progress = request.progress
    return cached_fragments(request, CATALOG)(
        "progress/includes/overall.html",
        figure=progress.totals.overall,
        growth=progress.growth,
        next=progress.next_entry(),
        marks_on_open=progress.marks_on_open,
        oob=oob,
    )


@per_user_fragment(register, READER, CATALOG)
def layer_figure(request: HttpRequest, layer: Layer, *, oob: bool = False) -> str:
    return _of_layer(request, "layer", layer, oob=oob)


@per_user_fragment(register, READER, CATALOG)
def tab_figure(request: HttpRequest, layer: Layer, *, oob: bool = False) -> str:
    return _of_layer(request, "tab", layer, oob=oob)


@per_user_fragment(register, READER, CATALOG)
def section_figure(request: HttpRequest, section: Section, *, oob: bool = False) -> str:
    return _of_section(request, "section", section, oob=oob)


@per_user_fragment(register, READER, CATALOG)
def section_fold(request: HttpRequest, section: Section) -> str:
    """Render the control that unfolds a section that the reader has finished."""
    if not request.progress.totals.of_section(section.slug).is_complete:
        return ""
    return cached_fragments(request, CATALOG)(
        "progress/includes/section-fold.html", section=section
    )


@per_user_fragment(register, READER, CATALOG)
def outline_figure(request: HttpRequest, section: Section, *, oob: bool = False) -> str:
    return _of_section(request, "outline", section, oob=oob)


def _of_layer(request: HttpRequest, kind: str, layer: Layer, *, oob: bool) -> str:
    progress = request.progress
    figure = progress.totals.of_layer(layer.slug)
    name = f"progress/includes/{kind}-figure.html"
    return cached_fragments(request, CATALOG)(name, slug=layer.slug, figure=figure, oob=oob)


def _of_section(request: HttpRequest, kind: str, section: Section, *, oob: bool) -> str:
    progress = request.progress
    figure = progress.totals.of_section(section.slug)
    name = f"progress/includes/{kind}-figure.html"
    return cached_fragments(request, CATALOG)(name, slug=section.slug, figure=figure, oob=oob)


@per_user_fragment(register, READER, CATALOG)
def figure_cells(
    request: HttpRequest, *, layer: Layer | None = None, section: Section | None = None
) -> str:
    """Render the figures of a row: of a layer, of a section, or of the whole playbook."""
    progress = request.progress
    totals = progress.totals
    figure = totals.overall
    if layer:
        figure = totals.of_layer(layer.slug)
    if section:
        figure = totals.of_section(section.slug)
    return cached_fragments(request, CATALOG)("progress/includes/figure-cells.html", figure=figure)


@per_user_fragment(register, READER, CATALOG)
def read_link(request: HttpRequest, article: Article, *, button: bool = False) -> str:
    progress = request.progress
    return cached_fragments(request, CATALOG)(
        "progress/includes/read-link.html",
        article=article,
        button=button,
        marks_on_open=progress.marks_on_open,
    )


@per_user_fragment(register, READER, CATALOG)
def article_state(request: HttpRequest, article: Article, *, oob: bool = False) -> str:
    """Render the menu that shows and sets the reader's state of an article."""
    state = request.progress.state_of(article.pk)
    name = "progress/includes/article-state.html"
    return cached_fragments(request, CATALOG)(name, article=article, state=state, oob=oob)


@per_user_fragment(register, READER, CATALOG)
def finish_link(request: HttpRequest, article: Article) -> str:
    """Render the link to the page on which a learner finishes the article."""
    if request.progress.is_visitor:
        return ""
    render = cached_fragments(request, CATALOG)
    return render("progress/includes/finish-link.html", article=article)


@per_user_fragment(register, READER, CATALOG)
def article_key_points(request: HttpRequest, article: Article) -> str:
    """Render what the learner reported when they finished the article."""
    progress = request.progress
    if not isinstance(progress, LearnerProgress):
        return ""
    if article.pk not in progress.completions:
        return ""
    report = reports_of(progress.user, [article.pk]).get(article.pk)
    if report is None:  # A merge of two articles can have moved it since.
        return ""
    frame = cached_fragments(request, CATALOG)(
        "progress/includes/article-key-points.html",
        article=article,
        points=gap("points") if report.points else "",
        minutes=report.minutes,
        confidence=report.confidence,
    )
    points = format_html_join("\n", "<li>{}</li>", [[point] for point in report.points])
    return fill(frame, points=points)


@per_user_fragment(register, READER, CATALOG, TIME_ZONE)
def article_history(request: HttpRequest, article: Article, *, oob: bool = False) -> str:
    """Render the latest changes of the reader's state of an article."""
    progress = request.progress
    history = progress.history(article)
    frame = cached_fragments(request, CATALOG)(
        "progress/includes/article-history.html",
        rows=gap("rows") if history else "",
        is_cut=len(history) == HISTORY_SHOWN,
        is_visitor=progress.is_visitor,
        oob=oob,
    )
    return fill(frame, rows=SafeString("".join([_history_row(request, item) for item in history])))


def _history_row(request: HttpRequest, item: HistoryItem) -> SafeString:
    row = cached_fragments(request, CATALOG)(
        "progress/includes/article-history-row.html",
        from_state=item.from_state,
        to_state=item.to_state,
        is_undo=item.is_undo,
        instant=gap("instant"),
        time=gap("time"),
    )
    at = item.happened_at
    return fill(row, instant=instant(at), time=day_and_time(at))


@per_user_fragment(register, READER, CATALOG)
def report_link(request: HttpRequest, article: Article) -> str:
    """Render the form that reports the link, or the link to sign in first."""
    is_visitor = request.progress.is_visitor
    render = cached_fragments(request, CATALOG)
    return render("links/includes/report-link.html", article=article, is_visitor=is_visitor)


@per_user_fragment(register, READER, CATALOG)
def new_badge(request: HttpRequest, article: Article) -> str:
    is_new = article.pk in request.progress.new_articles
    return cached_fragments(request)("progress/includes/new-badge.html") if is_new else ""


@per_user_fragment(register, READER, CATALOG, TIME_ZONE)
def article_changes(request: HttpRequest, article: Article, *, oob: bool = False) -> str:
    """Render what changed in the article since the learner read it."""
    changed = request.progress.changed_articles.get(article.pk)
    name = "progress/includes/article-changes.html"
    if changed is None:
        return cached_fragments(request)(name, changed=None, oob=oob)
    return render_to_string(name, {"changed": changed, "oob": oob, "request": request})


@per_user_fragment(register, READER)
def visitor_note(request: HttpRequest, address: str, *, oob: bool = False) -> str:
    """Render the note that progress is kept in this browser; a reminder from the fifth mark."""
    progress = request.progress
    if not progress.is_visitor:
        return ""
    context = {
        "address": address,
        "is_reminder": progress.needs_reminder,
        "marked": len(progress.states),
        "oob": oob,
    }
    return render_to_string("progress/includes/visitor-note.html", context)


@per_user_fragment(register, READER)
def reader_id(request: HttpRequest) -> str:
    """Return the primary key of the learner, or nothing for a visitor."""
    return str(request.user.pk or "")


@per_user_fragment(register, READER, CATALOG)
def countable(request: HttpRequest) -> str:
    """Return the number of countable articles."""
    return str(request.progress.totals.overall.countable)


parts_of_every_page: dict[str, Callable[..., str]] = {"overall": overall}
"""The fragments that any state change makes stale, by id. Sub-apps add theirs."""

parts_of_article: dict[str, Callable[..., str]] = {
    "article-state": article_state,
    "article-history": article_history,
    "article-changes": article_changes,
}
"""The fragments that a state change of their article makes stale, by id. Sub-apps add theirs."""
