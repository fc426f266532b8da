"""Find the jobs that are due, and run one."""

import logging
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from playbook.jobs import Job, wanted_jobs
from playbook.scheduling.claims import Claim, claim, is_due, kept
from playbook.scheduling.models import ScheduledJob

logger = logging.getLogger(__name__)

in_progress: dict[UUID, Claim] = {}
"""The runs of this process."""


def due_jobs(now: datetime) -> list[str]:
    """Return the names of the jobs to run now."""
    jobs = wanted_jobs()
    rows = list(ScheduledJob.objects.filter(name__in=jobs))
    if len(rows) < len(jobs):
        add_missing(jobs, {row.name for row in rows}, now)
        rows = list(ScheduledJob.objects.filter(name__in=jobs))
    for row in rows:
        correct(row, jobs[row.name], now)
    return [row.name for row in rows if is_due(row, now)]


def add_missing(jobs: dict[str, Job], names: set[str], now: datetime) -> None:
    missing = [
        ScheduledJob(name=name, next_run_at=job.when.first_after(now))
        for name, job in jobs.items()
        if name not in names
    ]
    # Two schedulers can start at once.
    ScheduledJob.objects.bulk_create(missing, ignore_conflicts=True)


def correct(row: ScheduledJob, job: Job, now: datetime) -> None:
    """Bring a run nearer that is too far ahead because the clock was set back."""
    if row.next_run_at > now + job.when.longest:
        earlier = job.when.next_after(now)
        ScheduledJob.objects.filter(pk=row.pk, next_run_at=row.next_run_at).update(
            next_run_at=earlier
        )
        row.next_run_at = earlier


def run_if_due(name: str) -> bool:
    """Run the job if it is due and no scheduler runs it; return whether it succeeded.

    A run that hangs in this process keeps it from another one, so that it keeps one thread alone.
    """
    job = wanted_jobs().get(name)
    if job is None or any(each.job.name == name for each in in_progress.values()):
        return False
    claimed = claim(job, timezone.now())
    if claimed is None:
        return False
    in_progress[claimed.key] = claimed
    try:
        with kept(claimed):
            failure = failure_of(claimed.job)
        claimed.finish(timezone.now(), failure)
    finally:
        del in_progress[claimed.key]
    return not failure


def failure_of(job: Job) -> str:
    """Run the job; return why it failed, or an empty string."""
    try:
        job.run()
    except (Exception, SystemExit) as error:
        logger.exception("The job %s failed", job.name)
        return " ".join(f"{type(error).__name__}: {error}".split())
    return ""


def release_all() -> None:
    """Give up the runs of this process, which is about to end."""
    for claimed in list(in_progress.values()):
        claimed.release()
