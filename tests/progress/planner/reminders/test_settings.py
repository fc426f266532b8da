"""The settings of a reminder, and the address in the mail that stops it."""

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from progress.export import progress_of
from progress.planner.models import Reminder
from progress.planner.reminders.sending import send_reminders
from progress.planner.reminders.unsubscribing import address_of
from tests.progress.planner.conftest import NOON
from tests.progress.planner.reminders.conftest import EVERY_DAY, confirm

PAGE = "/me/reminders/"
FORM = {"weekdays": ["0", "4"], "hour": "7"}


@pytest.fixture
def address(reminder: Reminder) -> str:
    return address_of(reminder).removeprefix("http://testserver")


def test_days_and_hour_are_stored_with_the_browsers_zone(
    reader: Client, learner: User, has_mail: None
) -> None:
    reader.cookies["time_zone"] = "Asia/Tokyo"
    for _ in range(2):
        assert reader.post(PAGE, FORM).headers["Location"] == PAGE
    values = Reminder.objects.values("user", "weekdays", "hour", "browser_zone").get()
    assert values == {
        "user": learner.pk,
        "weekdays": [0, 4],
        "hour": 7,
        "browser_zone": "Asia/Tokyo",
    }
    page = reader.get(PAGE).content.decode()
    assert page.count(" checked") == 2
    assert '<option value="7" selected>07:00</option>' in page
    reader.post(PAGE, {"hour": "7"})
    assert Reminder.objects.get().weekdays == []


@pytest.mark.parametrize("changed", [{"weekdays": ["7"]}, {"hour": "3"}, {"hour": ""}])
def test_wrong_settings_are_refused_and_change_nothing(
    reader: Client, reminder: Reminder, changed: dict[str, object]
) -> None:
    assert reader.post(PAGE, FORM | changed).status_code == 422
    assert reader.post(PAGE, {**FORM, "reader": "0"}).status_code == 409
    reminder.refresh_from_db()
    assert (reminder.weekdays, reminder.hour) == (EVERY_DAY, 12)


def test_the_page_says_why_nothing_is_sent(
    reader: Client, learner: User, settings: Settings
) -> None:
    settings.HAS_EMAIL = False
    assert "This site sends no mail" in reader.get(PAGE).content.decode()
    assert PAGE not in reader.get("/today/").content.decode()
    settings.HAS_EMAIL = True
    assert "your e-mail address is not confirmed" in reader.get(PAGE).content.decode()
    assert PAGE in reader.get("/today/").content.decode()
    confirm(learner)
    assert "Mails go to learner@example.org." in reader.get(PAGE).content.decode()
    assert Client().get(PAGE).status_code == 302


def test_a_mail_program_stops_the_reminders_without_a_session(
    reader: Client, plan: object, reminder: Reminder, address: str
) -> None:
    stranger = Client(enforce_csrf_checks=True)
    for _ in range(2):
        response = stranger.post(address, {"List-Unsubscribe": "One-Click"})
        assert (response.status_code, dict(response.cookies)) == (200, {})
        assert "No more reminders are sent" in response.content.decode()
    assert send_reminders(NOON) == 0
    reminder.refresh_from_db()
    assert (reminder.weekdays, reminder.settled_on) == ([], None)


def test_a_look_at_the_address_stops_nothing_and_shows_one_button(
    reminder: Reminder, address: str
) -> None:
    response = Client().get(address)
    page = response.content.decode()
    assert f'<form method="post" action="{address}"><button class="button">' in page
    assert page.count("Send no more reminders") == 1
    assert response["Cache-Control"] == "private, no-store"
    assert response["Referrer-Policy"] == "same-origin"
    assert Client().head(address).status_code == 200
    reminder.refresh_from_db()
    assert reminder.weekdays == EVERY_DAY


def test_an_address_stops_only_its_own_reminders(
    reminder: Reminder, address: str, other: User
) -> None:
    theirs = Reminder.objects.create(user=other, weekdays=[1])
    for changed in (address.replace(reminder.uuid.hex, theirs.uuid.hex), address[:-2] + "/"):
        assert Client().post(changed).status_code == 404
    Client().post(address)
    assert dict(Reminder.objects.values_list("user", "weekdays")) == {
        reminder.user_id: [],
        other.pk: [1],
    }


def test_the_address_answers_after_the_account_is_deleted(
    learner: User, reminder: Reminder, address: str
) -> None:
    learner.delete()
    assert not Reminder.objects.exists()
    assert Client().post(address).status_code == 200


def test_reminders_are_exported(learner: User, reminder: Reminder, other: User) -> None:
    Reminder.objects.create(user=other)
    assert progress_of(learner)["reminders"] == [
        {
            "uuid": reminder.uuid,
            "weekdays": EVERY_DAY,
            "hour": 12,
            "browser_zone": "UTC",
            "updated_at": reminder.updated_at,
        }
    ]
