"""The writes of the planner. Each is idempotent, because it names its target."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from catalog.models import Article
from progress.learner import LearnerProgress
from progress.operations import create_once
from progress.planner.day_lists import cut_to, parts_in, ticked
from progress.planner.models import DayList, OwnItem, Plan
from progress.planner.more_time import lengthened
from progress.planner.page_sql import lists_of
from progress.planner.planning import Planning
from progress.reader import ReaderGone
from progress.sql import lock_and_resolve, lock_learner

OWN_ITEMS_MAX = 500


class TooManyItems(Exception):
    """The learner has as many own items to do as the site keeps."""


class NotRunning(Exception):
    """The plan has not begun, or is over, so there is no list of today."""


def lock(user: User) -> None:
    if not lock_learner(user):
        raise ReaderGone


@transaction.atomic
def save_plan(progress: LearnerProgress, values: dict[str, Any]) -> Plan:
    """Store the active plan with these columns; begin one if there is none."""
    user = progress.user
    progress.lock()
    values = {**values, "updated_at": timezone.now()}
    plan, is_new = Plan.objects.get_or_create(user=user, archived_at=None, defaults=values)
    if not is_new:
        Plan.objects.filter(pk=plan.pk).update(**values)
        plan.refresh_from_db()
    _forget_untouched_list(Planning(plan, progress))
    User.objects.filter(pk=user.pk).update(recall_aims_at=plan.interview_on)
    return plan


def _forget_untouched_list(planning: Planning) -> None:
    """Plan today anew, unless the learner has done something of it."""
    stored = planning.lists.get(planning.today)
    if stored and not any(planning.is_done(each) for each in parts_in(stored)):
        planning.plan.day_lists.filter(day=planning.today).delete()


@transaction.atomic
def archive_plan(user: User, uuid: UUID, outcome: str | None = None) -> None:
    """End a plan, which is kept, and store what the learner says about the interview, if given."""
    lock(user)
    plans = Plan.objects.for_user(user).filter(uuid=uuid)
    if plans.filter(archived_at=None).update(archived_at=timezone.now()):
        User.objects.filter(pk=user.pk).update(recall_aims_at=None)
    if outcome is not None:
        plans.update(outcome=outcome)


@transaction.atomic
def set_weekly_minutes(plan: Plan, minutes: Sequence[int]) -> None:
    lock(plan.user)
    Plan.objects.filter(pk=plan.pk).update(minutes=list(minutes), updated_at=timezone.now())


@transaction.atomic
def leave_out(plan: Plan, articles: Collection[Article], *, is_left_out: bool = True) -> None:
    """Leave these articles out of the plan, or take them back into it."""
    kept = lock_and_resolve([article.pk for article in articles])
    lock(plan.user)
    change = plan.left_out.add if is_left_out else plan.left_out.remove
    change(*kept.values())


@transaction.atomic
def tick(planning: Planning, part_id: str, *, is_ticked: bool) -> bool:
    """Tick a part of today's list, or clear its tick. Return whether the list has it.

    Raise `NotRunning` or `ReaderGone`.
    """
    _lock_running(planning)
    stored = lists_of(planning.plan).get(planning.today) or planning.list_of_today
    parts = parts_in(stored)
    store_parts(planning, ticked(parts, part_id, is_ticked=is_ticked))
    return any(each.id == part_id for each in parts)


def _lock_running(planning: Planning) -> None:
    lock(planning.user)
    if not planning.is_running:
        raise NotRunning


def store_parts(planning: Planning, parts: Sequence[dict[str, Any]], **values: Any) -> None:
    lists = DayList.objects.filter(plan=planning.plan, day=planning.today)
    lists.update(parts=parts, updated_at=timezone.now(), **values)


@transaction.atomic
def set_minutes_of_today(planning: Planning, minutes: int) -> None:
    """Give today so many minutes: the list is cut, or goes on with what comes next.

    Raise `NotRunning` or `ReaderGone`.
    """
    _lock_running(planning)
    parts = list(planning.parts)
    done = [each for each in parts if planning.is_done(each)]
    kept = lengthened(planning, cut_to(parts, minutes, done), minutes)
    store_parts(planning, [each.as_json() for each in kept], minutes=minutes)


@transaction.atomic
def add_own_item(user: User, operation: UUID, values: dict[str, Any]) -> OwnItem:
    """Add an item. The same operation adds it once.

    Raise `TooManyItems`, `UsedOperation` or `ReaderGone`; nothing is changed then.
    """
    lock(user)
    items = OwnItem.objects.for_user(user)
    if item := items.filter(uuid=operation).first():
        return item
    if items.to_do().count() >= OWN_ITEMS_MAX:
        raise TooManyItems
    return create_once(OwnItem, operation, user=user, **values)


@transaction.atomic
def change_own_item(item: OwnItem, values: dict[str, Any]) -> None:
    """Store these columns of an item; one that was deleted meanwhile stays deleted."""
    lock(item.user)
    OwnItem.objects.filter(pk=item.pk).update(**values)


@transaction.atomic
def set_own_item_done(item: OwnItem, *, is_done: bool) -> None:
    """Mark an item as done or to do, like an article."""
    lock(item.user)
    items = OwnItem.objects.filter(pk=item.pk)
    if is_done:
        items.filter(done_at=None).update(done_at=timezone.now())
    else:
        items.update(done_at=None)


@transaction.atomic
def delete_own_item(item: OwnItem) -> None:
    lock(item.user)
    item.delete()
