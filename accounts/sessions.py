"""The sessions of users who are signed in: how long they last, and the list to end them from."""

import logging
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol, cast

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, user_logged_in, user_logged_out
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.models import Session
from django.db import DatabaseError, transaction
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import User

logger = logging.getLogger(__name__)

SIGNED_IN_AT = "signed_in_at"


class TouchedSession(Protocol):
    def touch(self) -> bool:
        """Postpone the end of an unused session, once a day. Return whether that was due."""


def signed_in_at(session_data: dict[str, Any]) -> datetime:
    """Return the time of the sign-in; the current time if the session is older than the record."""
    return datetime.fromtimestamp(session_data.get(SIGNED_IN_AT, timezone.now().timestamp()), UTC)


def expires_at(session_data: dict[str, Any]) -> datetime:
    """Return when the session ends if it is not used from now on."""
    unused_until = timezone.now() + settings.SIGNED_IN_UNUSED_AGE
    return min(unused_until, signed_in_at(session_data) + settings.SIGNED_IN_AGE)


def is_over(session_data: dict[str, Any], user: User) -> bool:
    """Return whether the user signed in too long ago; asked again because they may be staff now."""
    age: timedelta = settings.STAFF_SIGNED_IN_AGE if user.is_staff else settings.SIGNED_IN_AGE
    return signed_in_at(session_data) + age <= timezone.now()


def keep(request: HttpRequest) -> None:
    """Record that the session is in use, at most once a day.

    A page that only reads must work while the database does not accept writes.
    """
    try:
        if SIGNED_IN_AT not in request.session:
            record(request)
        elif cast(TouchedSession, request.session).touch():
            rows = UserSession.objects.filter(session_key=request.session.session_key)
            rows.update(last_seen_at=timezone.now())
    except (DatabaseError, UpdateError) as error:
        logger.warning("The use of a session could not be stored: %s", error)


def record(request: HttpRequest) -> None:
    """Record a session that began before sign-ins were recorded."""
    request.session[SIGNED_IN_AT] = timezone.now().timestamp()
    request.session.modified = False
    with transaction.atomic():
        request.session.save()
        UserSession.objects.create_from_request(request)


def sessions_of(request: HttpRequest, user: User) -> list[UserSession]:
    """Return the sessions in which the user is signed in: this one, then by their last use."""
    rows = list(UserSession.objects.filter(user=user).order_by("-last_seen_at", "-pk"))
    keys = [row.session_key for row in rows]
    stored = Session.objects.filter(session_key__in=keys, expire_date__gt=timezone.now())
    data = {row.session_key: request.session.decode(row.session_data) for row in stored}
    current_hash = user.get_session_auth_hash()
    alive = {
        key
        for key, values in data.items()
        if values.get(HASH_SESSION_KEY) == current_hash and not is_over(values, user)
    }
    current_key = request.session.session_key
    return sorted(
        (row for row in rows if row.session_key in alive),
        key=lambda row: row.session_key != current_key,
    )


@transaction.atomic
def end(rows: Iterable[UserSession]) -> None:
    keys = [row.session_key for row in rows]
    Session.objects.filter(session_key__in=keys).delete()
    UserSession.objects.filter(session_key__in=keys).delete()


def delete_orphans() -> None:
    """Delete the records of sessions that no longer exist."""
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()


def on_signed_in(request: HttpRequest, **options: object) -> None:
    request.session[SIGNED_IN_AT] = timezone.now().timestamp()


def on_signed_out(request: HttpRequest, **options: object) -> None:
    if key := request.session.session_key:
        UserSession.objects.filter(session_key=key).delete()


def connect() -> None:
    user_logged_in.connect(on_signed_in, dispatch_uid="accounts.on_signed_in")
    user_logged_out.connect(on_signed_out, dispatch_uid="accounts.on_signed_out")
