"""Prepare, serve, stop, start again: as an operator does it, on the database under test."""

import os
import re
import signal
import socket
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from playbook.starting import preflight
from tests import prepared
from tests.playbook.program import (
    KEY,
    answers,
    free_port,
    get,
    manage,
    processes_of,
    run,
    served,
)

RENAME = "Article.objects.filter(slug='payment-wallet').update(title='A wallet, edited')"


@pytest.mark.parametrize("to_everybody", [True, False])
def test_the_site_is_served_until_it_is_interrupted(
    site: dict[str, str], to_everybody: bool
) -> None:
    # One worker, which has answered: one that is still starting is stopped in another way.
    with served(**{**site, "WEB_WORKERS": "1"}) as process:
        status, page = get(site, "/")
        stylesheet = page.partition('rel="stylesheet" href="')[2].partition('"')[0]
        assert status == 200
        assert "Payment" in page
        assert get(site, stylesheet)[0] == 200
        # Without a scheduler, which tests/playbook/scheduling/ starts.
        assert len(processes_of(process.pid)) == 2
        # A terminal sends Ctrl-C to the workers too; a service manager only to the server.
        (os.killpg if to_everybody else os.kill)(process.pid, signal.SIGINT)
        # A worker that hangs would be killed after ten seconds only.
        output, errors = process.communicate(timeout=8)
    assert process.returncode == 0
    assert errors == ""
    assert output == (
        f"System Design Playbook is at http://127.0.0.1:{site['PORT']}\n"
        "To become its administrator: make admin, in another terminal. To stop it: Ctrl-C.\n"
    )


def test_preparing_counts_the_metrics(site: dict[str, str]) -> None:
    with served(**site):
        assert 'id="metrics-learners"' in get(site, "/metrics/")[1]


def test_preparing_again_keeps_what_an_editor_changed(site: dict[str, str]) -> None:
    collected = Path(site["STATIC_ROOT"]) / "staticfiles.json"
    before = collected.stat().st_mtime_ns
    edited = manage("shell", "-c", f"from catalog.models import Article; {RENAME}", **site)
    assert edited.returncode == 0
    done = manage("prepare", **site)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert collected.stat().st_mtime_ns == before
    with served(**site):
        assert "A wallet, edited" in get(site, "/articles/payment-wallet/")[1]


