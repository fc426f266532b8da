"""The scheduler as a process: beside the server, alone, killed, and with others."""

import os
import signal
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import LiteralString

import psycopg
import pytest

from tests.playbook.program import processes_of, scheduler, served


def wait_until(is_so: Callable[[], object]) -> None:
    deadline = time.monotonic() + 30
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def ask(site: dict[str, str], query: LiteralString) -> list[tuple[object, ...]]:
    """Run a statement in the database of the site, and return the rows of a SELECT."""
    url = site["DATABASE_URL"]
    if url.startswith("postgres"):
        with psycopg.connect(url, autocommit=True) as connection:
            cursor = connection.execute(query)
            return cursor.fetchall() if cursor.description else []
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"), timeout=20)) as file, file:
        return file.execute(query).fetchall()


def runs(site: dict[str, str], name: str) -> tuple[object, ...] | None:
    """Return the number of runs, of failures, and whether the last run succeeded."""
    rows = ask(
        site,
        "SELECT name, runs, failures, succeeded_at IS NOT NULL AND failure = ''"
        " FROM scheduling_scheduledjob",
    )
    return next((tuple(result) for job, *result in rows if job == name), None)


def has_run_once(site: dict[str, str], name: str) -> bool:
    return runs(site, name) == (1, 0, True)


@pytest.fixture
def fresh(site: dict[str, str]) -> dict[str, str]:
    """Return the variables of a site whose jobs were never scheduled."""
    ask(site, "DELETE FROM scheduling_scheduledjob")
    return site


@pytest.fixture
def slow(fresh: dict[str, str], tmp_path: Path) -> dict[str, str]:
    """Return the variables of a site with one job more."""
    settings = "tests.playbook.scheduling.slow_settings"
    return {**fresh, "DJANGO_SETTINGS_MODULE": settings, "SLOW_JOB": str(tmp_path)}


@pytest.mark.parametrize("to_everybody", [True, False])
def test_the_scheduler_runs_beside_the_server_and_ends_with_it(
    fresh: dict[str, str], to_everybody: bool
) -> None:
    with served(**{**fresh, "WEB_WORKERS": "1", "RUN_SCHEDULER": "true"}) as process:
        wait_until(lambda: has_run_once(fresh, "refresh_metrics"))
        assert len(processes_of(process.pid)) == 3
        (os.killpg if to_everybody else os.kill)(process.pid, signal.SIGINT)
        _output, errors = process.communicate(timeout=8)
        assert (process.returncode, errors) == (0, "")
        assert processes_of(process.pid) == set()


@pytest.mark.same_everywhere
def test_a_server_that_was_killed_leaves_no_scheduler(fresh: dict[str, str]) -> None:
    with served(**{**fresh, "WEB_WORKERS": "1", "RUN_SCHEDULER": "true"}) as process:
        wait_until(lambda: has_run_once(fresh, "refresh_metrics"))
        process.kill()
        process.wait()
        wait_until(lambda: not processes_of(process.pid))


@pytest.mark.same_everywhere
def test_a_scheduler_that_was_killed_is_restarted(slow: dict[str, str], tmp_path: Path) -> None:
    """So is its job: the claim of the first run ends, and the other scheduler begins it again."""
    with served(**{**slow, "WEB_WORKERS": "1", "RUN_SCHEDULER": "true"}) as process:
        wait_until(lambda: list(tmp_path.glob("began-*")))
        (began,) = tmp_path.glob("began-*")
        os.kill(int(began.name.removeprefix("began-")), signal.SIGKILL)
        ask(slow, "UPDATE scheduling_scheduledjob SET claimed_until = started_at")
        (tmp_path / "may-end").touch()
        wait_until(lambda: runs(slow, "slow") == (2, 1, True))
        assert len(processes_of(process.pid)) == 3
    assert len(list(tmp_path.glob("ended-*"))) == 1


def test_schedulers_on_several_machines_run_each_job_once(
    slow: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "may-end").touch()
    with scheduler(**slow) as first, scheduler(**slow) as second:
        for name in ("slow", "refresh_metrics"):
            wait_until(partial(has_run_once, slow, name))
        for process in (first, second):
            process.send_signal(signal.SIGTERM)
        assert [process.communicate(timeout=8)[1] for process in (first, second)] == ["", ""]
    assert (first.returncode, second.returncode) == (0, 0)
    assert (runs(slow, "slow"), len(list(tmp_path.glob("ended-*")))) == ((1, 0, True), 1)


@pytest.mark.same_everywhere
def test_a_scheduler_that_is_stopped_gives_its_run_to_the_next(
    slow: dict[str, str], tmp_path: Path
) -> None:
    with scheduler(**slow) as process:
        wait_until(lambda: list(tmp_path.glob("began-*")))
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=8)
    assert ask(slow, "SELECT claim FROM scheduling_scheduledjob WHERE name = 'slow'") == [(None,)]
    (tmp_path / "may-end").touch()
    with scheduler(**slow):
        wait_until(lambda: runs(slow, "slow") == (2, 0, True))
    assert len(list(tmp_path.glob("ended-*"))) == 1
