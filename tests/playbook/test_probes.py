"""The probes of a load balancer, and the needs they check."""

from pathlib import Path

import pytest
from django.core.cache import caches
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from tests.playbook.program import KEY, run

PROBES = ["/healthz", "/readyz"]


@pytest.mark.django_db
@pytest.mark.parametrize("path", PROBES)
def test_a_ready_site_passes_both_probes(client: Client, path: str) -> None:
    response = client.get(path)
    assert (response.status_code, response.content) == (200, b"ok\n")
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert "no-store" in response["Cache-Control"]
    assert not response.cookies
    assert client.head(path).status_code == 200
    assert client.post(path).status_code == 405


@pytest.mark.django_db
def test_the_liveness_probe_answers_without_a_database(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        assert client.get("/healthz").status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("path", [*PROBES, "/metrics/prometheus"])
def test_probes_are_answered_by_ip_address_and_over_http(settings: Settings, path: str) -> None:
    settings.SECURE_SSL_REDIRECT = True
    settings.METRICS_TOKEN = "a-token-of-twenty-letters"
    client = Client(headers={"host": "10.1.2.3:8000", "cookie": "sessionid=" + "a" * 32})
    headers = {"Authorization": f"Bearer {settings.METRICS_TOKEN}"}
    response = client.get(path, headers=headers)
    assert response.status_code == 200
    assert not response.cookies
    assert client.get("/").status_code == 400


@pytest.mark.django_db
def test_an_unapplied_migration_is_named(client: Client) -> None:
    applied = MigrationRecorder.Migration.objects.filter(app="progress")
    applied.filter(pk=applied.latest("pk").pk).delete()
    response = client.get("/readyz")
    assert (response.status_code, response.content) == (503, b"not ready: migrations\n")
    assert "no-store" in response["Cache-Control"]
    assert client.get("/healthz").status_code == 200


@pytest.mark.django_db
def test_older_code_is_ready_with_a_newer_database(client: Client) -> None:
    MigrationRecorder.Migration.objects.create(app="progress", name="0999_from_the_future")
    assert client.get("/readyz").status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize(
    "cache",
    [
        {"BACKEND": "django.core.cache.backends.dummy.DummyCache"},
        {
            "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
            "LOCATION": f"{__file__}/no-folder",
        },
    ],
)
def test_a_cache_that_stores_nothing_is_named(
    client: Client, settings: Settings, cache: dict[str, str]
) -> None:
    settings.CACHES = {"default": cache}
    response = client.get("/readyz")
    assert (response.status_code, response.content) == (503, b"not ready: cache\n")


@pytest.mark.django_db
def test_the_probe_leaves_nothing_in_the_cache(
    client: Client, settings: Settings, tmp_path: Path
) -> None:
    backend = "django.core.cache.backends.filebased.FileBasedCache"
    settings.CACHES = {"default": {"BACKEND": backend, "LOCATION": str(tmp_path)}}
    assert client.get("/readyz").status_code == 200
    assert list(tmp_path.iterdir()) == []
    caches["default"].close()


@pytest.mark.parametrize(
    "url", ["sqlite:////nowhere/at/all.sqlite3", "postgres://me:a-password@127.0.0.1:1/study"]
)
def test_an_unreachable_database_is_named_without_details(url: str) -> None:
    """Within the five seconds that a probe may wait, and the second of a slow machine."""
    program = (
        "import django, time; django.setup(); from django.test import Client; began = time.time(); "
        "answers = [Client().get(path) for path in ('/readyz', '/healthz')]; "
        "print(*((answer.status_code, answer.content) for answer in answers)); "
        "print(time.time() - began < 10)"
    )
    done = run(
        "-c",
        program,
        SECRET_KEY=KEY,
        DATABASE_URL=url,
        DJANGO_SETTINGS_MODULE="playbook.settings",
        LOG_FORMAT="json",
    )
    assert done.stdout == "(503, b'not ready: database\\n') (200, b'ok\\n')\nTrue\n"
    assert "Not ready because of the database: OperationalError: " in done.stderr
    assert "a-password" not in done.stderr
