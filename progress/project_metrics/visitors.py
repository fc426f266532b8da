"""Count visitors a day, without a cookie and without storing an address.

Each process keeps its visits in memory for a minute at most. It then stores a hash of each visitor
with a salt of the day. When the day is over, the salt and the hashes are deleted and only the
number remains.
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
"""The limit for one process. Visits above it are dropped, and counted if the visitor comes back."""

USER_AGENT_MAX_LENGTH = 200
FORWARDED_MAX_LENGTH = 500
"""The last characters are kept, because the site's own proxies write at the end."""

ROBOTS = ("bot", "crawl", "spider")

DAY_SECONDS = 86_400
"""In seconds."""

Visit: TypeAlias = tuple[float, str, str, str]
"""The number of the day in UTC, and the arguments of `note`."""

logger = logging.getLogger(__name__)

_waiting: set[Visit] = set()
_timers: list[Timer] = []
_lock = Lock()


def today() -> date:
    return datetime.now(UTC).date()


def note(peer: str, forwarded: str, user_agent: str) -> None:
    """Remember a visit in memory, so that a page does not wait for the database.

    `peer` is the other end of the connection, `forwarded` is the `X-Forwarded-For` header.
    """
    visit = (
        time() // DAY_SECONDS,
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
    """Store the visits. They are lost if the database cannot be reached."""
    with _lock:
        visits = list(_waiting)
        _waiting.clear()
    now = datetime.now(UTC)
    try:
        close_days()
        _store(
            now.date(), [visit for visit in visits if visit[0] == now.timestamp() // DAY_SECONDS]
        )
    except Error:
        logger.warning("Visits were not counted: the database cannot be reached.")


def _store(date_: date, visits: list[Visit]) -> None:
    visitors = {person for _day, *visit in visits if (person := _person(*visit))}
    # A machine whose clock is slow must not reopen a day that another machine closed.
    if not visitors or VisitorDay.objects.filter(date=date_).exists():
        return
    with transaction.atomic():
        DaySalt.objects.get_or_create(date=date_, defaults={"salt": secrets.token_hex(32)})
        # Closing the day waits for this lock.
        day = DaySalt.objects.select_for_update().get(date=date_)
        VisitorHash.objects.bulk_create(
            [VisitorHash(day=day, digest=digest(day.salt, person)) for person in visitors],
            batch_size=500,
            ignore_conflicts=True,
        )


def _person(peer: str, forwarded: str, user_agent: str) -> str:
    """Return what distinguishes visitors: address and browser.

    Empty for robots that identify themselves, and if the address is unknown.
    """
    browser = user_agent.casefold()
    if any(word in browser for word in ROBOTS):
        return ""
    request = HttpRequest()
    request.META = {"REMOTE_ADDR": peer, "HTTP_X_FORWARDED_FOR": forwarded}
    try:
        return f"{get_adapter().get_client_ip(request)}\n{browser}"
    except (PermissionDenied, ImproperlyConfigured):  # ImproperlyConfigured: a proxy was bypassed.
        return ""


def digest(salt: str, person: str) -> str:
    """Hash a visitor. It needs `SECRET_KEY`, so the database alone does not reveal addresses."""
    return salted_hmac(salt, person, algorithm="sha256").hexdigest()[:32]


def close_days() -> None:
    """Store the number of visitors of each day that is over, and delete its salt and hashes."""
    if not DaySalt.objects.filter(date__lt=today()).exists():
        return
    with transaction.atomic():
        for day in DaySalt.objects.select_for_update().filter(date__lt=today()):
            VisitorDay.objects.get_or_create(date=day.date, defaults={"count": day.hashes.count()})
            day.delete()
