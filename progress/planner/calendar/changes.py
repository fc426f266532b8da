"""The time of the last change to the events of a plan's calendar, whatever changed them."""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256

from django.db import DatabaseError, router, transaction
from django.utils import timezone

from progress.planner.models import Plan


def changed_at(plan: Plan, events: str) -> datetime:
    """Return when the plan's events became what they are now, which is stored when it is noticed.

    It is later after each change, by a second at least. A database that only reads keeps the time
    of the change before.
    """
    events_hash = sha256(events.encode()).hexdigest()
    plans = Plan.objects.filter(pk=plan.pk)
    known_hash, known_at = _stored(plan)
    if known_hash == events_hash:
        return known_at
    now = max(timezone.now(), known_at + timedelta(seconds=1))
    try:
        with transaction.atomic():
            unchanged = plans.filter(events_hash=known_hash, events_changed_at=known_at)
            is_stored = unchanged.update(events_hash=events_hash, events_changed_at=now)
    except DatabaseError:
        return known_at
    # Another poll stored the change first, perhaps one that this replica does not have yet.
    return now if is_stored else _stored(plan, using=router.db_for_write(Plan))[1]


def _stored(plan: Plan, using: str | None = None) -> tuple[str, datetime]:
    columns = Plan.objects.using(using).values_list("events_hash", "events_changed_at")
    return columns.get(pk=plan.pk)
