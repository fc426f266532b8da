"""The metrics that Prometheus reads, of one process and of several workers."""

import os
import re
import signal
import subprocess
import time
from collections import Counter
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from prometheus_client.parser import text_string_to_metric_families
from pytest_django import Settings

from accounts.models import User
from progress.models import Event
from tests.playbook.program import ROOT, answers, get, manage, served

pytestmark = pytest.mark.same_everywhere

TOKEN = "a-token-of-twenty-letters"
AS_PROMETHEUS = {"Authorization": f"Bearer {TOKEN}"}
PATH = "/metrics/prometheus"
PAGE = "/articles/payment-wallet/"
VIEW = "catalog:article_detail"


def figure(name: str, **labels: str) -> str:
    return " ".join([name, *(f"{label}={labels[label]}" for label in sorted(labels))])


def figures(text: str) -> Counter[str]:
    """Each figure by its name and labels."""
    return Counter(
        {
            figure(sample.name, **sample.labels): sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
        }
    )


class Meter:
    """Return what was counted since the last call."""

    def __init__(self) -> None:
        self.client = Client()
        self.before = self.read()

    def read(self) -> Counter[str]:
        response = self.client.get(PATH, headers=AS_PROMETHEUS)
        assert response.status_code == 200
        assert response["Content-Type"].startswith("text/plain; version=")
        return figures(response.content.decode())

    def counted(self, start: str) -> dict[str, float]:
        now = self.read()
        return {
            name: value - self.before[name]
            for name, value in now.items()
            if name.startswith(start) and value != self.before[name]
        }


@pytest.fixture
def meter(settings: Settings, playbook: None) -> Meter:
    settings.METRICS_TOKEN = TOKEN
    return Meter()


@pytest.mark.django_db
def test_metrics_are_not_found_without_a_token_setting(client: Client) -> None:
    for headers in ({}, {"Authorization": "Bearer "}, AS_PROMETHEUS):
        response = client.get(PATH, headers=headers)
        assert response.status_code == 404
        assert b"Page not found" in response.content


@pytest.mark.parametrize(
    "given", ["", TOKEN, "Bearer", "Bearer ", f"bearer {TOKEN}", f"Bearer {TOKEN}x", "Bearer \xff"]
)
def test_a_wrong_token_gets_no_metrics(client: Client, settings: Settings, given: str) -> None:
    settings.METRICS_TOKEN = TOKEN
    response = client.get(PATH, headers={"Authorization": given})
    assert response.status_code == 401
    assert response["WWW-Authenticate"] == "Bearer"
    assert b"playbook_" not in response.content
    assert TOKEN.encode() not in response.content


def test_metrics_are_not_cached(meter: Meter) -> None:
    response = meter.client.get(PATH, headers=AS_PROMETHEUS)
    assert "no-store" in response["Cache-Control"]


def test_a_page_is_counted_and_timed_by_its_view(meter: Meter) -> None:
    for path in (PAGE, "/articles/db-design-multi-tenant-data-isolation/", PAGE):
        meter.client.get(path)
    assert meter.counted("playbook_request_seconds_count") == {
        f"playbook_request_seconds_count method=GET status=200 view={VIEW}": 3,
        "playbook_request_seconds_count method=GET status=200 view=metrics": 1,
    }
    labels = {"method": "GET", "status": "200", "view": VIEW}
    time_taken = meter.counted("playbook_request_seconds_sum")
    assert 0 < time_taken[figure("playbook_request_seconds_sum", **labels)] < 30
    in_time = meter.counted("playbook_request_seconds_bucket")
    assert in_time[figure("playbook_request_seconds_bucket", **labels, le="+Inf")] == 3


def test_the_queries_of_a_view_are_counted(meter: Meter) -> None:
    with CaptureQueriesContext(connection) as captured:
        meter.client.get(PAGE)
    queries = len(captured)
    assert queries > 0
    assert meter.counted("playbook_queries") == {
        f"playbook_queries_total view={VIEW}": queries,
        "playbook_queries_total view=metrics": 1,  # the scheduled jobs
    }
    (time_taken,) = meter.counted(f"playbook_query_seconds_total view={VIEW}").values()
    assert 0 < time_taken < 30


def test_unknown_addresses_and_methods_do_not_become_labels(meter: Meter) -> None:
    meter.client.get("/what-somebody-typed/")
    meter.client.generic("BREW", PAGE)
    assert meter.counted("playbook_request_seconds_count") == {
        "playbook_request_seconds_count method=GET status=404 view=none": 1,
        f"playbook_request_seconds_count method=OTHER status=405 view={VIEW}": 1,
        "playbook_request_seconds_count method=GET status=200 view=metrics": 1,
    }
    text = meter.client.get(PATH, headers=AS_PROMETHEUS).content.decode()
    assert "what-somebody-typed" not in text
    assert "BREW" not in text


def test_errors_are_counted_by_view_and_type(meter: Meter, settings: Settings) -> None:
    settings.ROOT_URLCONF = "tests.playbook.failing_urls"
    meter.client.raise_request_exception = False
    meter.client.get("/failing/now/")
    assert meter.counted("playbook_exceptions_total") == {
        "playbook_exceptions_total type=ValueError view=failing": 1
    }
    assert (
        meter.counted("playbook_request_seconds_count")[
            "playbook_request_seconds_count method=GET status=500 view=failing"
        ]
        == 1
    )


