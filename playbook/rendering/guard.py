"""Refuses undeclared reads while something that is kept is rendered.

Only in tests and in `make dev` (`settings.CHECK_DEPENDENCIES`): it would cost readers time. Reads
of the clock and of the time zone are seen by profiling every call, which is slow, so only the first
renders of each name are profiled.
"""

from __future__ import annotations

import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from datetime import date
from types import FrameType
from typing import TYPE_CHECKING, Any, cast

from django.conf import settings
from django.db import connections
from django.db.models import Model
from django.utils import timezone
from django_htmx.middleware import HtmxDetails

from playbook.http import HttpRequest

if TYPE_CHECKING:
    from playbook.rendering.dependencies import Dependencies

TABLE_READ = re.compile(r'\b(?:FROM|JOIN|INTO|UPDATE)\s+"?(\w+)"?(?!\s*\()', re.IGNORECASE)
CLOCK_METHODS = {"now", "utcnow", "today"}
CLOCK_FUNCTIONS = {time.time, time.time_ns, time.localtime, time.gmtime}
CURRENT_TIME_ZONE = timezone.get_current_timezone.__code__

IS_CHECKED: bool = settings.CHECK_DEPENDENCIES

PROFILED_RENDERS = 3
_rendered: Counter[str] = Counter()
"""The number of renders of each name since `profile_again`."""

ALWAYS_READABLE = {
    # The address, the fragment that htmx asks for and the method are part of every key.
    "GET", "htmx", "method", "path", "path_info", "resolver_match",
    "get_full_path", "get_full_path_info",
}  # fmt: skip
HTMX_READABLE = {"target", "history_restore_request"}


class UndeclaredRead(Exception):
    """Cached output read a source that its `depends_on` does not declare."""


class _Scope:
    """The output being rendered, with the dependencies it declared."""

    def __init__(self, name: str, depends_on: Dependencies, frame: Dependencies = ()) -> None:
        self.name = name
        self.depends_on = depends_on
        self.frame = frame
        self.violation = ""

    def refuse(self, read: str, mend: str) -> None:
        """Record the read, since templates swallow some exceptions, and raise."""
        self.violation = self.violation or (
            f"{self.name} read {read}, which its depends_on={list(self.depends_on)} does not "
            f"declare, so readers would keep an outdated copy: {mend}"
        )
        raise UndeclaredRead(self.violation)

    def check_attribute(self, name: str) -> None:
        readable = {name for dependency in self.depends_on for name in dependency.attributes}
        if name not in ALWAYS_READABLE | readable:
            self.refuse(
                f"request.{name}",
                f"declare the dependency that covers request.{name}, or pass the value in.",
            )

    def check_query(self, sql: str) -> None:
        covered = tuple(table for dependency in self.depends_on for table in dependency.tables)
        for table in TABLE_READ.findall(sql):
            if not table.startswith(covered):
                self.refuse(
                    f"the table {table}",
                    "declare a dependency that covers the table, or pass the value in.",
                )

    def check_clock(self) -> None:
        if not any(dependency.has_clock for dependency in self.depends_on):
            self.refuse("the clock", "declare DAY, or pass the time in.")

    def check_time_zone(self) -> None:
        if not any(dependency.has_time_zone for dependency in self.depends_on):
            self.refuse("the current time zone", "declare TIME_ZONE, or write the time in UTC.")

    def check_within(self, outer: _Scope) -> None:
        for dependency in self.depends_on:
            if dependency not in (*outer.depends_on, *outer.frame):
                outer.refuse(f"{dependency} through {self.name}", f"declare {dependency} too.")


_current: ContextVar[_Scope | None] = ContextVar("current", default=None)


def is_checking() -> bool:
    """Return whether something that is kept is being rendered, and checked."""
    return _current.get() is not None


def profile_again() -> None:
    """Profile the next renders of every name, as at the start of the process."""
    _rendered.clear()


