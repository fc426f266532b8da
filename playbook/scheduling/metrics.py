"""The metrics of the scheduled jobs, read from the database when Prometheus asks."""

from collections.abc import Callable, Iterator
from datetime import datetime

from playbook.jobs import wanted_jobs
from playbook.observing.stored_metrics import Kind, StoredMetric
from playbook.scheduling.models import ScheduledJob

VALUES: list[tuple[Kind, str, str, Callable[[ScheduledJob], float]]] = [
    (Kind.COUNTER, "runs", "Runs of a job", lambda row: row.runs),
    (Kind.COUNTER, "failures", "Runs that failed or were killed", lambda row: row.failures),
    (
        Kind.GAUGE,
        "last_success_timestamp_seconds",
        "When a job last succeeded; 0 if never",
        lambda row: seconds(row.succeeded_at),
    ),
    (
        Kind.GAUGE,
        "next_run_timestamp_seconds",
        "When a job is due",
        lambda row: seconds(row.next_run_at),
    ),
]


def seconds(at: datetime | None) -> float:
    return at.timestamp() if at else 0


def job_metrics() -> Iterator[StoredMetric]:
    rows = list(ScheduledJob.objects.filter(name__in=wanted_jobs()))
    for kind, name, description, value in VALUES:
        values = {row.name: value(row) for row in rows}
        yield StoredMetric(kind, f"playbook_job_{name}", description, values)
