"""Each job runs once however many schedulers run, and again if its scheduler was killed."""

import logging
import time as time_module
from concurrent.futures import ThreadPoolExecutor
from datetime import time, timedelta
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
from django.core.management.base import CommandError
from django.db import connection
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from playbook.jobs import Daily, Every, Job, register, wanted_jobs
from playbook.scheduling import claims
from playbook.scheduling.claims import LEASE, claim
from playbook.scheduling.models import ScheduledJob
from playbook.scheduling.running import due_jobs, release_all, run_if_due
from tests.playbook.scheduling.conftest import Work

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def row_of(name: str = "work") -> ScheduledJob:
    return ScheduledJob.objects.get(name=name)


def make_due(name: str = "work") -> None:
    ScheduledJob.objects.filter(name=name).update(next_run_at=timezone.now())


def run_all() -> list[str]:
    """Do what a scheduler does each minute, and return the jobs that succeeded."""
    return [name for name in due_jobs(timezone.now()) if run_if_due(name)]


def test_a_new_job_runs_at_once_and_then_after_its_interval(work: Work) -> None:
    before = timezone.now()
    assert run_all() == ["work"]
    row = row_of()
    assert row.started_at is not None
    assert row.finished_at == row.succeeded_at
    assert before <= row.started_at <= timezone.now()
    assert row.next_run_at == row.started_at + HOUR
    assert (row.claim, row.claimed_until, row.runs, row.failures) == (None, None, 1, 0)
    assert run_all() == []
    make_due()
    assert run_all() == ["work"]
    assert work.done == ["work"] * 2


@pytest.mark.django_db(transaction=True)
def test_two_schedulers_at_once_run_each_job_once(work: Work) -> None:
    schedulers = 6
    together = Barrier(schedulers)

    def schedule() -> list[str]:
        try:
            together.wait(10)
            ready = due_jobs(timezone.now())
            together.wait(10)
            return [name for name in ready if run_if_due(name)]
        finally:
            connection.close()

    with ThreadPoolExecutor(schedulers) as pool:
        ran = [future.result() for future in [pool.submit(schedule) for _ in range(schedulers)]]
    assert [name for names in ran for name in names] == work.done == ["work"]
    assert row_of().runs == 1


def test_a_run_that_one_scheduler_has_is_left_alone(work: Work) -> None:
    work.during = lambda: others.extend([*due_jobs(timezone.now()), run_if_due("work")])
    others: list[object] = []
    assert run_all() == ["work"]
    assert others == [False]
    assert work.done == ["work"]


def test_a_job_whose_scheduler_was_killed_runs_again_once(work: Work) -> None:
    due_jobs(timezone.now())
    killed = claim(wanted_jobs()["work"], timezone.now())
    assert killed
    assert run_all() == []
    ScheduledJob.objects.update(claimed_until=timezone.now())
    assert run_all() == ["work"]
    assert run_all() == []
    row = row_of()
    assert (work.done, row.runs, row.failures, row.failure) == (["work"], 2, 1, "")


def test_a_run_that_ended_in_the_middle_is_named_until_the_next_ends(work: Work) -> None:
    due_jobs(timezone.now())
    began_at = timezone.now()
    claim(wanted_jobs()["work"], began_at)
    again = claim(wanted_jobs()["work"], began_at + LEASE)
    assert again
    assert row_of().failure == f"The run of {began_at:%Y-%m-%d %H:%M} UTC ended in the middle"
    again.finish(timezone.now())
    assert row_of().failure == ""


def test_a_job_that_kills_every_scheduler_is_tried_each_hour(work: Work) -> None:
    now = timezone.now()
    due_jobs(now)
    job = wanted_jobs()["work"]
    second = now + LEASE
    assert claim(job, now)
    assert claim(job, second)
    third = second + LEASE + claims.RETRY_AFTER
    assert not claim(job, third - timedelta(seconds=1))
    assert claim(job, third)
    assert (row_of().runs, row_of().failures) == (3, 2)


def test_a_scheduler_that_lost_its_claim_changes_nothing(work: Work) -> None:
    due_jobs(timezone.now())
    now = timezone.now()
    first = claim(wanted_jobs()["work"], now)
    second = claim(wanted_jobs()["work"], now + LEASE)
    assert first
    assert second
    before = row_of()
    assert not first.renew(now + LEASE)
    assert not first.finish(now + LEASE)
    assert not first.release()
    after = row_of()
    assert (after.claim, after.next_run_at) == (second.key, before.next_run_at)
    assert second.finish(now + LEASE)


@pytest.mark.django_db(transaction=True)
def test_a_claim_is_renewed_while_the_job_runs(work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claims, "RENEWED_EVERY", timedelta(milliseconds=1))

    def wait_until_renewed() -> None:
        ScheduledJob.objects.update(claimed_until=timezone.now())
        deadline = time_module.monotonic() + 30
        while not (until := row_of().claimed_until) or until <= timezone.now():
            assert time_module.monotonic() < deadline

    work.during = wait_until_renewed
    assert run_all() == ["work"]
    assert (row_of().claim, row_of().claimed_until) == (None, None)


