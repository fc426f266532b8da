import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from django.conf import LazySettings
from django.core.management import call_command
from django.db import OperationalError, connection
from django.test import Client

from progress.project_metrics import visitors
from progress.project_metrics.models import DaySalt, VisitorDay, VisitorHash

pytestmark = pytest.mark.usefixtures("playbook")

BROWSER = {"user-agent": "A browser"}
ADDRESS = "203.0.113.77"


@pytest.fixture(autouse=True)
def nobody_waits() -> Iterator[None]:
    visitors._waiting.clear()
    yield
    visitors._waiting.clear()


def yesterday() -> date:
    return visitors.today() - timedelta(days=1)


def hand_over() -> None:
    """Wait until the running timers have finished."""
    for thread in threading.enumerate():
        if thread.name == "visitors":
            thread.join(30)
            assert not thread.is_alive()


def texts_of_database() -> str:
    """Return every value of every row as stored in the database."""
    values = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            values += [str(value) for row in cursor.fetchall() for value in row]
    return "\n".join(values)


def test_a_visitor_counts_once_a_day(client: Client) -> None:
    for path in ("/", "/articles/", "/"):
        client.get(path, headers=BROWSER)
    client.get("/", headers={"user-agent": "A BROWSER"})
    client.get("/", headers=BROWSER, REMOTE_ADDR="192.0.2.7")
    visitors.flush()
    client.get("/", headers=BROWSER)
    visitors.flush()
    assert VisitorHash.objects.count() == 2


@pytest.mark.parametrize(
    ("path", "user_agent"),
    [
        ("/", "Searchbot/1"),
        ("/", "Some CRAWLER"),
        ("/", ""),
        ("/healthz", "A probe"),
        ("/wp-login.php", "A browser"),
    ],
)
def test_robots_and_failed_requests_do_not_count(
    client: Client, path: str, user_agent: str
) -> None:
    client.get(path, headers={"user-agent": user_agent})
    visitors.flush()
    assert VisitorHash.objects.count() == 0


def test_the_client_address_is_the_one_written_by_the_proxy(
    client: Client, settings: LazySettings
) -> None:
    def seen(forwarded: str) -> int:
        client.get("/", headers={**BROWSER, "x-forwarded-for": forwarded})
        visitors.flush()
        return VisitorHash.objects.count()

    # Without a proxy, a client that sets the header is still counted as one person.
    assert [seen(ADDRESS), seen("192.0.2.8")] == [1, 1]
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    assert [seen(ADDRESS), seen(f"192.0.2.9, {ADDRESS}"), seen("192.0.2.9")] == [2, 2, 3]
    assert seen(f"{'192.0.2.9, ' * 500}192.0.2.11") == 4
    assert seen("nobody knows") == 4
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 2
    assert seen("192.0.2.10") == 4  # the request bypassed one of the two proxies


@pytest.mark.usefixtures("transactional_db")
def test_a_timer_stores_the_visitors(client: Client, settings: LazySettings) -> None:
    settings.VISITORS_FLUSHED_EVERY = 0.01
    client.get("/", headers=BROWSER, REMOTE_ADDR=ADDRESS)
    hand_over()
    assert (len(visitors._waiting), VisitorHash.objects.count()) == (0, 1)
    # A later visitor starts a new timer.
    client.get("/", headers=BROWSER, REMOTE_ADDR="192.0.2.7")
    hand_over()
    assert (len(visitors._waiting), VisitorHash.objects.count()) == (0, 2)


def test_one_timer_runs_at_a_time_and_ends_with_the_process(
    client: Client, settings: LazySettings
) -> None:
    settings.VISITORS_FLUSHED_EVERY = 3600
    for number in range(3):
        client.get("/", headers=BROWSER, REMOTE_ADDR=f"192.0.2.{number}")
    [timer] = [thread for thread in threading.enumerate() if thread.name == "visitors"]
    try:
        assert timer.daemon
        assert [thread.interval for thread in visitors._timers] == [3600]
        assert VisitorHash.objects.count() == 0
    finally:
        visitors._timers.pop().cancel()
        timer.join()


