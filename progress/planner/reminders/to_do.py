"""A learner's tasks of today, as a reminder lists them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from accounts.models import User
from progress.learner import LearnerProgress
from progress.planner.page_sql import active_plan
from progress.planner.plan_parts import Part, PartKind
from progress.planner.planning import Planning
from progress.planner.today import Row, Today
from progress.recall.deck import Deck


@dataclass(frozen=True)
class ToDo:
    rows: Sequence[Row] = ()
    """The parts planned and not done, without recall."""
    due_count: int = 0
    minutes: int = 0
    """The minutes of the plan that are left today, recall included."""


def to_do_today(user: User) -> ToDo | None:
    """Return what there is to do today. None if nothing is, or if the learner has a day off."""
    progress = LearnerProgress(user)
    plan = active_plan(user)
    planning = Planning(plan, progress) if plan else None
    if planning and planning.is_running:
        return _of_plan(planning)
    return _of_deck(progress)


def _of_plan(planning: Planning) -> ToDo | None:
    stored = planning.lists.get(planning.today)
    if stored and not stored.minutes and planning.plan.minutes[planning.today.weekday()]:
        return None
    # Today's list is fixed when it is shown. A day with nothing to show stays open.
    if not (stored.parts if stored else _planned_today(planning)):
        return _of_deck(planning.progress)
    left = [row for row in Today(planning).rows if not row.is_done]
    if not left:
        return None
    rows = [row for row in left if row.kind is not PartKind.RECALL]
    due_count = planning.progress.derive(Deck).due_count if len(rows) < len(left) else 0
    return ToDo(rows, due_count, sum(row.minutes for row in left))


def _planned_today(planning: Planning) -> Sequence[Part]:
    first = next(iter(planning.planned.days), None)
    return first.parts if first and first.date == planning.today else ()


def _of_deck(progress: LearnerProgress) -> ToDo | None:
    due_count = progress.derive(Deck).due_count
    return ToDo(due_count=due_count) if due_count else None
