"""A learner's standing: three figures side by side, which are never multiplied."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from progress.planner.plan_parts import PartKind
from progress.planner.planning import Planning
from progress.planner.tasks import articles_in
from progress.practice.history.figures import CriterionTrend, trends_of
from progress.practice.history.sql import past_scores_of
from progress.recall.deck import Deck
from progress.recall.statistics.figures import RecallShare
from progress.recall.statistics.sql import recall_share_of

CARDS_MIN = 10
"""With fewer known cards a mean says nothing, and none is shown."""


@dataclass(frozen=True)
class Coverage:
    """The articles of the plan that are finished, and how many will be on its last day."""

    done: int
    articles: int
    forecast: int
    in_playbook: int
    """The articles that a plan of the whole playbook would have."""


@dataclass(frozen=True)
class RecallOnTheDay:
    """The recall that is expected on a day if nothing more is reviewed, beside the measured one."""

    day: date
    cards: int
    expected: int | None
    """The mean in per cent; None below the number of cards that says something."""
    measured: RecallShare


@dataclass(frozen=True)
class PracticeDone:
    """The practice since the plan began, ticked or in a session, of what is wished for."""

    done: int
    wished: int
    weakest: CriterionTrend | None


@dataclass(frozen=True)
class Standing:
    coverage: Coverage
    recall: RecallOnTheDay
    practice: PracticeDone


def standing_of(planning: Planning) -> Standing:
    return Standing(_coverage(planning), _recall(planning), _practice(planning))


def _coverage(planning: Planning) -> Coverage:
    tasks = planning.tasks
    covered = [article for article in tasks.articles if article.pk not in tasks.left_out]
    left = {str(each.uuid) for each in tasks.unread}
    unplanned = {part.key for part in planning.planned.left_over if part.kind is PartKind.READ}
    return Coverage(
        done=len(covered) - len(left),
        articles=len(covered),
        forecast=len(covered) - len(left & unplanned),
        in_playbook=len(articles_in(planning.progress.snapshot)),
    )


def _recall(planning: Planning) -> RecallOnTheDay:
    day = planning.plan.interview_on or planning.today
    deck = planning.progress.derive(Deck)
    known = [card for card in deck.active_rows if card.last_reviewed_on]
    mean = sum(card.recall_on(day) for card in known) / len(known) if known else 0
    expected = round(100 * mean) if len(known) >= CARDS_MIN else None
    return RecallOnTheDay(day, len(known), expected, planning.progress.rows(recall_share_of))


def _practice(planning: Planning) -> PracticeDone:
    plan = planning.plan
    last = planning.last_day or planning.today
    weeks = max(-(-((last - plan.begins_on) + timedelta(days=1)).days // 7), 1)
    trends: Sequence[CriterionTrend] = trends_of(planning.progress.rows(past_scores_of))
    weakest = trends[0] if trends else None
    return PracticeDone(len(planning.practice_done_on), weeks * plan.practice_per_week, weakest)
