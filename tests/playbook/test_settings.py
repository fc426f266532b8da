"""A variable that is missing or malformed stops the start and is named; https makes it secure."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from playbook.starting.env_file import misspelt_variable, unknown_variables
from tests.playbook.configured import configured
from tests.playbook.program import KEY, manage, run

WHERE = "Set it in the environment or in .env; .env.example explains it.\n"
SECURITY = (
    "SESSION_COOKIE_SECURE",
    "CSRF_COOKIE_SECURE",
    "SECURE_SSL_REDIRECT",
    "SECURE_HSTS_SECONDS",
    "TRUSTED_PROXY_COUNT",
    "SITE_URL",
)


def values(*names: str, **variables: str) -> list[object]:
    settings = configured(**variables)
    return list(json.loads(json.dumps([settings.get(name) for name in names])))


def test_the_site_does_not_start_without_a_secret_key() -> None:
    done = run("manage.py", "check")
    assert done.stderr == (
        f"SECRET_KEY is missing: it should be at least 50 random characters. {WHERE}"
    )
    assert (done.returncode, done.stdout) == (1, "")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", ""),
        ("SECRET_KEY", "short"),
        ("DEBUG", "perhaps"),
        ("SITE_URL", "study.example.org"),
        ("SITE_URL", "https://study.example.org/playbook"),
        ("SITE_URL", "ftp://study.example.org"),
        ("SITE_URL", "http://[::1"),
        ("SITE_URL", "http://study.example.org:99999"),
        ("SITE_URL", "http://study.example.org:0"),
        ("SITE_URL", "http://study.example.org:http"),
        ("ALLOWED_HOSTS", "study.example.org,https://example.org"),
        ("CSRF_TRUSTED_ORIGINS", "study.example.org"),
        ("CSRF_TRUSTED_ORIGINS", "https://study.example.org,https://[::1"),
        ("TRUSTED_PROXY_COUNT", "-1"),
        ("TRUSTED_PROXY_COUNT", "some"),
        ("TIME_ZONE", "Mars/Base"),
        ("HOST", "localhost:80"),
        ("PORT", "0"),
        ("PORT", "65536"),
        ("PORT", "http"),
        ("WEB_WORKERS", "0"),
        ("DATABASE_URL", "mysql://localhost/playbook"),
        ("DATABASE_URL", "playbook.sqlite3"),
        ("DATABASE_REPLICA_URL", "sqlite:///copy.sqlite3"),
        ("DATABASE_REPLICA_URL", "postgres://me@copy.example.org/study"),
        ("DATABASE_POOLER", "transaction"),
        ("REDIS_URL", "127.0.0.1:6379"),
        ("EMAIL_URL", "mail.example.org"),
    ],
)
def test_a_malformed_variable_is_named(name: str, value: str) -> None:
    with pytest.raises(ImproperlyConfigured) as refused:
        configured(**{name: value})
    line = f"{refused.value}\n"
    assert line.startswith(f"{name} cannot be used: it should be ")
    assert line.endswith(WHERE)
    assert line.count("\n") == 1


def test_a_malformed_variable_stops_the_start_in_one_line() -> None:
    done = manage("check", PORT="http")
    assert done.stderr == (
        "PORT cannot be used: "
        f"it should be the port to listen on, a number from 1 to 65535. {WHERE}"
    )
    assert (done.returncode, done.stdout) == (1, "")


def test_variables_come_from_the_env_file_and_the_environment_wins(tmp_path: Path) -> None:
    written = tmp_path / "env"
    written.write_text(f"SECRET_KEY={KEY}\nTIME_ZONE=Europe/Berlin\nPORT=9000\n")
    assert values("TIME_ZONE", "PORT", "SITE_URL", ENV_FILE=str(written), PORT="9100") == [
        "Europe/Berlin",
        9100,
        "http://127.0.0.1:9100",
    ]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("SITE_ULR", "SITE_URL"),
        ("SITEURL", "SITE_URL"),
        ("site_url", "SITE_URL"),
        ("SECRET_KYE", "SECRET_KEY"),
        ("DATABASE_URI", "DATABASE_URL"),
        ("HOTS", "HOST"),
    ],
)
def test_a_misspelt_variable_of_the_env_file_is_named(
    tmp_path: Path, written: str, meant: str
) -> None:
    file = tmp_path / "env"
    file.write_text(f"LOG_FORMAT=line\nPOSTGRES_DB=playbook\n{written}=https://example.org\n")
    assert misspelt_variable(file) == (
        f"{file} sets {written}, which does not exist: did you mean {meant}? "
        ".env.example explains every variable."
    )


def test_a_misspelt_variable_stops_the_start(tmp_path: Path) -> None:
    file = tmp_path / "env"
    file.write_text("SECRET_KYE=a-long-key\n")
    done = run("manage.py", "check", ENV_FILE=str(file))
    assert done.stderr.startswith(f"{file} sets SECRET_KYE, which does not exist: did you mean ")
    assert (done.returncode, done.stdout) == (1, "")


def test_variables_of_other_programs_may_be_in_the_env_file(tmp_path: Path) -> None:
    file = tmp_path / "env"
    file.write_text(f"SECRET_KEY={KEY}\nPOSTGRES_PASSWORD=secret\nHTTPS_PROXY=http://proxy:3128\n")
    assert misspelt_variable(file) == ""
    # What is in the environment is not the site's alone.
    assert manage("check", ENV_FILE=str(file), SITE_ULR="https://example.org").returncode == 0
    assert unknown_variables(file) == ["POSTGRES_PASSWORD", "HTTPS_PROXY"]


def test_signing_in_works_over_plain_http() -> None:
    assert values(*SECURITY) == [False, False, False, 0, 0, "http://127.0.0.1:8000"]


def test_an_https_site_uses_https_only() -> None:
    site = "https://study.example.org"
    assert values(*SECURITY, SITE_URL=f"{site}/") == [True, True, True, 31536000, 1, site]
    assert values("SECURE_PROXY_SSL_HEADER", "SECURE_SSL_REDIRECT", SITE_URL=site) == [
        ["HTTP_X_FORWARDED_PROTO", "https"],
        True,
    ]
    assert values("SECURE_PROXY_SSL_HEADER") == [None]
    cookies = ("SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME")
    assert values(*cookies, SITE_URL=site) == ["__Host-sessionid", "__Host-csrftoken"]
    assert values(*cookies) == [None, None]


@pytest.mark.parametrize(
    ("site", "host"),
    [
        ("http://[::1]:8000", "[::1]"),
        ("https://Study.example.org", "study.example.org"),
        ("http://127.0.0.1:9000", "127.0.0.1"),
    ],
)
def test_the_host_of_the_site_is_allowed_as_browsers_send_it(site: str, host: str) -> None:
    (hosts,) = values("ALLOWED_HOSTS", SITE_URL=site)
    assert isinstance(hosts, list)
    assert hosts[0] == host


def test_error_details_are_shown_only_in_debug_mode() -> None:
    assert values("DEBUG") == [False]
    assert values("DEBUG", DEBUG="true") == [True]


def databases(**variables: str) -> dict[str, dict[str, Any]]:
    (settings,) = values("DATABASES", **variables)
    assert isinstance(settings, dict)
    return settings


def test_postgresql_reuses_checked_connections_and_sqlite_waits_for_locks() -> None:
    default = databases(DATABASE_URL="postgres://me:word@db.example.org:5433/study")["default"]
    assert (default["HOST"], default["PORT"], default["NAME"]) == ("db.example.org", 5433, "study")
    assert (default["CONN_MAX_AGE"], default["CONN_HEALTH_CHECKS"]) == (None, True)
    assert default["OPTIONS"]["connect_timeout"] == 3

    default = databases(DATABASE_URL="sqlite:////srv/study.sqlite3")["default"]
    assert default["NAME"] == "/srv/study.sqlite3"
    assert default["OPTIONS"] == {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }


def test_options_in_a_database_url_win() -> None:
    url = "postgres://me@db.example.org/study?sslmode=require&connect_timeout=9"
    options = databases(DATABASE_URL=url)["default"]["OPTIONS"]
    assert (options["sslmode"], options["connect_timeout"]) == ("require", 9)


@pytest.mark.parametrize(("pooler", "without_cursors"), [("true", True), ("false", False)])
def test_server_side_cursors_are_off_behind_a_pooler(pooler: str, without_cursors: bool) -> None:
    url = "postgres://me@db.example.org/study"
    default = databases(DATABASE_URL=url, DATABASE_POOLER=pooler)["default"]
    assert default["DISABLE_SERVER_SIDE_CURSORS"] is without_cursors


def test_no_replica_is_configured_by_default() -> None:
    assert values("HAS_REPLICA", "DATABASE_ROUTERS") == [False, None]
    assert list(databases()) == ["default"]


def test_a_replica_is_a_second_database_of_the_same_kind() -> None:
    primary = "postgres://me@db.example.org/study"
    configured = databases(
        DATABASE_URL=primary, DATABASE_REPLICA_URL="postgres://me@copy.example.org/study"
    )
    assert configured["replica"] == {**configured["default"], "HOST": "copy.example.org"}


def test_attempts_are_counted_in_redis_if_it_is_configured() -> None:
    def kinds(**variables: str) -> dict[str, str]:
        (caches,) = values("CACHES", **variables)
        assert isinstance(caches, dict)
        return {name: cache["BACKEND"].rpartition(".")[2] for name, cache in caches.items()}

    assert kinds()["default"] == "Database"
    with_redis = kinds(REDIS_URL="redis://127.0.0.1:6379/0")
    assert (with_redis["default"], with_redis["database"]) == ("RedisOrDatabase", "Database")
