"""The calendar and the reminders in a browser, by keyboard and without JavaScript."""

from datetime import timedelta
from urllib.parse import urlsplit

import icalendar
import pytest
from django.utils.timezone import localdate
from playwright.sync_api import Page, expect
from pytest_django import Settings

from accounts.models import User
from progress.planner.models import Plan, Reminder
from progress.planner.reminders.unsubscribing import address_of
from tests.e2e.conftest import leads_to_page, sign_in


@pytest.fixture
def learner(plain_page: Page, account: User) -> Page:
    """Return a page without JavaScript, of a learner with a plan."""
    Plan.objects.create(user=account, begins_on=localdate() + timedelta(days=1), minutes=[40] * 7)
    sign_in(plain_page, account.username)
    return plain_page


def test_a_plan_is_subscribed_to_and_the_address_is_closed(learner: Page) -> None:
    learner.goto("/today/")
    learner.get_by_role("link", name="Calendar", exact=True).press("Enter")
    learner.get_by_label("I study at").fill("19:30")
    learner.get_by_role("button", name="Save the time").press("Enter")
    expect(learner.get_by_text("Your calendar was saved.")).to_be_visible()
    learner.get_by_role("button", name="Make an address").press("Enter")
    address = urlsplit(learner.get_by_label("Address", exact=True).input_value()).path
    calendar = icalendar.Calendar.from_ical(learner.request.get(address).body())
    assert {f"{event.start:%H:%M}" for event in calendar.events} == {"19:30"}
    learner.goto("/me/calendar/")
    expect(learner.get_by_label("Address", exact=True)).to_have_count(0)
    learner.get_by_role("button", name="Close the address").press("Enter")
    expect(learner.get_by_text("The address is closed.")).to_be_visible()
    assert learner.request.get(address).status == 404


def test_days_are_chosen_and_stopped_from_the_mail(
    learner: Page, account: User, settings: Settings
) -> None:
    settings.HAS_EMAIL = True
    learner.goto("/today/")
    learner.get_by_role("link", name="Reminders").press("Enter")
    learner.get_by_label("Monday").check()
    learner.get_by_label("At", exact=True).select_option("07:00")
    with leads_to_page(learner):
        learner.get_by_role("button", name="Save the reminders").press("Enter")
    expect(learner.get_by_label("Monday")).to_be_checked()
    reminder = Reminder.objects.get(user=account)
    assert (reminder.weekdays, reminder.hour) == ([0], 7)
    learner.context.clear_cookies()
    learner.goto(urlsplit(address_of(reminder)).path)
    learner.get_by_role("button", name="Send no more reminders").press("Enter")
    expect(learner.get_by_role("heading", name="No more reminders are sent")).to_be_visible()
    reminder.refresh_from_db()
    assert reminder.weekdays == []
