"""Metrics of all workers together, in the format of Prometheus."""

import logging
import os
import sys
import threading
from collections.abc import Callable, Iterator
from functools import cache
from time import perf_counter
from typing import Any

from django.conf import settings
from django.core.signals import got_request_exception
from django.db import DatabaseError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from playbook.observing import stored_metrics, tracing
from playbook.observing.stored_metrics import Kind, StoredMetric

logger = logging.getLogger(__name__)

REQUESTS = Histogram(
    "playbook_request_seconds",
    "Time from the request to its response",
    ["view", "method", "status"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
QUERIES = Counter("playbook_queries", "Database queries", ["view"])
QUERY_SECONDS = Counter("playbook_query_seconds", "Time that database queries took", ["view"])
EXCEPTIONS = Counter("playbook_exceptions", "Exceptions that no view handled", ["view", "type"])


class Queries(threading.local):
    """The database queries of this thread's current request."""

    count = 0
    seconds = 0.0


queries = Queries()


@cache
def metrics_for(view: str, method: str, status: int) -> tuple[Histogram, Counter, Counter]:
    """Return the metrics with their labels; looking them up costs as much as counting."""
    return (
        REQUESTS.labels(view, method, status),
        QUERIES.labels(view),
        QUERY_SECONDS.labels(view),
    )


def begin() -> None:
    queries.count, queries.seconds = 0, 0.0


def count(request: HttpRequest, response: HttpResponse, seconds: float) -> None:
    requests, query_count, query_seconds = metrics_for(
        tracing.view_name(request), tracing.method(request), response.status_code
    )
    requests.observe(seconds)
    if queries.count:
        query_count.inc(queries.count)
        query_seconds.inc(queries.seconds)


def measure_query(
    execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, object]
) -> Any:
    began = perf_counter()
    try:
        return execute(sql, params, many, context)
    finally:
        queries.count += 1
        queries.seconds += perf_counter() - began


def watch_connection(connection: BaseDatabaseWrapper, **kwargs: object) -> None:
    if measure_query not in connection.execute_wrappers:
        connection.execute_wrappers.append(measure_query)


def count_exception(request: HttpRequest, **kwargs: object) -> None:
    kind, _error, _traceback = sys.exc_info()
    EXCEPTIONS.labels(tracing.view_name(request), kind.__name__ if kind else "").inc()


def watch() -> None:
    for connection in connections.all(initialized_only=True):
        watch_connection(connection)
    connection_created.connect(watch_connection)
    got_request_exception.connect(count_exception)


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    if not settings.METRICS_TOKEN:
        raise Http404
    given = request.headers.get("Authorization", "")
    if not constant_time_compare(given, f"Bearer {settings.METRICS_TOKEN}"):
        message, headers = "Send METRICS_TOKEN as a bearer token.\n", {"WWW-Authenticate": "Bearer"}
        return HttpResponse(message, status=401, headers=headers, content_type="text/plain")
    text = generate_latest(registry()) + generate_latest(STORED)
    return HttpResponse(text, content_type=CONTENT_TYPE_LATEST)


def registry() -> CollectorRegistry:
    """Return the registry of all workers that `serve` started, else that of the process."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return REGISTRY
    workers = CollectorRegistry()
    MultiProcessCollector(workers)  # type: ignore[no-untyped-call]  # has no types
    return workers


class StoredMetrics(Collector):
    """The metrics that apps read from the database, without those that cannot be read now."""

    def collect(self) -> Iterator[Metric]:
        try:
            for source in stored_metrics.sources:
                yield from map(family_of, source())
        except DatabaseError:  # The other metrics are needed most while the database is away.
            logger.warning("The metrics in the database cannot be read", exc_info=True)


def family_of(metric: StoredMetric) -> Metric:
    kind = CounterMetricFamily if metric.kind is Kind.COUNTER else GaugeMetricFamily
    family = kind(metric.name, metric.description, labels=["name"])
    for name, value in metric.values.items():
        family.add_metric([name], value)
    return family


STORED = CollectorRegistry(auto_describe=False)
STORED.register(StoredMetrics())
