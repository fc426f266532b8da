"""The secret address of a calendar, and who reads what through it."""

import logging
import re
from datetime import time
from hashlib import sha256

import pytest
from django.db import connection
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from catalog.models import Article
from playbook.observing.logs import JsonFormatter, LineFormatter
from progress.export import progress_of
from progress.learner import LearnerProgress
from progress.planner.calendar.feeds import make_secret
from progress.planner.models import CalendarFeed, DayList, OwnItem, Plan
from progress.states import StateName
from tests.progress.planner.conftest import MONDAY

ADD, REVOKE = "/me/calendar/address/", "/me/calendar/address/revoke/"


def address_in(page: str) -> str:
    """Return the path of the address that a page shows, which is in no link and no other form."""
    pattern = r'value="http://testserver(/calendar/[^"]+\.ics)"'
    (address,) = (match[1] for match in re.finditer(pattern, page))
    assert page.count(address) == 1
    return address


@pytest.fixture
def address(reader: Client, plan: Plan) -> str:
    return address_in(reader.post(ADD).content.decode())


def test_the_secret_is_shown_once_and_stored_as_a_hash(reader: Client, address: str) -> None:
    secret = address.removeprefix("/calendar/").removesuffix(".ics")
    assert len(secret) * 6 >= 160
    assert CalendarFeed.objects.get().secret_hash == sha256(secret.encode()).hexdigest()
    assert secret not in reader.get("/me/calendar/").content.decode()
    assert reader.get(ADD).headers["Location"] == "/me/calendar/", "a page loaded again"
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            assert secret not in str(cursor.fetchall())


def test_a_calendar_program_needs_neither_session_nor_cookie(address: str) -> None:
    stranger = Client()
    response = stranger.get(address)
    assert (response.status_code, response["Content-Type"]) == (
        200,
        "text/calendar; charset=utf-8",
    )
    assert response["Cache-Control"] == "private, no-cache"
    assert response["X-Robots-Tag"] == "noindex"
    assert not response.cookies
    assert stranger.head(address).status_code == 200
    assert stranger.post(address).status_code == 405


def test_an_unchanged_calendar_is_not_sent_again(address: str, plan: Plan) -> None:
    stranger = Client()
    etag = stranger.get(address)["ETag"]
    again = stranger.get(address, headers={"If-None-Match": etag})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", etag)
    assert again["Cache-Control"] == "private, no-cache"
    plan.minutes = [20] * 7
    plan.save()
    changed = stranger.get(address, headers={"If-None-Match": etag})
    assert changed.status_code == 200
    assert b"Study: 20 min" in changed.content


def test_a_revoked_address_is_missing(reader: Client, address: str) -> None:
    for _ in range(2):
        assert reader.post(REVOKE).headers["Location"] == "/me/calendar/"
    assert Client().get(address).status_code == 404
    assert CalendarFeed.objects.values("secret_hash", "secret_made_at").get() == {
        "secret_hash": None,
        "secret_made_at": None,
    }
    assert "There is no address yet." in reader.get("/me/calendar/").content.decode()


def test_a_new_address_replaces_the_old_one(reader: Client, address: str) -> None:
    new = address_in(reader.post(ADD).content.decode())
    assert new != address
    assert Client().get(address).status_code == 404
    assert Client().get(new).status_code == 200
    assert CalendarFeed.objects.count() == 1


@pytest.mark.parametrize("secret", ["None", "null", "x" * 5000, "%00", "é", "a'b"])
def test_an_unknown_address_is_missing(reader: Client, plan: Plan, secret: str) -> None:
    CalendarFeed.objects.create(user=plan.user)
    assert Client().get(f"/calendar/{secret}.ics").status_code == 404


def test_an_account_that_is_closed_has_no_calendar(address: str, learner: User) -> None:
    User.objects.filter(pk=learner.pk).update(is_active=False)
    assert Client().get(address).status_code == 404
    learner.delete()
    assert Client().get(address).status_code == 404
    assert not CalendarFeed.objects.exists()


def test_it_shows_its_learners_plan_whoever_is_signed_in(
    reader: Client, address: str, learner: User, other: User
) -> None:
    theirs = Plan.objects.create(user=other, begins_on=MONDAY, minutes=[10] * 7)
    client = Client()
    client.force_login(other)
    content = client.get(address).content.decode()
    assert content == Client().get(address).content.decode()
    assert str(theirs.uuid) not in content
    secret = make_secret(other)
    assert str(theirs.uuid) in Client().get(f"/calendar/{secret}.ics").content.decode()
    assert reader.get(address).content.decode() == content


