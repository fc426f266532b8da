"""Render Today and the whole plan: cached frames, and what is the learner's own in their gaps."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django import template
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.dependencies import CATALOG
from playbook.http import HttpRequest
from playbook.rendering.dependencies import DAY, READER, TIME_ZONE
from playbook.rendering.fragments import cached_fragments, fill, gap, per_user_fragment
from progress.activity import reading_now
from progress.learner import LearnerProgress
from progress.planner.forms import OutcomeForm
from progress.planner.outlook import spread
from progress.planner.plan_parts import Day
from progress.planner.planning import Planning, plan_of
from progress.planner.standing_fragment import standing_section
from progress.planner.today import Row, Today, WeekDay
from progress.reader import ReaderProgress
from progress.recall.deck import Deck

register = template.Library()

INCLUDES = "planner/includes/"


@per_user_fragment(register, READER, CATALOG, DAY, TIME_ZONE)
def today_page(request: HttpRequest) -> str:
    """Render what to do today: of the plan, or what there is without one."""
    planning = planning_of(request.progress)
    if planning is None:
        return _without_plan(request)
    if planning.is_over:
        is_the_day = planning.plan.interview_on == planning.today
        context = {"plan": planning.plan, "is_the_day": is_the_day, "form": OutcomeForm()}
        return render_to_string(f"{INCLUDES}day-itself.html", {**context, "request": request})
    return _planned(request, Today(planning))


@per_user_fragment(register, READER, CATALOG, DAY, TIME_ZONE)
def whole_plan(request: HttpRequest) -> str:
    """Render every day of the learner's plan, what does not fit, and what is left out."""
    planning = planning_of(request.progress)
    if planning is None:
        return ""
    today, tasks, interview_on = Today(planning), planning.tasks, planning.plan.interview_on
    left_out = tuple(article for article in tasks.articles if article.pk in tasks.left_out)
    days = [
        _plan_day(request, day, rows, is_today=day.date == planning.today)
        for day, rows in today.days
    ]
    left_over = [
        _plan_line(request, row, has_note=False)
        for row in (() if planning.is_over else today.left_over)
    ]
    frame = cached_fragments(request, CATALOG)(
        f"{INCLUDES}whole-plan.html",
        has_days=bool(days),
        has_left_over=bool(left_over),
        left_out=left_out,
        is_over=planning.is_over,
        is_dated=interview_on is not None,
        **_gaps("outlook", "days", "left_over", "reader", "interview_on"),
    )
    return fill(
        frame,
        outlook="" if planning.is_over else _outlook(request, planning),
        interview_on=date_format(interview_on, "l, j F") if interview_on else "",
        days=SafeString("".join(days)),
        left_over=SafeString("".join(left_over)),
        reader=planning.user.pk,
    )


def planning_of(progress: ReaderProgress) -> Planning | None:
    """Return the reader's active plan today. None for a visitor and without a plan."""
    plan = progress.derive(plan_of) if isinstance(progress, LearnerProgress) else None
    return Planning(plan, progress) if plan and isinstance(progress, LearnerProgress) else None


def _without_plan(request: HttpRequest) -> str:
    progress = request.progress
    due_count = progress.derive(Deck).due_count if isinstance(progress, LearnerProgress) else 0
    reading = reading_now(progress)
    context = {
        "next_entry": progress.next_entry(),
        "reading": reading,
        "due_count": due_count,
        "has_before": bool(due_count or reading),
        "address": request.get_full_path(),
        "HAS_EMAIL": settings.HAS_EMAIL,
        "request": request,
    }
    return render_to_string(f"{INCLUDES}without-plan.html", context)


def _planned(request: HttpRequest, today: Today) -> SafeString:
    planning, values = today.planning, _figures(today)
    values |= {
        "outlook": _outlook(request, planning),
        "rows": _rows(request, today),
        "week": SafeString("".join([_week_day(request, day) for day in today.week])),
        "fit": _make_it_fit(request, planning),
        "standing": standing_section(request, planning),
    }
    return cached_fragments(request).filled(
        f"{INCLUDES}planned.html",
        values,
        has_date=planning.plan.interview_on is not None,
        has_begun=planning.has_begun,
        has_rows=bool(today.rows),
        has_time=planning.list_of_today.minutes > 0,
        is_day_off=today.is_day_off,
        has_next=today.next_day is not None,
        has_due=bool(values["due"]) and not today.is_day_off,
        is_finished=today.is_finished,
        has_done=today.minutes_done > 0,
        HAS_EMAIL=settings.HAS_EMAIL,
    )


def _figures(today: Today) -> dict[str, str | int]:
    planning, plan, next_day = today.planning, today.plan, today.next_day
    return {
        "day": date_format(planning.today, "l, j F"),
        "heading": _heading(today),
        "days_left": _days(planning.days_left or 0),
        "interview_on": _day_and_month(plan.interview_on),
        "begins_on": date_format(plan.begins_on, "l, j F"),
        "reader": planning.user.pk,
        "minutes": today.minutes,
        "minutes_done": today.minutes_done,
        "more": today.more,
        "list_minutes": planning.list_of_today.minutes,
        "usual_minutes": today.usual_minutes,
        "next_day": date_format(next_day.date, "l, j F") if next_day else "",
        "next_minutes": next_day.planned if next_day else "",
        "due": _due(planning.progress.derive(Deck).due_count),
    }