def test_a_past_day_keeps_only_its_number(client: Client) -> None:
    for number in range(3):
        client.get("/", headers=BROWSER, REMOTE_ADDR=f"192.0.2.{number}")
    visitors.flush()
    salt = DaySalt.objects.get().salt
    digests = list(VisitorHash.objects.values_list("digest", flat=True))
    DaySalt.objects.update(date=yesterday())
    client.get("/", headers=BROWSER)
    visitors.flush()
    assert [(day.date, day.count) for day in VisitorDay.objects.all()] == [(yesterday(), 3)]
    new = DaySalt.objects.get()
    assert new.date == visitors.today()
    assert list(VisitorHash.objects.values_list("day_id", flat=True)) == [new.pk]
    database = texts_of_database()
    assert new.salt in database
    assert [gone for gone in [salt, *digests] if gone in database] == []


def test_the_command_closes_past_days_without_later_visitors(client: Client) -> None:
    client.get("/", headers=BROWSER)
    visitors.flush()
    DaySalt.objects.update(date=yesterday())
    call_command("refresh_metrics")
    assert [(day.date, day.count) for day in VisitorDay.objects.all()] == [(yesterday(), 1)]
    assert (DaySalt.objects.count(), VisitorHash.objects.count()) == (0, 0)
    # A closed day does not change, even if the clock of a different machine is behind.
    DaySalt.objects.create(date=yesterday(), salt="00")
    call_command("refresh_metrics")
    assert [(day.date, day.count) for day in VisitorDay.objects.all()] == [(yesterday(), 1)]
    assert DaySalt.objects.count() == 0


def test_a_visit_of_yesterday_is_not_counted_today(client: Client) -> None:
    client.get("/", headers=BROWSER)
    [(day, peer, forwarded, user_agent)] = visitors._waiting
    assert day == datetime.now(UTC).timestamp() // visitors.DAY_SECONDS
    visitors._waiting.clear()
    visitors._waiting.add((day - 1, peer, forwarded, user_agent))
    visitors.flush()
    assert (DaySalt.objects.count(), VisitorHash.objects.count()) == (0, 0)


@pytest.mark.usefixtures("transactional_db")
def test_no_address_is_stored(
    client: Client, settings: LazySettings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.VISITORS_FLUSHED_EVERY = 0.01
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    agent = "A browser that tells much of itself"
    with caplog.at_level("DEBUG"):
        response = client.get(
            "/", headers={"user-agent": agent, "x-forwarded-for": ADDRESS}, REMOTE_ADDR="192.0.2.1"
        )
        hand_over()
    assert VisitorHash.objects.count() == 1
    assert not response.cookies
    assert visitors._waiting == set()
    database = texts_of_database().casefold()
    assert VisitorHash.objects.get().digest in database
    for place in (database, caplog.text.casefold(), repr(vars(visitors)).casefold()):
        assert [part for part in (ADDRESS, "192.0.2.1", agent.casefold()) if part in place] == []


def test_the_database_alone_does_not_identify_visitors(
    client: Client, settings: LazySettings
) -> None:
    client.get("/", headers=BROWSER, REMOTE_ADDR=ADDRESS)
    visitors.flush()
    salt, kept = DaySalt.objects.get().salt, VisitorHash.objects.get().digest
    person = f"{ADDRESS}\na browser"
    assert visitors.digest(salt, person) == kept
    assert visitors.digest("another day's", person) != kept
    settings.SECRET_KEY = "another site's"
    assert visitors.digest(salt, person) != kept


@pytest.mark.usefixtures("transactional_db")
def test_pages_work_while_the_database_is_unavailable(
    client: Client, settings: LazySettings
) -> None:
    def refuse(*args: object) -> None:
        raise OperationalError("away")

    assert client.get("/", headers=BROWSER).status_code == 200
    with connection.execute_wrapper(refuse):
        visitors.flush()
    assert (visitors._waiting, VisitorHash.objects.count()) == (set(), 0)
    settings.VISITORS_FLUSHED_EVERY = 0.01
    client.get("/", headers=BROWSER)
    hand_over()
    assert VisitorHash.objects.count() == 1


def test_memory_for_visitors_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visitors, "WAITING_AT_MOST", 2)
    for number in range(5):
        visitors.note(f"192.0.2.{number}", "1" * 9000, "A browser" * 9000)
    assert len(visitors._waiting) == 2
    assert sum(len(text) for _day, *texts in visitors._waiting for text in texts) < 1500