def test_the_secret_is_in_no_log_line(
    address: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = address.removeprefix("/calendar/").removesuffix(".ics")

    def fail(feed: CalendarFeed) -> bytes:
        raise RuntimeError("broken")

    caplog.set_level(logging.DEBUG)
    monkeypatch.setattr("progress.planner.calendar.views.ics_of", fail)
    stranger = Client(raise_request_exception=False)
    assert stranger.get(address).status_code == 500
    assert stranger.post(address).status_code == 405
    CalendarFeed.objects.update(secret_hash=None)
    assert stranger.get(address).status_code == 404
    for mistyped in (f"{address}/", address.removesuffix(".ics"), f"/x{address}"):
        assert stranger.get(mistyped).status_code == 404
    # Before any view is chosen.
    assert stranger.get(address, headers={"host": "evil.example"}).status_code == 400
    lines = [
        form.format(record)
        for record in caplog.records
        if record.name != "django.db.backends"
        for form in (LineFormatter("%(name)s: %(message)s"), JsonFormatter("%(message)s"))
    ]
    assert "django.request: Not Found: /calendar/….ics" in lines
    assert "django.request: Not Found: /calendar/…/" in lines
    assert "RuntimeError" in "".join(lines)
    assert secret not in "".join(lines)


def test_a_feed_takes_a_constant_number_of_queries(
    address: str, learner: User, plan: Plan, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    Client().get(address)
    with django_assert_num_queries(12):
        Client().get(address)
    for number in range(5):
        OwnItem.objects.create(user=learner, title=f"Item {number}", minutes=5)
        day = MONDAY.replace(day=1 + number % 3)
        DayList.objects.get_or_create(plan=plan, day=day, defaults={"minutes": 0})
    for article in Article.objects.all()[:10]:
        LearnerProgress(learner).set(article, StateName.DONE)
    Client().get(address)  # stores that the events changed
    with django_assert_num_queries(12):
        Client().get(address)


def test_the_plan_is_downloaded_with_a_name(reader: Client, plan: Plan) -> None:
    response = reader.get("/me/plan/calendar.ics")
    assert response["Content-Disposition"] == 'attachment; filename="study-plan.ics"'
    assert response["Cache-Control"] == "private, no-store"
    assert response.content.count(b"BEGIN:VEVENT") > 10
    assert Client().get("/me/plan/calendar.ics").status_code == 302
    assert reader.post(f"/me/plans/{plan.uuid}/archive/").status_code == 302
    assert reader.get("/me/plan/calendar.ics").status_code == 404


def test_a_time_is_stored_and_a_wrong_one_is_refused_in_words(reader: Client, plan: Plan) -> None:
    for _ in range(2):
        assert reader.post("/me/calendar/", {"starts_at": "19:30"}).status_code == 302
    assert CalendarFeed.objects.get().starts_at == time(19, 30)
    assert 'value="19:30"' in reader.get("/me/calendar/").content.decode()
    wrong = reader.post("/me/calendar/", {"starts_at": "late"})
    assert wrong.status_code == 422
    assert "Write the time as hours and minutes: 19:30." in wrong.content.decode()
    assert CalendarFeed.objects.get().starts_at == time(19, 30)
    reader.post("/me/calendar/", {"starts_at": ""})
    assert CalendarFeed.objects.get().starts_at is None


@pytest.mark.parametrize("path", ["/me/calendar/", ADD, REVOKE])
def test_a_form_of_another_account_changes_nothing(reader: Client, path: str) -> None:
    assert reader.post(path, {"reader": "0"}).status_code == 409
    assert not CalendarFeed.objects.exists()


def test_the_calendar_is_exported_without_its_secret(
    reader: Client, learner: User, other: User, address: str
) -> None:
    make_secret(other)
    feed = CalendarFeed.objects.get(user=learner)
    (exported,) = progress_of(learner)["calendar"]
    assert exported == {
        "uuid": feed.uuid,
        "starts_at": None,
        "browser_zone": feed.browser_zone,
        "secret_made_at": feed.secret_made_at,
        "updated_at": feed.updated_at,
    }
