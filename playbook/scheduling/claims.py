"""Claims on runs, so that a job runs once however many schedulers there are.

A claim is taken by one conditional UPDATE, which every database serialises, and without a lock that
a connection would have to hold. Its scheduler renews it while the job runs. If the scheduler is
killed, the claim ends, and the job is due again. A run that hangs longer than its job may take has
failed, and its claim ends too.
"""

import logging
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import DatabaseError, connection
from django.db.models import F, QuerySet
from django.utils import timezone

from playbook.jobs import Job
from playbook.scheduling.models import ScheduledJob

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=2)
RENEWED_EVERY = timedelta(seconds=30)
IMPOSSIBLE = timedelta(hours=1)
"""A claim that ends later than this was made before the clock was set back."""
RETRY_AFTER = timedelta(hours=1)
"""The longest time from a failure to the next run."""


@dataclass(frozen=True)
class Claim:
    job: Job
    key: uuid.UUID
    started_at: datetime

    def is_too_long(self, now: datetime) -> bool:
        """Return whether the run takes longer than its job may, so that it hangs."""
        return now - self.started_at > self.job.takes_at_most

    def renew(self, now: datetime) -> bool:
        """Return whether the claim still holds; it does not once another scheduler took it."""
        return bool(self._row().update(claimed_until=now + LEASE))

    def release(self) -> bool:
        """Give up a run that was stopped, so that any scheduler can begin it again."""
        return bool(self._row().update(claim=None, claimed_until=None))

    def finish(self, now: datetime, failure: str = "") -> bool:
        """Store the result of the run, unless another scheduler took the job meanwhile."""
        next_run_at = self.job.when.next_after(self.started_at)
        result: dict[str, object] = {"failure": failure, "finished_at": now}
        if failure:
            next_run_at = min(next_run_at, now + RETRY_AFTER)
            result["failures"] = F("failures") + 1
        else:
            result["succeeded_at"] = now
        return bool(
            self._row().update(
                claim=None, claimed_until=None, next_run_at=max(next_run_at, now), **result
            )
        )

    def _row(self) -> QuerySet[ScheduledJob]:
        return ScheduledJob.objects.filter(claim=self.key)


def claim(job: Job, now: datetime) -> Claim | None:
    """Return the claim on a run that is due, or None if it is not due or another one has it."""
    row = ScheduledJob.objects.filter(name=job.name).first()
    if row is None or not is_due(row, now):
        return None
    taken = Claim(job, uuid.uuid4(), now)
    changes: dict[str, object] = {"runs": F("runs") + 1}
    if row.claim is not None:
        changes |= {"failures": F("failures") + 1, "failure": interrupted(row)}
    as_read = ScheduledJob.objects.filter(
        pk=row.pk,
        next_run_at=row.next_run_at,
        claim=row.claim,
        claimed_until=row.claimed_until,
    )
    is_taken = as_read.update(claim=taken.key, claimed_until=now + LEASE, started_at=now, **changes)
    return taken if is_taken else None


def is_due(row: ScheduledJob, now: datetime) -> bool:
    """Return whether the time has come and no scheduler runs the job.

    A job whose scheduler is killed twice in succession may be what kills it, so it waits longer.
    """
    # The clock was set back after a claim that is over by now.
    is_impossible = row.claimed_until is not None and row.claimed_until > now + IMPOSSIBLE
    if row.claimed_until is None or is_impossible:
        return row.next_run_at <= now
    pause = RETRY_AFTER if row.failure else timedelta()
    return row.next_run_at <= now and row.claimed_until + pause <= now


def interrupted(row: ScheduledJob) -> str:
    assert row.started_at is not None
    return f"The run of {row.started_at:%Y-%m-%d %H:%M} UTC ended in the middle"


def too_long(job: Job) -> str:
    minutes = job.takes_at_most // timedelta(minutes=1)
    return f"The run took longer than {minutes} minutes and was given up"


@contextmanager
def kept(claimed: Claim) -> Iterator[None]:
    """Renew the claim in a thread of its own until the block ends."""
    ended = threading.Event()
    renewing = threading.Thread(target=renew_until, args=(claimed, ended), daemon=True)
    renewing.start()
    try:
        yield
    finally:
        ended.set()
        renewing.join()


def renew_until(claimed: Claim, ended: threading.Event) -> None:
    try:
        while not ended.wait(RENEWED_EVERY.total_seconds()):
            now = timezone.now()
            try:
                if claimed.is_too_long(now):
                    claimed.finish(now, too_long(claimed.job))
                    logger.error("The job %s hangs", claimed.job.name)
                    return
                if not claimed.renew(now):
                    logger.warning("Another scheduler runs %s too", claimed.job.name)
                    return
            except DatabaseError:
                logger.exception("The claim on %s was not renewed", claimed.job.name)
    finally:
        connection.close()
