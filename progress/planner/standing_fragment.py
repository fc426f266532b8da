"""Render where a learner stands: one cached frame, and their figures in its gaps."""

from __future__ import annotations

from django.template.defaultfilters import floatformat
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import ngettext

from playbook.http import HttpRequest
from playbook.rendering.fragments import cached_fragments, fill, gap
from progress.planner.planning import Planning
from progress.planner.standing import CARDS_MIN, Standing, standing_of


def standing_section(request: HttpRequest, planning: Planning) -> SafeString:
    standing, interview_on = standing_of(planning), planning.plan.interview_on
    coverage, recall, practice = standing.coverage, standing.recall, standing.practice
    values = {**_figures(standing), "day": date_format(interview_on, "j F") if interview_on else ""}
    frame = cached_fragments(request)(
        "planner/includes/standing.html",
        has_date=interview_on is not None,
        is_whole=coverage.forecast == coverage.articles,
        few_cards=min(recall.cards, CARDS_MIN) if recall.expected is None else None,
        is_measured=recall.measured.measured is not None,
        is_part=coverage.articles < coverage.in_playbook,
        has_wish=interview_on is not None and practice.wished > 0,
        has_weakest=practice.weakest is not None,
        **{name: gap(name) for name in values},
    )
    return fill(frame, **values)


def _figures(standing: Standing) -> dict[str, str | int]:
    coverage, recall, practice = standing.coverage, standing.recall, standing.practice
    weakest = practice.weakest
    interviews = ngettext("%(n)s interview", "%(n)s interviews", practice.done)
    return {
        "done": coverage.done,
        "articles": coverage.articles,
        "articles_max": coverage.articles or 1,
        "forecast": coverage.forecast,
        "in_playbook": coverage.in_playbook,
        "expected": recall.expected or 0,
        "cards": recall.cards,
        "right": recall.measured.recalled,
        "reviews": recall.measured.reviews,
        "practised": practice.done,
        "wished": practice.wished,
        "interviews": interviews % {"n": practice.done},
        "line": str(weakest.criterion.label) if weakest else "",
        "points": floatformat(weakest.recent) if weakest else "",
    }
