"""`doctor` says in words what is wrong and what to do, and never prints a secret."""

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from playbook.doctor import configuration, database, machine, services
from playbook.doctor.findings import Finding, Level, in_one_line
from tests.playbook.program import free_port, manage

PROBLEM, WARNING, OK = Level.PROBLEM, Level.WARNING, Level.OK


def only(findings: Iterator[Finding]) -> Finding:
    (finding,) = findings
    assert bool(finding.advice) == (finding.level is not OK)
    return finding


@contextmanager
def answering(status: int, **headers: str) -> Iterator[str]:
    """Run a server that always gives the same answer, and yield its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name.replace("_", "-"), value.format(address=address))
            self.end_headers()

        def log_message(self, *args: object) -> None:
            """Write no log."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        address = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
        yield address
        server.shutdown()


@pytest.mark.parametrize(
    ("status", "headers", "level", "sentence"),
    [
        (200, {"X_Request_ID": "1"}, OK, "answers with the front page"),
        (301, {"Location": "{address}/", "X_Request_ID": "1"}, PROBLEM, "redirects to itself"),
        (400, {"X_Request_ID": "1"}, PROBLEM, "refuses its own host name"),
        (500, {"X_Request_ID": "1"}, PROBLEM, "answers with status 500"),
        (200, {}, WARNING, "is answered by something else (status 200)"),
    ],
)
def test_the_answer_at_the_public_address_is_explained(
    settings: Any, status: int, headers: dict[str, str], level: Level, sentence: str
) -> None:
    with answering(status, **headers) as settings.SITE_URL:
        finding = only(services.examine_proxy())
    assert finding.level is level
    assert finding.sentence.startswith(f"{settings.SITE_URL} {sentence}")


def test_a_site_that_does_not_answer_is_a_warning(settings: Any) -> None:
    settings.SITE_URL = f"http://127.0.0.1:{free_port()}"
    assert only(services.examine_proxy()).level is WARNING


def test_mail_is_examined_if_there_is_a_server(settings: Any) -> None:
    assert only(services.examine_mail()).sentence.startswith("No mail is sent")
    settings.HAS_EMAIL = True
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    assert only(services.examine_mail()).level is PROBLEM


@pytest.mark.parametrize(
    ("changed", "level", "sentence"),
    [
        ({}, OK, "The site is http://testserver"),
        ({"DEBUG": True}, WARNING, "DEBUG shows"),
        ({"HOST": "0.0.0.0"}, WARNING, "Passwords are sent unencrypted"),
        ({"IS_HTTPS": True, "TRUSTED_PROXY_COUNT": 0}, PROBLEM, "SITE_URL is https, but no"),
        ({"HOST": "::", "IS_HTTPS": True, "TRUSTED_PROXY_COUNT": 1}, WARNING, "The site trusts"),
    ],
)
def test_settings_that_are_valid_but_unsafe_are_named(
    settings: Any, changed: dict[str, object], level: Level, sentence: str
) -> None:
    settings.HOST = "127.0.0.1"
    for name, value in changed.items():
        setattr(settings, name, value)
    finding = next(configuration.examine_settings())
    assert finding.level is level
    assert finding.sentence.startswith(sentence)


@pytest.mark.parametrize(("megabytes", "level"), [(99, PROBLEM), (1023, WARNING), (1024, OK)])
def test_too_little_space_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, megabytes: int, level: Level
) -> None:
    usage = shutil.disk_usage(tmp_path)._replace(free=megabytes << 20)
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: usage)
    finding = only(machine.examine_folder("backups", tmp_path))
    assert finding.level is level
    assert finding.sentence.startswith(f"{megabytes:,} MB are free for backups in {tmp_path}")


def test_a_folder_that_is_missing_is_named(tmp_path: Path) -> None:
    assert only(machine.examine_folder("backups", tmp_path / "gone")).level is PROBLEM


def test_a_readable_env_file_and_its_unknown_variables_are_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "env"
    file.write_text("POSTGRES_DB=playbook\n")
    file.chmod(0o644)
    monkeypatch.setenv("ENV_FILE", str(file))
    unknown, readable = machine.examine_env_file()
    assert unknown.sentence == f"{file} sets POSTGRES_DB, which is not a setting of this site"
    assert (readable.level, readable.advice) == (WARNING, f"Run chmod 600 {file}")


