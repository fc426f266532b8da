"""The secret address under which a calendar program reads a learner's plan."""

from __future__ import annotations

import secrets
from datetime import time
from hashlib import sha256

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from playbook.http import full_address
from progress.planner.models import CalendarFeed
from progress.planner.page_sql import active_plan
from progress.planner.saving import lock

SECRET_BYTES = 24


def feed_of(user: User) -> CalendarFeed:
    """Return the learner's settings, or the defaults if they saved none."""
    feed = CalendarFeed.objects.for_user(user).first()
    if feed is None:
        plan = active_plan(user)
        feed = CalendarFeed(user=user, **({"uuid": plan.uuid} if plan else {}))
        feed.browser_zone = timezone.get_current_timezone_name()
    feed.user = user
    return feed


def feed_with(secret: str) -> CalendarFeed:
    """Return the feed of a secret. Raise `CalendarFeed.DoesNotExist`."""
    return CalendarFeed.objects.with_secret(hash_of(secret)).get()


def hash_of(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()


def address_of(secret: str) -> str:
    return full_address(reverse("planner:calendar_feed", args=[secret]))


@transaction.atomic
def save_starts_at(user: User, starts_at: time | None) -> None:
    """Store when each day begins. Raise `ReaderGone`."""
    lock(user)
    _save(user, starts_at=starts_at)


@transaction.atomic
def make_secret(user: User) -> str:
    """Store a new secret, in the place of an earlier one, and return it. Raise `ReaderGone`."""
    lock(user)
    secret = secrets.token_urlsafe(SECRET_BYTES)
    _save(user, secret_hash=hash_of(secret), secret_made_at=timezone.now())
    return secret


@transaction.atomic
def revoke_secret(user: User) -> None:
    """Close the address. Raise `ReaderGone`."""
    lock(user)
    feeds = CalendarFeed.objects.for_user(user).exclude(secret_hash=None)
    feeds.update(secret_hash=None, secret_made_at=None, updated_at=timezone.now())


def _save(user: User, **values: object) -> None:
    zone = timezone.get_current_timezone_name()
    values |= {"browser_zone": zone, "updated_at": timezone.now()}
    CalendarFeed.objects.for_user(user).update_or_create(user=user, defaults=values)
