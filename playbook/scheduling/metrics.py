"""The metrics of the scheduled jobs, read from the database when Prometheus asks."""

import logging
from collections.abc import Callable, Iterator
from datetime import datetime

from django.db import DatabaseError
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from playbook.jobs import wanted_jobs
from playbook.scheduling.models import ScheduledJob

logger = logging.getLogger(__name__)

Family = CounterMetricFamily | GaugeMetricFamily


def seconds(at: datetime | None) -> float:
    return at.timestamp() if at else 0


class JobMetrics(Collector):
    def collect(self) -> Iterator[Family]:
        try:
            rows = list(ScheduledJob.objects.filter(name__in=wanted_jobs()))
        except DatabaseError:  # The other metrics are needed most when the database is away.
            logger.warning("The metrics of the jobs cannot be read", exc_info=True)
            return
        yield from families(rows)


def families(rows: list[ScheduledJob]) -> Iterator[Family]:
    kinds: list[tuple[type[Family], str, str, Callable[[ScheduledJob], float]]] = [
        (CounterMetricFamily, "runs", "Runs of a job", lambda row: row.runs),
        (CounterMetricFamily, "failures", "Runs that failed", lambda row: row.failures),
        (
            GaugeMetricFamily,
            "last_success_timestamp_seconds",
            "When it last succeeded",
            lambda row: seconds(row.succeeded_at),
        ),
        (
            GaugeMetricFamily,
            "next_run_timestamp_seconds",
            "When it is due",
            lambda row: seconds(row.next_run_at),
        ),
    ]
    for kind, name, description, value in kinds:
        family = kind(f"playbook_job_{name}", description, labels=["name"])
        for row in rows:
            family.add_metric([row.name], value(row))
        yield family
