"""The dependencies that a rendered page or fragment can declare.

A page or fragment declares its dependencies once, where it is rendered. That declaration makes its
cache key, its ETag and the key of the responses kept for anonymous visitors. In tests and in
`make dev`, reading anything that is not declared raises `UndeclaredRead` (`guard.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import TypeAlias

from django.conf import settings
from django.utils import timezone, translation

from playbook.http import HttpRequest
from playbook.rendering.store import PROCESS_STORE, RenderStore
from playbook.study_day import study_day

IDENTIFYING_COOKIES = frozenset({settings.SESSION_COOKIE_NAME, "messages"})
"""The cookies that make a reader known: signed in, with marks, or with a message waiting."""


def is_known(request: HttpRequest) -> bool:
    """Return whether a page could differ for this reader from what anonymous visitors get."""
    return not IDENTIFYING_COOKIES.isdisjoint(request.COOKIES)


@dataclass(frozen=True, eq=False)
class Dependency:
    """A source that rendered output can depend on, and what may be read when it is declared."""

    name: str
    version: Callable[[HttpRequest], Hashable]
    """Changes whenever what depends on it would render differently."""
    is_personal: bool = False
    """Differs between readers, so what is rendered once for everybody cannot depend on it."""
    attributes: frozenset[str] = frozenset()
    """The attributes of the request that may be read."""
    tables: tuple[str, ...] = ()
    """The prefixes of the database tables that may be read."""
    has_clock: bool = False
    has_time_zone: bool = False
    store: Callable[[HttpRequest], RenderStore] | None = None
    """The store for what depends on it. None: that of the process."""

    def __repr__(self) -> str:
        return self.name


HAS_LANGUAGES = len(settings.LANGUAGES) > 1
"""True if the language can vary. If not, a page saves about fifty look-ups of it."""


def current_language() -> str | None:
    """Return the language as a part of every cache key."""
    return translation.get_language() if HAS_LANGUAGES else None


Dependencies: TypeAlias = tuple[Dependency, ...]


def versions(request: HttpRequest, depends_on: Iterable[Dependency]) -> tuple[Hashable, ...]:
    return tuple([dependency.version(request) for dependency in depends_on])


def store_for(request: HttpRequest, depends_on: Iterable[Dependency]) -> RenderStore:
    """Return the store that is discarded with what these depend on."""
    for dependency in depends_on:
        if dependency.store:
            return dependency.store(request)
    return PROCESS_STORE


def _reader_version(request: HttpRequest) -> Hashable:
    return request.progress.version if is_known(request) else None


def _time_zone_version(request: HttpRequest) -> Hashable:
    return timezone.get_current_timezone_name() if is_known(request) else "UTC"


def _day_version(request: HttpRequest) -> Hashable:
    return study_day() if is_known(request) else timezone.now().date()


READER = Dependency(
    "READER",
    _reader_version,
    is_personal=True,
    attributes=frozenset({"user", "progress"}),
    tables=("accounts_", "progress_", "notes_", "recall_", "practice_", "planner_"),
)
"""The reader's account and progress; every page with the site's header depends on it."""

DECK = Dependency(
    "DECK",
    lambda request: request.snapshot.key if is_known(request) else None,
    is_personal=True,
    tables=("catalog_", "prompts_"),
)
"""The catalogue as a learner's deck depends on it: the header shows how many cards are due."""

MESSAGES = Dependency(
    "MESSAGES",
    lambda request: None,
    is_personal=True,
    attributes=frozenset({"_messages"}),
)
"""The messages waiting for the reader; a page that shows one is never kept (`pages.py`)."""

TIME_ZONE = Dependency("TIME_ZONE", _time_zone_version, is_personal=True, has_time_zone=True)
"""The reader's time zone. Anonymous visitors get UTC."""

DAY = Dependency("DAY", _day_version, is_personal=True, has_clock=True, has_time_zone=True)
"""The study day in the reader's time zone. Anonymous visitors get the date in UTC."""
