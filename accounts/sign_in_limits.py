"""Slow down the guessing of a password, without locking its owner out.

Failures are counted by account and network address together, and by account alone with far more
freedom, because many addresses can guess at once. A browser that signed in to the account before is
counted by itself, so nobody else's failures stop it.
"""

import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from math import ceil
from secrets import token_urlsafe
from typing import Any

from allauth.account.internal.userkit import filter_users_by_email, get_user_by_username
from allauth.account.models import EmailAddress
from allauth.core.internal.ratelimit import cache_lock, get_ip
from django.conf import settings
from django.core import signing
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from accounts.models import User

REMEMBERED = 15 * 60
"""Failures are forgotten after this number of seconds without another one."""
FIRST_WAIT = 5
COOKIE = "known_browser"
COOKIE_AGE = 365 * 24 * 60 * 60


@dataclass(frozen=True)
class Limit:
    """A number of free failures, and the longest wait after further ones. The wait doubles."""

    name: str
    free: int
    longest_wait: int

    def wait_after(self, failures: int) -> int:
        if failures < self.free:
            return 0
        return min(FIRST_WAIT << min(failures - self.free, 16), self.longest_wait)


FROM_ADDRESS = Limit("address", free=5, longest_wait=300)
FROM_ANYWHERE = Limit("anywhere", free=100, longest_wait=30)
FROM_KNOWN_BROWSER = Limit("browser", free=5, longest_wait=300)


@dataclass(frozen=True)
class Counter:
    """The failures that one limit counts together."""

    limit: Limit
    counted: str

    @property
    def cache_key(self) -> str:
        return f"sign_in:{self.limit.name}:{sha256(self.counted.encode()).hexdigest()}"

    def take(self) -> int:
        """Count an attempt as failed and return 0, or return the seconds to wait for the next."""
        with cache_lock(self.cache_key) as is_locked:
            if not is_locked:
                return 1
            failures: int
            last_at: float
            failures, last_at = cache.get(self.cache_key, (0, 0.0))
            now = time.time()
            wait = ceil(last_at + self.limit.wait_after(failures) - now)
            if wait > 0:
                return wait
            cache.set(self.cache_key, (failures + 1, now), REMEMBERED)
        return 0

    def give_back(self) -> None:
        with cache_lock(self.cache_key):
            failures, _last_at = cache.get(self.cache_key, (0, 0.0))
            cache.set(self.cache_key, (max(failures - 1, 0), 0.0), REMEMBERED)


def counters(request: HttpRequest, credentials: dict[str, Any]) -> list[Counter]:
    """Return what counts an attempt to sign in with these credentials."""
    users = {user.pk for user in users_of(credentials)}
    known = known_browser(request)
    if known and users == {known["user"]}:
        return [Counter(FROM_KNOWN_BROWSER, f"{known['user']} {known['browser']}")]
    logins = {str(login).lower() for login in logins_of(credentials)}
    names = sorted(map(str, users)) or sorted(f"unknown {login}" for login in logins)
    return [
        counter
        for name in names
        for counter in (
            Counter(FROM_ADDRESS, f"{name} {get_ip(request)}"),
            Counter(FROM_ANYWHERE, name),
        )
    ]


def is_from_known_browser(all_counters: list[Counter]) -> bool:
    return [counter.limit for counter in all_counters] == [FROM_KNOWN_BROWSER]


def logins_of(credentials: dict[str, Any]) -> set[str]:
    return {credentials[name] for name in ("username", "email") if credentials.get(name)}


def users_of(credentials: dict[str, Any]) -> set[User]:
    """Return the accounts whose password is tried.

    Somebody's user name can be another's e-mail address. Where the site sends mail, an address
    counts only if it is confirmed: anybody can sign up with somebody else's, and whether they could
    sign in with it would tell whether it has an account.
    """
    users: set[User] = set()
    for login in logins_of(credentials):
        by_name = get_user_by_username(login)
        users |= set(users_by_address(login)) | ({by_name} if by_name else set())
    return users


def credentials_of_one_account(credentials: dict[str, Any]) -> dict[str, Any]:
    """Return credentials that try one account, or none, by its name, which take the same time."""
    users = users_of(credentials)
    if len(users) > 1:
        return credentials
    return {
        "username": next((user.username for user in users), ""),
        "password": credentials["password"],
    }


def users_by_address(address: str) -> list[User]:
    if settings.HAS_EMAIL and not EmailAddress.objects.is_verified(address.lower()):
        return []
    users: list[User] = filter_users_by_email(address, prefer_verified=True)
    return users


def take_all(all_counters: Iterable[Counter]) -> int:
    """Count an attempt as failed and return 0, or count nothing and return the seconds to wait."""
    taken: list[Counter] = []
    for counter in all_counters:
        if wait := counter.take():
            for other in taken:
                other.give_back()
            return wait
        taken.append(counter)
    return 0


def known_browser(request: HttpRequest) -> dict[str, Any]:
    """Return the account that the browser signed in to last, and the browser's own name."""
    with suppress(signing.BadSignature):
        known: dict[str, Any] = signing.loads(
            request.COOKIES.get(COOKIE, ""), salt=COOKIE, max_age=COOKIE_AGE
        )
        return known
    return {}


def remember_browser(request: HttpRequest, response: HttpResponse, user: User) -> None:
    """Store in a cookie, which only the account pages get, that this browser signed in."""
    known = known_browser(request)
    browser = known["browser"] if known.get("user") == user.pk else token_urlsafe(12)
    response.set_cookie(
        COOKIE,
        signing.dumps({"user": user.pk, "browser": browser}, salt=COOKIE),
        max_age=COOKIE_AGE,
        path=reverse("account_login").removesuffix("login/"),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
