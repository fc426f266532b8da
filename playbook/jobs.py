"""The jobs that the scheduler runs: what each app registers in `AppConfig.ready()`.

A job can run again after it was stopped in the middle, so what it does must be idempotent.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import partial
from io import StringIO
from typing import TYPE_CHECKING, Protocol

from django.core.management import call_command
from django.utils import timezone

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

ONE_DAY = timedelta(days=1)


class Schedule(Protocol):
    @property
    def longest(self) -> timedelta:
        """The longest time from one run to the next."""

    def first_after(self, now: datetime) -> datetime: ...
    def next_after(self, run_at: datetime) -> datetime: ...


@dataclass(frozen=True)
class Every:
    """Runs at once, then whenever the interval has passed since the last run began."""

    interval: timedelta

    @property
    def longest(self) -> timedelta:
        return self.interval

    def first_after(self, now: datetime) -> datetime:
        return now

    def next_after(self, run_at: datetime) -> datetime:
        return run_at + self.interval


@dataclass(frozen=True)
class Daily:
    """Runs once a day, at a time on the clock of `TIME_ZONE`."""

    at: time

    @property
    def longest(self) -> timedelta:
        # The day on which a clock is set back has more than 24 hours.
        return timedelta(hours=25)

    def first_after(self, now: datetime) -> datetime:
        return self.next_after(now)

    def next_after(self, run_at: datetime) -> datetime:
        """Return the next instant at which the clock shows the time.

        A time that the clock shows twice counts once, as the first; one that it leaves out is as
        long after midnight as on other days.
        """
        zone = timezone.get_default_timezone()
        day = run_at.astimezone(zone).date() - ONE_DAY
        while True:
            candidate = datetime.combine(day, self.at, zone).astimezone(run_at.tzinfo)
            if candidate > run_at:
                return candidate
            day += ONE_DAY


@dataclass(frozen=True)
class Job:
    name: str
    run: Callable[[], object]
    when: Schedule
    is_wanted: Callable[[], bool] = lambda: True
    description: StrOrPromise = ""
    """Its purpose, as operators read it in the admin."""
    takes_at_most: timedelta = timedelta(hours=1)
    """A run that takes longer hangs: it has failed, and another scheduler can begin the next."""


_jobs: dict[str, Job] = {}


def register(job: Job) -> None:
    """Register a job, or replace the one with the same name."""
    _jobs[job.name] = job


def wanted_jobs() -> dict[str, Job]:
    """Return the jobs that this installation wants, by their names."""
    return {name: job for name, job in _jobs.items() if job.is_wanted()}


def command(name: str, **options: object) -> Callable[[], object]:
    """Return a function that runs a management command without its output."""
    return partial(call_command, name, stdout=StringIO(), **options)
