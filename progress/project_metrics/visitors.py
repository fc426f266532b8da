"""Visitors a day, without a cookie and without keeping an address.

A process remembers who came until it hands them on, a minute at most, and the database then holds
a hash for each. The salt of the hashes is the day's own; when the day is over it is deleted with
them, and the number is all that remains.
"""

import logging
import secrets
from datetime import UTC, date, datetime
from hashlib import blake2b
from threading import Lock, Timer
from typing import TypeAlias

from django.conf import settings
from django.db import Error, connection, transaction

from progress.project_metrics.models import DaySalt, VisitorDay, VisitorHash

WAITING_AT_MOST = 10_000
"""In a process; who comes on top is counted when they come again."""

Visit: TypeAlias = tuple[date, str, str]

logger = logging.getLogger(__name__)

_waiting: set[Visit] = set()
_timers: list[Timer] = []
_lock = Lock()


def today() -> date:
    return datetime.now(UTC).date()


def note(address: str, user_agent: str) -> None:
    """In memory only: a page does not wait for it."""
    visit = (today(), address, user_agent)
    with _lock:
        if len(_waiting) < WAITING_AT_MOST:
            _waiting.add(visit)
        if _timers or not settings.VISITORS_FLUSHED_EVERY:
            return
        timer = Timer(settings.VISITORS_FLUSHED_EVERY, _flush_in_background)
        timer.daemon = True
        _timers.append(timer)
    timer.start()


def _flush_in_background() -> None:
    with _lock:
        _timers.clear()
    try:
        flush()
    finally:
        connection.close()


def flush() -> None:
    """Hands the visits on. Where the database is away they are forgotten."""
    with _lock:
        visits = list(_waiting)
        _waiting.clear()
    try:
        close_days()
        _store([visit for visit in visits if visit[0] == today()])
    except Error:
        logger.warning("Visits could not be counted: the database is away.")


def _store(visits: list[Visit]) -> None:
    # A machine whose clock is behind does not open a day again that another one closed.
    if not visits or VisitorDay.objects.filter(date=visits[0][0]).exists():
        return
    with transaction.atomic():
        DaySalt.objects.get_or_create(date=visits[0][0], defaults={"salt": secrets.token_hex(32)})
        # Whoever closes the day waits for these.
        day = DaySalt.objects.select_for_update().get(date=visits[0][0])
        VisitorHash.objects.bulk_create(
            [VisitorHash(day=day, digest=digest(day.salt, *visit[1:])) for visit in visits],
            batch_size=500,
            ignore_conflicts=True,
        )


def digest(salt: str, address: str, user_agent: str) -> str:
    text = f"{address}\n{user_agent}".encode(errors="replace")
    return blake2b(text, key=bytes.fromhex(salt), digest_size=16).hexdigest()


def close_days() -> None:
    """Of each day that is over, its number is kept, and the salt and the hashes go."""
    if not DaySalt.objects.filter(date__lt=today()).exists():
        return
    with transaction.atomic():
        for day in DaySalt.objects.select_for_update().filter(date__lt=today()):
            VisitorDay.objects.get_or_create(date=day.date, defaults={"count": day.hashes.count()})
            day.delete()