@pytest.mark.same_everywhere
def test_a_port_in_use_is_reported_in_one_line(site: dict[str, str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = manage("serve", **{**site, "PORT": str(port)})
        before_installing = run("playbook/starting/preflight.py", "port", PORT=str(port))
    assert done.stderr == f"CommandError: {before_installing.stdout}"
    assert (done.returncode, done.stdout) == (1, "")
    assert re.fullmatch(
        rf"Port {port} is taken by \S.* \(stop it: kill {os.getpid()}\): "
        rf"choose another, such as PORT={port + 1} make run\n",
        before_installing.stdout,
    )


def test_a_port_in_use_by_nobody_who_can_be_seen_is_reported(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(preflight, "LISTENING", "none")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert preflight.port_fault("127.0.0.1", port) == (
            f"Port {port} is taken: choose another, such as PORT={port + 1} make run"
        )


@pytest.mark.same_everywhere
def test_workers_end_when_their_server_was_killed(site: dict[str, str]) -> None:
    with served(**site) as process:
        assert get(site, "/healthz")[0] == 200
        # A worker that is stopped is replaced, so the server is named.
        taken = preflight.port_fault("127.0.0.1", int(site["PORT"]))
        assert f" manage.py serve (stop it: kill {process.pid}): " in taken
        process.kill()
        process.wait()
        deadline = time.monotonic() + 20
        while answers(int(site["PORT"])):
            assert time.monotonic() < deadline, preflight.listeners(int(site["PORT"]))
            time.sleep(0.05)


@pytest.mark.same_everywhere
@pytest.mark.parametrize("redirected", ["", "> /dev/full", ">&-"])
def test_the_site_starts_although_its_output_cannot_be_written(
    site: dict[str, str], redirected: str
) -> None:
    nobody_reads, output = os.pipe()
    os.close(nobody_reads)
    with served(output, redirected, **{**site, "WEB_WORKERS": "1"}) as process:
        os.close(output)
        assert get(site, "/healthz")[0] == 200
        process.send_signal(signal.SIGINT)
        _output, errors = process.communicate(timeout=8)
    assert (process.returncode, errors) == (0, "")


@pytest.mark.same_everywhere
def test_serving_a_database_without_its_migrations_is_refused(
    site: dict[str, str], tmp_path: Path
) -> None:
    file = tmp_path / "new.sqlite3"
    done = manage("serve", **{**site, "DATABASE_URL": f"sqlite:///{file}"})
    assert done.stderr == (
        "CommandError: The database has no tables, or those of an older release: "
        "run manage.py prepare first\n"
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.same_everywhere
def test_serving_an_unprepared_site_is_reported_in_one_line(
    site: dict[str, str], tmp_path: Path
) -> None:
    done = manage("serve", **{**site, "STATIC_ROOT": str(tmp_path)})
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "CommandError: The static files are missing: run manage.py prepare first\n"
    )


@pytest.mark.same_everywhere
def test_the_development_server_needs_no_collected_files(
    site: dict[str, str], tmp_path: Path
) -> None:
    developing = {**site, "DEBUG": "true", "STATIC_ROOT": str(tmp_path), "WEB_WORKERS": "1"}
    done = manage("prepare", **developing)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert list(tmp_path.iterdir()) == []
    with served(**developing):
        assert get(site, "/static/css/tokens.css")[0] == 200


def test_preparing_deletes_expired_sessions(site: dict[str, str]) -> None:
    sessions = "from django.contrib.sessions.backends.db import SessionStore as Store; "
    created = manage(
        "shell",
        "-c",
        f"{sessions}ages = 3600, -3600; stores = Store(), Store()\n"
        "for store, age in zip(stores, ages): store.set_expiry(age); store.create()\n"
        "print(*(store.session_key for store in stores))",
        "--verbosity=0",
        **site,
    )
    lasting, ran_out = created.stdout.split()
    assert manage("prepare", **site).returncode == 0
    left = manage(
        "shell",
        "-c",
        f"{sessions}print(*Store.get_model_class().objects.values_list('pk', flat=True))",
        "--verbosity=0",
        **site,
    ).stdout.split()
    assert lasting in left
    assert ran_out not in left


def test_a_new_sqlite_file_is_readable_only_by_its_owner(tmp_path: Path, static_root: str) -> None:
    url = f"sqlite:///{tmp_path}/playbook.sqlite3"
    variables = {"DATABASE_URL": url, "STATIC_ROOT": static_root}
    assert manage("prepare", **variables).returncode == 0
    # The log and its index are there as long as a connection is open.
    with closing(sqlite3.connect(tmp_path / "playbook.sqlite3")) as connection:
        connection.execute("CREATE TABLE kept_open (number)")
        modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.glob("*.sqlite3*")}
    assert modes == {f"playbook.sqlite3{end}": 0o600 for end in ("", "-wal", "-shm")}
    # Copies of collected files have their modes.
    collected = Path(static_root) / "staticfiles.json"
    assert collected.stat().st_mode & 0o044 == 0o044


def test_the_mode_of_an_existing_sqlite_file_is_kept(tmp_path: Path) -> None:
    file = tmp_path / "playbook.sqlite3"
    file.touch()
    prepared.copy_database(prepared.DATABASE, file)
    file.chmod(0o640)
    variables = {"DATABASE_URL": f"sqlite:///{file}", "STATIC_ROOT": str(tmp_path / "static")}
    assert manage("prepare", DEBUG="true", **variables).returncode == 0
    assert file.stat().st_mode & 0o777 == 0o640


def test_a_free_port_and_a_valid_folder_are_accepted_silently(tmp_path: Path) -> None:
    written = tmp_path / "env"
    written.write_text(f"PORT={free_port()}\n")
    assert run("playbook/starting/preflight.py", "port", ENV_FILE=str(written)).stdout == "\n"


def test_the_port_is_read_from_the_env_file(tmp_path: Path) -> None:
    written = tmp_path / "env"
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        written.write_text(f'PORT="{port}"\n')
        done = run("playbook/starting/preflight.py", "port", ENV_FILE=str(written))
    assert done.stdout.startswith(f"Port {port} is taken by ")


def test_an_address_of_a_different_machine_is_named() -> None:
    fault = preflight.port_fault("192.0.2.1", 8000)
    assert fault.startswith("Nothing can listen at 192.0.2.1, port 8000 (")


def test_a_missing_folder_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preflight, "FOLDER", tmp_path / "gone")
    assert preflight.main([]) == (
        f"The folder {tmp_path / 'gone'} cannot be written to (No such file or directory): "
        "make it writable for you, or clone into one that is"
    )


@pytest.mark.parametrize(
    "url", ["sqlite:////nowhere/at/all/playbook.sqlite3", "postgres://me:word@127.0.0.1:1/study"]
)
def test_an_unreachable_database_is_reported_in_one_line(url: str, tmp_path: Path) -> None:
    done = manage("prepare", DATABASE_URL=url, STATIC_ROOT=str(tmp_path))
    assert done.stderr.startswith("CommandError: The database of DATABASE_URL cannot be used: ")
    assert done.stderr.count("\n") == 1
    assert "word" not in done.stderr
    assert (done.returncode, done.stdout) == (1, "")


def test_a_worker_on_sqlite_loads_no_library_that_only_other_programs_need() -> None:
    """Each costs every worker megabytes: the driver of PostgreSQL, and the client of links."""
    code = (
        "import sys, django; django.setup();"
        " from playbook import urls; from playbook.server import rsgi;"
        " print(*{'django', 'psycopg', 'httpx'} & sys.modules.keys())"
    )
    loaded = run(
        "-c",
        code,
        DJANGO_SETTINGS_MODULE="playbook.settings",
        SECRET_KEY=KEY,
        DATABASE_URL="sqlite://:memory:",
    )
    assert (loaded.stdout.strip(), loaded.returncode) == ("django", 0)
