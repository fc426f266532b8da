"""Scheduled jobs of a cluster run once, through the pooler, and survive the loss of a machine."""

import signal
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.cluster.cluster import Cluster, ask
from tests.cluster.programs import wait_until
from tests.playbook.program import scheduler


@pytest.fixture
def variables(cluster: Cluster, tmp_path: Path) -> Callable[[str], dict[str, str]]:
    """Return the variables of a node with one job more, which no scheduler has seen yet."""
    ask(cluster.primary, "DELETE FROM scheduling_scheduledjob")
    settings = "tests.playbook.scheduling.slow_settings"
    more = {"DJANGO_SETTINGS_MODULE": settings, "SLOW_JOB": str(tmp_path)}
    return lambda node: {**cluster.node_environment(node), **more}


def test_another_machine_takes_over_the_run_of_a_scheduler_that_was_killed(
    cluster: Cluster, variables: Callable[[str], dict[str, str]], tmp_path: Path
) -> None:
    with ExitStack() as stack:
        started = [scheduler(**variables(node)) for node in ("first", "second")]
        processes = {process.pid: process for process in map(stack.enter_context, started)}
        wait_until(lambda: list(tmp_path.glob("began-*")))
        (began,) = tmp_path.glob("began-*")
        killed = processes.pop(int(began.name.removeprefix("began-")))
        killed.kill()
        (other,) = processes.values()
        other.send_signal(signal.SIGTERM)
        other.wait(10)
        # The claim ends after two minutes, and the next minute's look finds the job.
        ask(cluster.primary, "UPDATE scheduling_scheduledjob SET claimed_until = started_at")
        (tmp_path / "may-end").touch()
        stack.enter_context(scheduler(**variables("second")))
        wait_until(lambda: list(tmp_path.glob("ended-*")))
        runs = "SELECT runs FROM scheduling_scheduledjob WHERE name = 'slow'"
        assert ask(cluster.primary, runs) == 2
    assert len(list(tmp_path.glob("began-*"))) == 2
