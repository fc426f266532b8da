"""The commands that operators schedule, and when each last did its work.

Each app registers its commands in `AppConfig.ready()`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Job:
    command: str
    every: timedelta
    """The longest time between two runs."""
    last_run_at: Callable[[], datetime | None]
    """Return when it last did its work, or None."""
    is_wanted: Callable[[], bool] = lambda: True


_jobs: dict[str, Job] = {}


def register(job: Job) -> None:
    """Register a job, or replace the one with the same command."""
    _jobs[job.command] = job


def wanted_jobs() -> list[Job]:
    return [job for job in _jobs.values() if job.is_wanted()]