def test_static_files_of_another_release_are_named(settings: Any, tmp_path: Path) -> None:
    settings.STATIC_ROOT = tmp_path
    assert only(machine.examine_static_files()).level is PROBLEM
    (tmp_path / "staticfiles.json").touch()
    (tmp_path / ".collected").write_text("of another release")
    assert "another release" in only(machine.examine_static_files()).sentence


@pytest.mark.django_db
def test_migrations_that_are_missing_or_too_new_are_named() -> None:
    assert only(database.examine_migrations()).level is OK
    recorder = MigrationRecorder(connection)
    recorder.record_applied("catalog", "9999_next")
    recorder.record_unapplied("accounts", "0001_initial")
    missing, newer = database.examine_migrations()
    assert missing.sentence == "1 migrations are missing, the first is accounts.0001_initial"
    assert (missing.level, newer.level) == (PROBLEM, WARNING)
    assert "catalog.9999_next" in newer.sentence


@pytest.mark.django_db
def test_a_wrong_clock_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert only(database.examine_clock()).level is OK
    monkeypatch.setattr(database, "now", lambda: timezone.now() - timedelta(days=2000))
    finding = only(database.examine_clock())
    assert finding.level is PROBLEM
    assert "seconds ahead of the clock of this machine" in finding.sentence


@pytest.mark.django_db
def test_a_healthy_database_and_cache_are_ok() -> None:
    findings = [*database.examine_database(), *services.examine_cache()]
    assert {finding.level for finding in findings} <= {OK, WARNING}  # the mode of the tests' file
    assert findings[-1].sentence == "The cache table keeps values"


@pytest.mark.django_db
def test_every_line_begins_with_its_level(settings: Any, tmp_path: Path) -> None:
    settings.SITE_URL = f"http://127.0.0.1:{free_port()}"
    settings.STATIC_ROOT = tmp_path
    output = StringIO()
    with pytest.raises(SystemExit, match="1"):  # The static files are missing.
        call_command("doctor", stdout=output)
    lines = output.getvalue().splitlines()
    assert {line.split()[0] for line in lines} == {"ok", "warning", "problem", "→"}


def test_secrets_in_messages_of_libraries_are_hidden(settings: Any) -> None:
    settings.REDIS_URL = "redis://:the-password@127.0.0.1/0"
    settings.SENTRY_DSN = "https://the-key@sentry.example.org/1"
    settings.EMAIL_HOST_PASSWORD = "the-word"
    message = f"{settings.SECRET_KEY} the-password the-key the-word: refused"
    assert in_one_line(OSError(message)) == "… … … …: refused"


@pytest.mark.django_db
def test_a_password_that_is_a_common_word_hides_nothing_else(settings: Any, tmp_path: Path) -> None:
    settings.SITE_URL = f"http://127.0.0.1:{free_port()}"
    settings.STATIC_ROOT = tmp_path
    settings.EMAIL_HOST_PASSWORD = "machine"
    output = StringIO()
    with pytest.raises(SystemExit, match="1"):  # The static files are missing.
        call_command("doctor", stdout=output)
    lines = output.getvalue().splitlines()
    assert any("does not answer from this machine" in line for line in lines)


def test_no_secret_is_printed() -> None:
    secret = "never-to-be-printed"
    done = manage(
        "doctor",
        DATABASE_URL=f"postgres://me:{secret}@127.0.0.1:1/{secret}",
        EMAIL_URL=f"smtp://me:{secret}@127.0.0.1:1",
        REDIS_URL=f"redis://:{secret}@127.0.0.1:1/0",
        SENTRY_DSN=f"https://{secret}@sentry.invalid/1",
        METRICS_TOKEN=secret * 2,
        SECRET_KEY=secret * 4,
        SITE_URL="http://127.0.0.1:1",
    )
    assert "problem  database      The database of DATABASE_URL does not answer" in done.stdout
    assert "problem  mail" in done.stdout
    assert secret not in done.stdout
    assert (done.returncode, done.stderr) == (1, "")