def _heading(today: Today) -> str:
    if not today.planning.has_begun:
        return _("Your plan begins soon")
    if today.is_day_off:
        return _("Day off")
    if not today.rows:
        return _("Nothing planned today")
    return ngettext("%(n)s minute today", "%(n)s minutes today", today.minutes) % {
        "n": today.minutes
    }


def _due(count: int) -> str:
    due = ngettext("%(n)s card is due.", "%(n)s cards are due.", count)
    return due % {"n": count} if count else ""


def _days(count: int) -> str:
    return ngettext("%(n)s day", "%(n)s days", count) % {"n": count}


def _day_and_month(day: date | None) -> str:
    return date_format(day, "j F") if day else ""


def _outlook(request: HttpRequest, planning: Planning) -> SafeString:
    outlook = planning.outlook
    frame = cached_fragments(request)(
        f"{INCLUDES}outlook.html",
        day=gap("day") if outlook.finished_on else "",
        days_early=outlook.days_early,
        days_late=outlook.days_late,
        is_unplanned=outlook.finished_on is None and bool(planning.tasks.unread),
    )
    return fill(frame, day=_day_and_month(outlook.finished_on))


def _rows(request: HttpRequest, today: Today) -> SafeString:
    reader = today.planning.user.pk
    rows = [_row(request, reader, row, is_first=n == 0) for n, row in enumerate(today.rows)]
    return SafeString("".join(rows))


def _row(request: HttpRequest, reader: int, row: Row, *, is_first: bool) -> SafeString:
    """Render a row of today's list. What is cached has no text or address of the learner's."""
    item, own_url = row.item, row.url if row.item or row.is_running else ""
    frame = cached_fragments(request, CATALOG)(
        f"{INCLUDES}row.html",
        kind=row.kind,
        layer=row.layer,
        article=row.article,
        state=row.state,
        is_first=is_first,
        is_done=row.is_done,
        is_split=row.is_split,
        is_ticked=row.listed.is_ticked,
        can_tick=row.can_tick,
        is_about=row.is_about,
        is_running=row.is_running,
        note=gap("note") if row.note else "",
        url=gap("own_url") if own_url else row.url,
        item_url=gap("item_url") if item else "",
        **_gaps("reader", "title", "tick_url", "minutes", "part"),
    )
    return fill(
        frame,
        reader=reader,
        part=row.listed.id,
        title=row.title,
        note=row.note,
        minutes=row.minutes,
        own_url=own_url,
        item_url=reverse("planner:own_item_done_set", args=[item.uuid]) if item else "",
        tick_url=reverse("planner:part_tick", args=[row.listed.id]) if row.can_tick else "",
    )


def _week_day(request: HttpRequest, day: WeekDay) -> SafeString:
    frame = cached_fragments(request)(
        f"{INCLUDES}week-day.html",
        date=day.date,
        is_today=day.is_today,
        is_done=day.is_done,
        has_practice=day.has_practice,
        minutes=gap("minutes") if day.minutes else "",
    )
    return fill(frame, minutes=day.minutes)


def _make_it_fit(request: HttpRequest, planning: Planning) -> SafeString | str:
    """Render what would make a plan fit that is late. Only then is it computed."""
    if not planning.outlook.is_late:
        return ""
    more = planning.more_minutes
    frame = cached_fragments(request, CATALOG)(
        f"{INCLUDES}make-it-fit.html",
        more_minutes=gap("more_minutes") if more else "",
        could_leave_out=tuple(planning.could_leave_out),
        **_gaps("weekly", "each_day", "reader"),
    )
    usual = planning.plan.minutes
    return fill(
        frame,
        more_minutes=more or "",
        weekly=",".join(map(str, spread(usual, more))) if more else "",
        each_day=round(more / sum(minutes > 0 for minutes in usual)) if more else "",
        reader=planning.user.pk,
    )


def _plan_day(request: HttpRequest, day: Day, rows: Sequence[Row], *, is_today: bool) -> SafeString:
    """Render a day of the plan. Only today's parts can be done."""
    frame = cached_fragments(request)(
        f"{INCLUDES}plan-day.html", date=day.date, **_gaps("minutes", "lines")
    )
    lines = [_plan_line(request, row, is_done=is_today and row.is_done) for row in rows]
    return fill(frame, minutes=day.planned, lines=SafeString("".join(lines)))


def _plan_line(
    request: HttpRequest, row: Row, *, has_note: bool = True, is_done: bool = False
) -> SafeString:
    frame = cached_fragments(request, CATALOG)(
        f"{INCLUDES}plan-line.html",
        article=row.article,
        is_done=is_done,
        note=gap("note") if row.note and has_note else "",
        **_gaps("title", "minutes"),
    )
    return fill(frame, title=row.title, note=row.note, minutes=row.minutes)


def _gaps(*names: str) -> dict[str, SafeString]:
    return {name: gap(name) for name in names}