@contextmanager
def declared(name: str, depends_on: Dependencies, frame: Dependencies = ()) -> Iterator[None]:
    """Raise `UndeclaredRead` if the block reads what `depends_on` does not cover.

    Only per-user fragments inside of it may depend on `frame`.
    """
    scope, outer = _Scope(name, depends_on, frame), _current.get()
    if outer:
        scope.check_within(outer)
    token, profiler = _current.set(scope), sys.getprofile()
    with ExitStack() as stack:
        for connection in connections.all():
            stack.enter_context(connection.execute_wrapper(_check_query))
        _rendered[name] += 1
        sys.setprofile(_profile if _rendered[name] <= PROFILED_RENDERS else None)
        try:
            yield
        finally:
            sys.setprofile(profiler)
            _current.reset(token)
    if scope.violation:
        raise UndeclaredRead(scope.violation)


def check_values(name: str, depends_on: Dependencies, values: dict[str, Any]) -> None:
    """Refuse a model instance as part of a key: it equals its own later versions."""
    covered = tuple(table for dependency in depends_on for table in dependency.tables)
    for key, value in values.items():
        if isinstance(value, Model) and not value._meta.db_table.startswith(covered):
            _Scope(name, depends_on).refuse(
                f"{key}, a row of {value._meta.db_table}",
                "declare a dependency that covers the table, or pass plain values.",
            )
    outer = _current.get()
    if outer:
        _Scope(name, depends_on).check_within(outer)


def _check_query(
    execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, object]
) -> Any:
    if scope := _current.get():
        # The check itself is not profiled.
        with _unprofiled():
            scope.check_query(sql)
    return execute(sql, params, many, context)


@contextmanager
def _unprofiled() -> Iterator[None]:
    profiler = sys.getprofile()
    sys.setprofile(None)
    try:
        yield
    finally:
        sys.setprofile(profiler)


def _profile(frame: FrameType, event: str, called: Any) -> None:
    scope = _current.get()
    if scope is None:
        return
    try:
        if event == "c_call" and _is_clock(called):
            scope.check_clock()
        elif event == "call" and frame.f_code is CURRENT_TIME_ZONE:
            scope.check_time_zone()
    except UndeclaredRead:
        # Raised when the block ends: an exception from here would be reported without its place.
        pass


def _is_clock(called: Any) -> bool:
    owner = getattr(called, "__self__", None)
    if isinstance(owner, type) and issubclass(owner, date):
        return called.__name__ in CLOCK_METHODS
    return called in CLOCK_FUNCTIONS


class GuardedHtmx:
    """The part of `request.htmx` that is in every key."""

    def __init__(self, htmx: HtmxDetails, scope: _Scope) -> None:
        self._htmx, self._scope = htmx, scope

    def __bool__(self) -> bool:
        return bool(self._htmx)

    def __getattr__(self, name: str) -> Any:
        if name not in HTMX_READABLE:
            self._scope.refuse(f"request.htmx.{name}", "pass the value in the address.")
        return getattr(self._htmx, name)


class GuardedRequest:
    """A request that refuses to give what the current scope does not declare."""

    def __init__(self, request: HttpRequest, scope: _Scope) -> None:
        self.__dict__.update(_request=request, _scope=scope)

    @property  # type: ignore[misc]  # so that `isinstance` sees the request
    def __class__(self) -> type:
        return type(self._request)

    def __getattr__(self, name: str) -> Any:
        if not name.startswith("__"):
            self._scope.check_attribute(name)
        if name == "htmx":
            return GuardedHtmx(self._request.htmx, self._scope)
        return getattr(self._request, name)

    def __setattr__(self, name: str, value: object) -> None:
        setattr(self._request, name, value)


def guarded(request: HttpRequest) -> HttpRequest:
    """Return the request as the block that is being checked may read it."""
    scope = _current.get()
    if scope is None:
        return request
    original = request.__dict__.get("_request", request)
    return cast(HttpRequest, GuardedRequest(original, scope))
