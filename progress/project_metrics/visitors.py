"""Visitors a day, without a cookie and without keeping an address.

A process remembers who came until it hands them on, a minute at most, and the database then holds
a hash for each. The salt of the hashes is the day's own; when the day is over it is deleted with
them, and the number is all that remains.
"""

import logging
import secrets
from datetime import UTC, date, datetime
from threading import Lock, Timer
from time import time
from typing import TypeAlias

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.db import Error, connection, transaction
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from progress.project_metrics.models import DaySalt, VisitorDay, VisitorHash

WAITING_AT_MOST = 10_000
"""In a process; who comes on top is counted when they come again."""

USER_AGENT_MAX_LENGTH = 200
FORWARDED_MAX_LENGTH = 500
"""Its end: what the proxies before the site wrote is last."""

ROBOTS = ("bot", "crawl", "spider")

DAY = 86_400
"""In seconds."""

Visit: TypeAlias = tuple[float, str, str, str]
"""The number of the day by UTC, and what `note` was told."""

logger = logging.getLogger(__name__)

_waiting: set[Visit] = set()
_timers: list[Timer] = []
_lock = Lock()


def today() -> date:
    return datetime.now(UTC).date()


def note(peer: str, forwarded: str, user_agent: str) -> None:
    """As the headers say it, in memory only: a page waits for no more than that.

    `peer` is the other end of the connection, `forwarded` what `X-Forwarded-For` holds.
    """
    visit = (
        time() // DAY,
        peer,
        forwarded[-FORWARDED_MAX_LENGTH:],
        user_agent[:USER_AGENT_MAX_LENGTH],
    )
    if visit in _waiting:
        return
    with _lock:
        if len(_waiting) < WAITING_AT_MOST:
            _waiting.add(visit)
        if _timers or not settings.VISITORS_FLUSHED_EVERY:
            return
        timer = Timer(settings.VISITORS_FLUSHED_EVERY, _flush_in_background)
        timer.name = "visitors"
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
    now = datetime.now(UTC)
    try:
        close_days()
        _store(now.date(), [visit for visit in visits if visit[0] == now.timestamp() // DAY])
    except Error:
        logger.warning("Visits could not be counted: the database is away.")


def _store(date_: date, visits: list[Visit]) -> None:
    people = {person for _day, *visit in visits if (person := _person(*visit))}
    # A machine whose clock is behind does not open a day again that another one closed.
    if not people or VisitorDay.objects.filter(date=date_).exists():
        return
    with transaction.atomic():
        DaySalt.objects.get_or_create(date=date_, defaults={"salt": secrets.token_hex(32)})
        # Whoever closes the day waits for these.
        day = DaySalt.objects.select_for_update().get(date=date_)
        VisitorHash.objects.bulk_create(
            [VisitorHash(day=day, digest=digest(day.salt, person)) for person in people],
            batch_size=500,
            ignore_conflicts=True,
        )


def _person(peer: str, forwarded: str, user_agent: str) -> str:
    """What tells one from another: address and browser. Empty for robots that say so, and where
    nobody can tell the address.
    """
    browser = user_agent.casefold()
    if any(word in browser for word in ROBOTS):
        return ""
    request = HttpRequest()
    request.META = {"REMOTE_ADDR": peer, "HTTP_X_FORWARDED_FOR": forwarded}
    try:
        return f"{get_adapter().get_client_ip(request)}\n{browser}"
    except (PermissionDenied, ImproperlyConfigured):  # The latter where a proxy was gone round.
        return ""


def digest(salt: str, person: str) -> str:
    """Nobody who has the database but not `SECRET_KEY` can try all addresses."""
    return salted_hmac(salt, person, algorithm="sha256").hexdigest()[:32]


def close_days() -> None:
    """Of each day that is over, its number is kept, and the salt and the hashes go."""
    if not DaySalt.objects.filter(date__lt=today()).exists():
        return
    with transaction.atomic():
        for day in DaySalt.objects.select_for_update().filter(date__lt=today()):
            VisitorDay.objects.get_or_create(date=day.date, defaults={"count": day.hashes.count()})
            day.delete()
