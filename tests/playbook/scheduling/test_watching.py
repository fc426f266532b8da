"""Operators see what became of the jobs: in the admin, in `doctor` and in Prometheus."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families
from pytest_django import Settings

from accounts.models import User
from playbook import jobs
from playbook.doctor import services
from playbook.doctor.findings import Level
from playbook.jobs import Every, Job, register
from playbook.scheduling.models import ScheduledJob
from playbook.scheduling.running import due_jobs
from tests.playbook.scheduling.conftest import Work

pytestmark = pytest.mark.django_db

TOKEN = "a-token-of-twenty-letters"
LIST = "admin:scheduling_scheduledjob_changelist"
RAN_AT = datetime(2026, 11, 28, 4, 30, tzinfo=UTC)
IN_AN_HOUR = timedelta(hours=1)


@pytest.fixture
def row(work: Work) -> ScheduledJob:
    """Return the row of a job that ran without a failure."""
    next_run_at = timezone.now() + IN_AN_HOUR
    return ScheduledJob.objects.create(
        name="work", next_run_at=next_run_at, started_at=RAN_AT, succeeded_at=RAN_AT, runs=3
    )


@pytest.fixture
def administrator() -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("root"))
    return client


def change(row: ScheduledJob, **values: object) -> None:
    ScheduledJob.objects.filter(pk=row.pk).update(**values)


@pytest.mark.same_everywhere
@pytest.mark.parametrize(
    ("changed", "level", "sentence"),
    [
        ({}, Level.OK, "work ran on 2026-11-28 at 04:30 UTC"),
        (
            {"failure": "CommandError: The disk is full", "failures": 1},
            Level.WARNING,
            "work failed on 2026-11-28 at 04:30 UTC: CommandError: The disk is full",
        ),
        ({"next_run_at": RAN_AT}, Level.WARNING, "work was due on 2026-11-28 at 04:30 UTC"),
        (
            {"next_run_at": RAN_AT, "failure": "It hangs"},
            Level.WARNING,
            "work was due on 2026-11-28 at 04:30 UTC; its last run failed: It hangs",
        ),
        (
            {"next_run_at": RAN_AT, "claimed_until": timezone.now() + IN_AN_HOUR},
            Level.OK,
            "work has been running since 2026-11-28 at 04:30 UTC",
        ),
        ({"name": "other"}, Level.WARNING, "work has never been scheduled: no scheduler runs"),
    ],
)
def test_doctor_names_jobs_that_fail_or_do_not_run(
    row: ScheduledJob, changed: dict[str, object], level: Level, sentence: str
) -> None:
    change(row, **changed)
    (finding,) = services.examine_jobs()
    assert (finding.level, finding.sentence) == (level, sentence)
    assert bool(finding.advice) == (level is not Level.OK)


@pytest.mark.same_everywhere
def test_doctor_accepts_a_job_whose_first_run_is_ahead(row: ScheduledJob) -> None:
    change(row, started_at=None, succeeded_at=None)
    (finding,) = services.examine_jobs()
    assert (finding.level, finding.sentence[:19]) == (Level.OK, "work runs first on ")


@pytest.mark.same_everywhere
def test_doctor_hides_secrets_of_a_failure(row: ScheduledJob, settings: Settings) -> None:
    change(row, failure=f"ValueError: {settings.SECRET_KEY}")
    (finding,) = services.examine_jobs()
    assert finding.sentence.endswith("ValueError: …")


@pytest.mark.same_everywhere
def test_every_job_has_a_purpose_that_operators_read() -> None:
    assert [name for name, job in jobs.wanted_jobs().items() if not job.description] == []


@pytest.mark.same_everywhere
@pytest.mark.parametrize(
    ("changed", "state"),
    [
        ({}, "Succeeded"),
        ({"succeeded_at": None}, "Has not run yet"),
        ({"failure": "CommandError: The disk is full"}, "Failed"),
        ({"claimed_until": timezone.now() + IN_AN_HOUR}, "Running"),
        ({"claimed_until": RAN_AT}, "Interrupted"),
        ({"name": "of an older release"}, "Off"),
    ],
)
def test_the_admin_shows_each_job_with_its_state_and_failure(
    row: ScheduledJob, administrator: Client, changed: dict[str, object], state: str
) -> None:
    change(row, **changed)
    page = administrator.get(reverse(LIST))
    assert f'<td class="field-state">{state}</td>' in page.text
    assert ("The disk is full" in page.text) == ("failure" in changed)
    assert ('field-purpose">Works.<' in page.text) == (state != "Off")
    front = administrator.get(reverse("admin:index")).text
    failed = int(state == "Failed")
    assert re.search(rf'queue-count">{failed}</span>\s+Failed jobs', front)
    detail = administrator.get(reverse("admin:scheduling_scheduledjob_change", args=[row.pk]))
    assert (detail.status_code, '<input type="text"' in detail.text) == (200, False)


@pytest.mark.same_everywhere
def test_a_job_is_run_at_once_on_request(row: ScheduledJob, administrator: Client) -> None:
    register(Job("long", Work("long"), Every(IN_AN_HOUR)))
    planned = timezone.now() + IN_AN_HOUR
    running = ScheduledJob.objects.create(
        name="long", next_run_at=planned, claim=uuid4(), claimed_until=planned
    )
    # The one of a scheduler that was killed a second time would wait for an hour.
    change(row, claim=uuid4(), claimed_until=RAN_AT, failure="It ended in the middle")
    off = ScheduledJob.objects.create(name="of an older release", next_run_at=planned)
    form = {"action": "run_now", "_selected_action": [row.pk, running.pk, off.pk]}
    page = administrator.post(reverse(LIST), form, follow=True)
    assert [str(message) for message in page.context["messages"]] == [
        "The scheduler runs 1 job within a minute.",
        "2 jobs are off or running already, and stay as they are.",
    ]
    assert due_jobs(timezone.now()) == ["work"]


@pytest.mark.same_everywhere
def test_editors_do_not_see_the_jobs(row: ScheduledJob, client: Client, editor: User) -> None:
    client.force_login(editor)
    assert client.get(reverse(LIST)).status_code == 403


def metrics(client: Client) -> dict[tuple[str, str], float]:
    response = client.get("/metrics/prometheus", headers={"Authorization": f"Bearer {TOKEN}"})
    assert response.status_code == 200
    return {
        (sample.name, sample.labels["name"]): sample.value
        for family in text_string_to_metric_families(response.text)
        for sample in family.samples
        if sample.name.startswith("playbook_job_")
    }


@pytest.mark.same_everywhere
def test_prometheus_reads_runs_and_failures(
    row: ScheduledJob, client: Client, settings: Settings
) -> None:
    settings.METRICS_TOKEN = TOKEN
    register(Job("never", Work("never"), Every(IN_AN_HOUR)))
    ScheduledJob.objects.create(name="never", next_run_at=RAN_AT)
    ScheduledJob.objects.create(name="of an older release", next_run_at=RAN_AT)
    change(row, failures=1)
    assert metrics(client) == {
        ("playbook_job_runs_total", "work"): 3,
        ("playbook_job_failures_total", "work"): 1,
        ("playbook_job_last_success_timestamp_seconds", "work"): RAN_AT.timestamp(),
        ("playbook_job_next_run_timestamp_seconds", "work"): row.next_run_at.timestamp(),
        ("playbook_job_runs_total", "never"): 0,
        ("playbook_job_failures_total", "never"): 0,
        ("playbook_job_last_success_timestamp_seconds", "never"): 0,
        ("playbook_job_next_run_timestamp_seconds", "never"): RAN_AT.timestamp(),
    }


@pytest.mark.same_everywhere
def test_the_other_metrics_are_read_while_the_database_is_away(
    work: Work, client: Client, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.METRICS_TOKEN = TOKEN

    def refuse(*_: Any) -> None:
        raise DatabaseError("away")

    with connection.execute_wrapper(refuse):
        assert metrics(client) == {}
    assert "The metrics in the database cannot be read" in caplog.text
