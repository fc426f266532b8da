"""Render the parts of My progress, which all readers get in one shared page."""

from collections.abc import Iterable

from django import template
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from catalog.dependencies import CATALOG
from catalog.roadmap import SectionTable
from catalog.suggestions.models import Suggestion
from playbook.http import HttpRequest
from playbook.rendering.dependencies import DAY, READER, TIME_ZONE
from playbook.rendering.fragments import cached_fragments, fill, gap, per_user_fragment
from progress.activity import HeatMap, days_of, heat_map, reading_now, streak
from progress.dependencies import SUGGESTIONS, decisions
from progress.finishing import confidence_counts
from progress.learner import LearnerProgress
from progress.news import News
from progress.page_sql import RecentEvent, recent_events_of
from progress.reader import ReaderProgress
from progress.times import day_and_time, instant

RECENT_EVENTS = 10
DAYS_FOR_A_PICTURE = 2
"""The number of days with study from which they are shown."""
register = template.Library()


def recent(progress: LearnerProgress) -> list[RecentEvent]:
    return recent_events_of(progress.user, RECENT_EVENTS)


def has_marks(progress: ReaderProgress) -> bool:
    """Return whether the reader ever set a state."""
    if isinstance(progress, LearnerProgress):
        return bool(progress.derive(recent))
    return bool(progress.states)


@per_user_fragment(register, READER, CATALOG, TIME_ZONE)
def my_news(request: HttpRequest) -> str:
    """Render the articles new to a learner, and those that changed after they read them."""
    progress = request.progress
    news = News.of(progress)
    if not news:
        return ""
    context = {"news": news, "request": request, "path": request.path}
    return render_to_string("progress/includes/news.html", context)


@per_user_fragment(register, READER, CATALOG, DAY, TIME_ZONE)
def my_study(request: HttpRequest) -> str:
    """Render a learner's study days, from the second on; what to do first before any mark."""
    progress = request.progress
    render = cached_fragments(request, CATALOG)
    if not has_marks(progress):
        name = "progress/includes/first-steps.html"
        return render(name, is_visitor=progress.is_visitor)
    if not isinstance(progress, LearnerProgress):
        return ""
    layers = tuple(request.snapshot.layers)
    days = days_of(progress.user, layers)
    year = heat_map(days, progress.today)
    if len(year.study_days) < DAYS_FOR_A_PICTURE:
        return ""
    context = {
        "study_days": len(year.study_days),
        "streak": streak(days, progress.today),
        "user": progress.user,
        "first_month": year.first_month,
        "weeks": _weeks(request, year),
        "rows": _rows(request, year),
        "legend": render(
            "progress/includes/heat-legend.html", layers=tuple(request.snapshot.layers)
        ),
    }
    return render_to_string("progress/includes/study-days.html", context)


def _weeks(request: HttpRequest, year: HeatMap) -> SafeString:
    """Render the columns of the heat map. Learners share most of them, because most are empty."""
    render, name = cached_fragments(request, CATALOG), "progress/includes/heat-week.html"
    weeks = [render(name, week=week, number=number) for number, week in enumerate(year.weeks)]
    return SafeString("".join(weeks))


def _rows(request: HttpRequest, year: HeatMap) -> SafeString:
    render, name = cached_fragments(request, CATALOG), "progress/includes/study-day.html"
    return SafeString("".join([render(name, day=day) for day in year.study_days]))


@per_user_fragment(register, READER, CATALOG, TIME_ZONE)
def my_readings(request: HttpRequest) -> str:
    """Render the articles that the reader has started."""
    progress = request.progress
    if not has_marks(progress):
        return ""
    render = cached_fragments(request, CATALOG)
    rows = [
        render(
            "progress/includes/reading-row.html",
            entry=item.entry,
            state=item.state,
            since=timezone.localdate(item.since),
            marks_on_open=progress.marks_on_open,
        )
        for item in reading_now(progress)
    ]
    return render_to_string(
        "progress/includes/reading-now.html", {"rows": SafeString("".join(rows))}
    )


@per_user_fragment(register, READER, CATALOG)
def totals_title(request: HttpRequest) -> str:
    return escape(_("By layer and section") if has_marks(request.progress) else _("By layer"))


@per_user_fragment(register, READER, CATALOG)
def totals_scope(request: HttpRequest) -> str:
    """Render the head of the column with the titles."""
    return escape(_("Layer and section") if has_marks(request.progress) else _("Layer"))


@per_user_fragment(register, READER, CATALOG)
def section_totals(request: HttpRequest, tables: Iterable[SectionTable]) -> str:
    """Render the figures of the sections of a layer, if the reader set a state."""
    progress = request.progress
    if not has_marks(progress):
        return ""
    render, name = cached_fragments(request, CATALOG), "progress/includes/section-totals.html"
    sections = [table.section for table in tables]
    return SafeString(
        "".join(
            [
                render(name, section=section, figure=progress.totals.of_section(section.slug))
                for section in sections
            ]
        )
    )


@per_user_fragment(register, READER, CATALOG)
def my_confidences(request: HttpRequest) -> str:
    """Render how many articles the learner is how sure about, if they reported it."""
    progress = request.progress
    counts = confidence_counts(progress) if isinstance(progress, LearnerProgress) else ()
    if not counts:
        return ""
    name = "progress/includes/confidences.html"
    return cached_fragments(request)(name, confidences=tuple(counts))


@per_user_fragment(register, READER, CATALOG, TIME_ZONE)
def my_recent_changes(request: HttpRequest) -> str:
    """Render the learner's latest changes, each with its undo."""
    progress = request.progress
    events = progress.derive(recent) if isinstance(progress, LearnerProgress) else ()
    if not events:
        return ""
    rows = SafeString("".join([_event_row(request, event) for event in events]))
    return render_to_string("progress/includes/recent.html", {"rows": rows})


def _event_row(request: HttpRequest, event: RecentEvent) -> SafeString:
    row = cached_fragments(request, CATALOG)(
        "progress/includes/event-row.html",
        event=event.change,
        pk=gap("pk"),
        is_public=event.change.article.is_public,
        undo_url=gap("undo_url"),
        instant=gap("instant"),
        time=gap("time"),
        spot="recent",
    )
    at = event.happened_at
    return fill(
        row,
        pk=event.pk,
        undo_url=reverse("progress:event_undo", args=[event.pk]),
        instant=instant(at),
        time=day_and_time(at, with_year=False),
    )


@per_user_fragment(register, READER, CATALOG, SUGGESTIONS, TIME_ZONE)
def my_suggestions(request: HttpRequest) -> str:
    """Render what the learner suggested, and what editors decided."""
    progress = request.progress
    if not isinstance(progress, LearnerProgress) or not progress.derive(decisions):
        return ""
    suggestions = Suggestion.objects.for_user(progress.user).with_article().newest_first()
    context = {"suggestions": suggestions}
    return render_to_string("progress/includes/suggestions.html", context)
