"""Reads that may come from a replica of the database: those that a request names as harmless.

A replica is behind by as long as a change takes to arrive, so everything is read from the primary
unless somebody who knows what the rows depend on has made sure that the replica holds it.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cached_property
from typing import Any

from django.db import DEFAULT_DB_ALIAS, InterfaceError, OperationalError, ProgrammingError
from django.db.models import Model

from playbook.outage import Outage

REPLICA = "replica"
# The last where it has not replayed a migration yet.
UNREACHABLE = (OperationalError, InterfaceError, ProgrammingError)

logger = logging.getLogger(__name__)
outage = Outage()


class Reading:
    """A request's reads of one app's tables."""

    def __init__(self, app_label: str, is_current: Callable[[], bool]) -> None:
        self.app_label = app_label
        self._is_current = is_current

    @cached_property
    def is_on_replica(self) -> bool:
        """Found out at the first read, and true for all that follow: a replica does not go back."""
        if not outage.may_be_asked():
            return False
        try:
            is_current = self._is_current()
        except UNREACHABLE as error:
            self.leave(error)
            return False
        outage.answers()
        return is_current

    def leave(self, error: Exception) -> None:
        self.__dict__["is_on_replica"] = False
        outage.is_silent()
        logger.warning("The replica does not answer, the primary does its work: %s", error)


_reading: ContextVar[Reading | None] = ContextVar("reading", default=None)


@contextmanager
def reading(app_label: str, is_current: Callable[[], bool]) -> Iterator[None]:
    """Within it the app's tables are read from the replica, if that is current.

    `is_current` asks the replica; OperationalError or InterfaceError where it does not answer.
    """
    token = _reading.set(Reading(app_label, is_current))
    try:
        yield
    finally:
        _reading.reset(token)


def was_lost(error: Exception) -> bool:
    """Whether a read failed because the replica went away; all that follow go to the primary."""
    allowed = _reading.get()
    if allowed and allowed.is_on_replica and isinstance(error, UNREACHABLE):
        allowed.leave(error)
        return True
    return False


class Router:
    """Of `DATABASE_ROUTERS`, where there is a replica."""

    def db_for_read(self, model: type[Model], **hints: Any) -> str:
        allowed = _reading.get()
        if allowed and allowed.app_label == model._meta.app_label and allowed.is_on_replica:
            return REPLICA
        return DEFAULT_DB_ALIAS

    def db_for_write(self, model: type[Model], **hints: Any) -> str:
        return DEFAULT_DB_ALIAS

    def allow_relation(self, one: Model, other: Model, **hints: Any) -> bool:
        return True

    def allow_migrate(self, alias: str, app_label: str, **hints: Any) -> bool:
        return alias == DEFAULT_DB_ALIAS