@pytest.mark.django_db(transaction=True)
def test_a_run_that_hangs_fails_and_leaves_the_job_to_another_scheduler(
    work: Work, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(claims, "RENEWED_EVERY", timedelta(milliseconds=1))
    job = Job("work", work, Every(HOUR), takes_at_most=timedelta())
    register(job)
    others: list[claims.Claim | None] = []

    def hang() -> None:
        deadline = time_module.monotonic() + 30
        while not row_of().failure:
            assert time_module.monotonic() < deadline
        make_due()
        assert not run_if_due("work")
        others.append(claim(job, timezone.now()))

    work.during = hang
    with caplog.at_level(logging.CRITICAL):
        run_all()
    row = row_of()
    assert others[0]
    assert (row.claim, row.runs, row.failures) == (others[0].key, 2, 1)
    assert row.failure == "The run took longer than 0 minutes and was given up"
    assert work.done == ["work"]


def test_a_claim_is_not_taken_on_what_another_scheduler_changed_meanwhile(work: Work) -> None:
    due_jobs(timezone.now())
    job, now = wanted_jobs()["work"], timezone.now()
    faster: list[claims.Claim | None] = []

    def let_another_be_faster(execute: Any, sql: str, *rest: Any) -> object:
        if sql.startswith("UPDATE") and not faster:
            faster.append(None)  # The statement of the other one comes here too.
            faster[0] = claim(job, now)
        return execute(sql, *rest)

    with connection.execute_wrapper(let_another_be_faster):
        assert claim(job, now) is None
    assert faster[0]
    assert (row_of().claim, row_of().runs) == (faster[0].key, 1)


def test_a_run_that_is_given_up_begins_again_at_once(work: Work) -> None:
    work.during = release_all
    run_all()
    assert row_of().next_run_at <= timezone.now()
    work.during = lambda: None
    assert run_all() == ["work"]
    assert row_of().failures == 0


@pytest.mark.parametrize("error", [CommandError("The disk\nis full"), SystemExit("stopped")])
def test_a_failure_is_kept_and_does_not_stop_other_jobs(
    work: Work, error: BaseException, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> None:
        raise error

    work.during = fail
    other = Work("zother")
    register(Job(other.name, other, Every(HOUR)))
    with caplog.at_level(logging.CRITICAL):
        assert run_all() == ["zother"]
    row = row_of()
    assert row.failure == f"{type(error).__name__}: {' '.join(str(error).split())}"
    assert (row.runs, row.failures, row.succeeded_at) == (1, 1, None)
    work.during = lambda: None
    make_due()
    assert run_all() == ["work"]
    row = row_of()
    assert (row.failure, row.failures) == ("", 1)


def test_a_daily_job_that_failed_runs_again_after_an_hour(
    work: Work, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> None:
        raise ValueError

    register(Job("work", fail, Daily((timezone.now() - HOUR).time())))
    due_jobs(timezone.now())
    make_due()
    with caplog.at_level(logging.CRITICAL):
        assert run_all() == []
    row = row_of()
    assert row.finished_at is not None
    assert row.next_run_at == row.finished_at + claims.RETRY_AFTER


def test_missed_runs_are_made_up_for_once(work: Work) -> None:
    due_jobs(timezone.now())
    ScheduledJob.objects.update(next_run_at=timezone.now() - timedelta(days=3))
    assert run_all() == ["work"]
    assert run_all() == []


@pytest.mark.parametrize("set_back", [timedelta(seconds=2), timedelta(days=400)])
def test_a_clock_set_back_neither_stops_a_job_nor_repeats_its_run(
    work: Work, set_back: timedelta
) -> None:
    daily = Daily(time(4))
    register(Job("daily", Work("daily"), daily))
    now = timezone.now()
    due_jobs(now)
    ScheduledJob.objects.filter(name="daily").update(next_run_at=daily.next_after(now))
    ScheduledJob.objects.filter(name="work").update(next_run_at=now + HOUR)
    if set_back > HOUR:
        # Its scheduler was killed before.
        killed = ScheduledJob.objects.filter(name="work")
        killed.update(claim=uuid4(), claimed_until=now, started_at=now)
    earlier = now - set_back
    assert due_jobs(earlier) == []
    for name, longest in (("work", HOUR), ("daily", daily.longest)):
        assert earlier < row_of(name).next_run_at <= earlier + longest
    ScheduledJob.objects.update(next_run_at=earlier)
    assert sorted(due_jobs(earlier)) == ["daily", "work"]


def test_a_job_that_is_not_wanted_does_not_run(work: Work) -> None:
    is_wanted = [False]
    register(Job("work", work, Every(HOUR), is_wanted=lambda: is_wanted[0]))
    assert run_all() == []
    is_wanted[0] = True
    assert run_all() == ["work"]


def test_looking_for_due_jobs_is_one_query(
    work: Work, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(5):
        register(Job(f"job{number}", Work(""), Every(HOUR)))
    due_jobs(timezone.now())
    with django_assert_num_queries(1):
        assert len(due_jobs(timezone.now())) == 6


def test_the_jobs_of_the_site_are_registered() -> None:
    when = {name: job.when for name, job in wanted_jobs().items()}
    assert when == {
        "clearsessions": Daily(time(4)),
        "check_links": Daily(time(4, 30)),
        "delete_dropped_texts": Daily(time(4, 10)),
        "delete_dropped_scratches": Daily(time(4, 20)),
        "refresh_metrics": Every(timedelta(minutes=15)),
    }
