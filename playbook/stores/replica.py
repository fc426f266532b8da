"""Reads that may come from a replica of the database.

A replica lags behind the primary, so everything is read from the primary unless the caller knows
that the replica holds the current rows.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import DEFAULT_DB_ALIAS, InterfaceError, OperationalError, ProgrammingError
from django.db.models import Model
from django.utils.functional import cached_property

from playbook.stores.outage import Outage

REPLICA = "replica"
# ProgrammingError: it has not replayed a migration yet.
UNREACHABLE = (OperationalError, InterfaceError, ProgrammingError)

logger = logging.getLogger(__name__)
outage = Outage()


class ReplicaReads:
    """The reads of one app's tables during a request."""

    def __init__(self, app_label: str, is_current: Callable[[], bool]) -> None:
        self.app_label = app_label
        self._is_current = is_current

    @cached_property
    def is_on_replica(self) -> bool:
        """True if the replica is current enough: asked once, because a replica never goes back."""
        if not outage.may_be_tried():
            return False
        try:
            is_current = self._is_current()
        except UNREACHABLE as error:
            self.leave(error)
            return False
        outage.succeeded()
        return is_current

    def leave(self, error: Exception) -> None:
        self.__dict__["is_on_replica"] = False
        outage.failed()
        logger.warning("The replica does not answer; using the primary instead: %s", error)


_current: ContextVar[ReplicaReads | None] = ContextVar("reading", default=None)


@contextmanager
def reading(app_label: str, is_current: Callable[[], bool]) -> Iterator[None]:
    """Read the app's tables from the replica within the block, if the replica is current.

    `is_current` asks the replica; it may raise one of `UNREACHABLE`.
    """
    token = _current.set(ReplicaReads(app_label, is_current))
    try:
        yield
    finally:
        _current.reset(token)


def was_lost(error: Exception) -> bool:
    """Return whether a read failed because the replica is gone; later reads use the primary."""
    reads = _current.get()
    if reads and reads.is_on_replica and isinstance(error, UNREACHABLE):
        reads.leave(error)
        return True
    return False


class Router:
    """The entry of `DATABASE_ROUTERS` if there is a replica."""

    def db_for_read(self, model: type[Model], **hints: object) -> str:
        reads = _current.get()
        if reads and reads.app_label == model._meta.app_label and reads.is_on_replica:
            return REPLICA
        return DEFAULT_DB_ALIAS

    def db_for_write(self, model: type[Model], **hints: object) -> str:
        return DEFAULT_DB_ALIAS

    def allow_relation(self, one: Model, other: Model, **hints: object) -> bool:
        return True

    def allow_migrate(self, alias: str, app_label: str, **hints: object) -> bool:
        return alias == DEFAULT_DB_ALIAS