@pytest.mark.parametrize("who", ["visitor", "learner"])
def test_changes_of_state_are_counted_once(meter: Meter, learner: User, who: str) -> None:
    if who == "learner":
        meter.client.force_login(learner)
    for state in ("done", "done", "reading", "finished"):
        meter.client.post(f"{PAGE}state/", {"state": state})
    if who == "learner":
        newest = Event.objects.latest("pk").pk
    else:
        newest = meter.client.session["progress"][-1][0]
    meter.client.post(f"/events/{newest}/undo/")
    meter.client.post(f"/events/{newest}/undo/")
    assert meter.counted("playbook_state_changes_total") == {
        "playbook_state_changes_total state=done undo=false": 1,
        "playbook_state_changes_total state=reading undo=false": 1,
        "playbook_state_changes_total state=done undo=true": 1,
    }


def test_opening_an_article_counts_as_a_change_of_state(meter: Meter, learner: User) -> None:
    meter.client.force_login(learner)
    for headers in ({}, {"HX-Request": "true"}):
        meter.client.post(f"{PAGE}open/", headers=headers)
    assert meter.counted("playbook_state_changes_total") == {
        "playbook_state_changes_total state=reading undo=false": 1
    }


def test_every_state_has_a_metric_before_the_first_change(meter: Meter) -> None:
    changes = {name for name in meter.before if name.startswith("playbook_state_changes_total")}
    assert changes == {
        figure("playbook_state_changes_total", state=state, undo=undo)
        for state in ("todo", "reading", "done", "skipped")
        for undo in ("true", "false")
    }


def test_the_guide_lists_exactly_the_metrics_that_exist(meter: Meter) -> None:
    text = meter.client.get(PATH, headers=AS_PROMETHEUS).content.decode()
    exposed = set(re.findall(r"^# HELP (playbook_\w+) ", text, re.MULTILINE))
    guide = (ROOT / "docs" / "operations.md").read_text()
    listed = re.findall(r"^\| `(playbook_\w+)` \|", guide, re.MULTILINE)
    assert set(listed) == {name for name in exposed if not name.endswith("_created")}
    used = re.findall(r"(playbook_\w+?)(?:_count|_sum|_bucket)?[{[]", guide)
    assert set(used) == set(listed)


# --- Several workers


@pytest.fixture
def measured(site: dict[str, str], tmp_path: Path) -> dict[str, str]:
    """Return a site that keeps its metrics in a folder of this test."""
    return {**site, "METRICS_TOKEN": TOKEN, "TMPDIR": str(tmp_path)}


def pages_counted(site: dict[str, str]) -> float:
    status, text = get(site, PATH, **AS_PROMETHEUS)
    assert status == 200
    return figures(text)[f"playbook_request_seconds_count method=GET status=200 view={VIEW}"]


def workers_of(server: "subprocess.Popen[str]") -> set[int]:
    output = subprocess.run(
        ["pgrep", "-P", str(server.pid)], capture_output=True, check=False
    ).stdout
    return {int(pid) for pid in output.split()}


def read_pages(site: dict[str, str], count: int) -> None:
    for _ in range(count):
        assert get(site, PAGE)[0] == 200


def test_starting_defines_no_metric_before_the_folder_is_known() -> None:
    done = manage(
        "shell", "--no-imports", "-c", "import sys; print('prometheus_client' in sys.modules)"
    )
    assert (done.stdout, done.stderr) == ("False\n", "")


def test_each_worker_reports_the_metrics_of_all_workers(
    measured: dict[str, str], tmp_path: Path
) -> None:
    folder = tmp_path / f"playbook-metrics-127.0.0.1-{measured['PORT']}"
    folder.mkdir()
    (folder / "counter_1.db").write_bytes(b"of a server that was killed")
    with served(**measured) as server:
        read_pages(measured, 12)
        assert [pages_counted(measured) for _ in range(8)] == [12.0] * 8
        assert folder.stat().st_mode & 0o777 == 0o700
        killed = workers_of(server)
        assert len(killed) == 2

        for pid in killed:
            os.kill(pid, signal.SIGKILL)
        deadline = time.monotonic() + 30
        while len(workers_of(server) - killed) < 2 or not answers(int(measured["PORT"])):
            assert time.monotonic() < deadline
            time.sleep(0.1)
        read_pages(measured, 12)
        assert [pages_counted(measured) for _ in range(8)] == [24.0] * 8
        # What a worker counted stays when it dies.
        assert {file.name for file in folder.iterdir()} == {
            f"{kind}_{pid}.db"
            for kind in ("counter", "histogram")
            for pid in killed | workers_of(server)
        }

        server.send_signal(signal.SIGTERM)
        _output, errors = server.communicate(timeout=20)
    assert errors == ""
    assert list(tmp_path.iterdir()) == []


def test_no_metrics_folder_is_created_without_a_token(site: dict[str, str], tmp_path: Path) -> None:
    with served(**{**site, "TMPDIR": str(tmp_path), "WEB_WORKERS": "1"}) as server:
        assert get(site, PATH, **AS_PROMETHEUS)[0] == 404
        assert list(tmp_path.iterdir()) == []
        server.send_signal(signal.SIGTERM)
        server.communicate(timeout=20)


def test_a_metrics_folder_that_cannot_be_created_is_reported_in_one_line(
    measured: dict[str, str], tmp_path: Path
) -> None:
    folder = tmp_path / f"playbook-metrics-127.0.0.1-{measured['PORT']}"
    folder.symlink_to("/etc")
    done = manage("serve", **measured)
    assert done.stderr == (
        f"CommandError: Metrics (METRICS_TOKEN) cannot be kept in {folder} "
        "(Cannot call rmtree on a symbolic link): remove it, or set TMPDIR to another folder\n"
    )
    assert (done.returncode, done.stdout) == (1, "")
