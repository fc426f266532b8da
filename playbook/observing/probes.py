"""Probes for load balancers: whether the process answers, and whether it can do its work."""

import logging
from collections.abc import Callable
from functools import cache
from http import HTTPStatus
from secrets import token_hex

from django.core.cache import cache as the_cache
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from playbook.stores import database_faults
from playbook.stores.database_faults import FOR_PROBES
from playbook.stores.writing import database_is_writable

logger = logging.getLogger(__name__)


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    return plain("ok")


@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Name the first need that is not met, and nothing more, because the address is public."""
    for need, is_met in NEEDS.items():
        if fault := fault_of(is_met):
            logger.warning("Not ready because of the %s: %s", need, fault)
            return plain(f"not ready: {need}{detail_of(fault)}", HTTPStatus.SERVICE_UNAVAILABLE)
    return plain("ok")


def fault_of(is_met: Callable[[], bool]) -> str | Exception:
    try:
        return "" if is_met() else "the check failed"
    except Exception as error:  # noqa: BLE001 - each database and cache has its own errors
        return error


def detail_of(fault: str | Exception) -> str:
    kind = None if isinstance(fault, str) else database_faults.fault_of(fault)
    return f" ({FOR_PROBES[kind]})" if kind in FOR_PROBES else ""


def plain(text: str, status: HTTPStatus = HTTPStatus.OK) -> HttpResponse:
    return HttpResponse(f"{text}\n", status=status, content_type="text/plain; charset=utf-8")


def database_answers() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return bool(cursor.fetchone() == (1,))


@cache
def newest_migrations() -> frozenset[tuple[str, str]]:
    """Return the newest migrations of this code; a newer database may have more."""
    return frozenset(MigrationLoader(None).graph.leaf_nodes())


def migrations_are_applied() -> bool:
    return newest_migrations() <= MigrationRecorder(connection).applied_migrations().keys()


def cache_keeps() -> bool:
    key = f"readyz-{token_hex(8)}"
    the_cache.set(key, key, timeout=10)
    kept = bool(the_cache.get(key) == key)
    the_cache.delete(key)
    return kept


NEEDS: dict[str, Callable[[], bool]] = {
    "database": database_answers,
    "migrations": migrations_are_applied,
    "writing to the database": database_is_writable,
    "cache": cache_keeps,
}
