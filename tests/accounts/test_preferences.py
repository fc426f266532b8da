from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.time_zones import time_zones
from tests.accounts.pages import Page

PATH = "/accounts/preferences/"


def tells_the_time_of(client: Client, zone: str) -> bool:
    before = datetime.now(ZoneInfo(zone)).hour
    page = Page(client.get(PATH))
    shown_hour = int(page.text.split("Your local time is ")[1].split(", ")[1][:2])
    return shown_hour in {before, datetime.now(ZoneInfo(zone)).hour}


def test_preferences_are_saved(client: Client, learner: User) -> None:
    client.force_login(learner)
    data = {"time_zone": "Asia/Tokyo", "marks_reading_on_open": "on"}
    response = client.post(PATH, data)
    assert response.headers["Location"] == PATH
    learner.refresh_from_db()
    assert learner.time_zone == "Asia/Tokyo"
    assert (learner.shows_streak, learner.marks_reading_on_open) == (False, True)
    page = Page(client.get(PATH))
    assert "Your preferences were saved." in page.text
    assert '<option value="Asia/Tokyo" selected>Tokyo</option>' in page.html
    assert "checked" in page.field("marks_reading_on_open")
    assert "checked" not in page.field("shows_streak")


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../../etc/passwd", "Etc/GMT+1", "a\0b"])
def test_an_invalid_time_zone_changes_nothing(client: Client, learner: User, zone: str) -> None:
    client.force_login(learner)
    response = client.post(PATH, {"time_zone": zone, "marks_reading_on_open": "on"})
    assert response.status_code == 200
    assert Page(response).field("time_zone")["aria-invalid"] == "true"
    learner.refresh_from_db()
    assert (learner.time_zone, learner.marks_reading_on_open) == ("", False)


def test_every_time_zone_can_be_chosen_and_the_browsers_is_the_first(
    client: Client, learner: User
) -> None:
    client.force_login(learner)
    page = Page(client.get(PATH))
    options = [attributes["value"] for tag, attributes in page.elements if tag == "option"]
    assert options[0] == ""
    assert sorted(options[1:]) == sorted(time_zones())
    groups = [attributes["label"] for tag, attributes in page.elements if tag == "optgroup"]
    assert len(groups) == len(set(groups))
    assert {"Africa", "Europe"} <= set(groups)


def test_dates_follow_the_setting_then_the_browser(client: Client, learner: User) -> None:
    client.force_login(learner)
    assert tells_the_time_of(client, "UTC")
    client.cookies["time_zone"] = "Asia/Tokyo"
    assert tells_the_time_of(client, "Asia/Tokyo")
    learner.time_zone = "Asia/Karachi"
    learner.save()
    assert tells_the_time_of(client, "Asia/Karachi")


@pytest.mark.parametrize(
    "zone", ["nonsense", "../../../etc/passwd", "/etc/passwd", "Europe/", "é" * 999]
)
def test_an_invalid_cookie_falls_back_to_the_sites_time_zone(
    client: Client, learner: User, zone: str
) -> None:
    client.force_login(learner)
    client.cookies["time_zone"] = zone
    assert tells_the_time_of(client, "UTC")


def test_the_time_zone_of_a_user_must_exist(learner: User) -> None:
    assert learner.zone is None
    learner.time_zone = "Asia/Tokyo"
    assert learner.zone == ZoneInfo("Asia/Tokyo")


def test_an_obsolete_time_zone_falls_back_to_the_browsers(client: Client, learner: User) -> None:
    User.objects.update(time_zone="Mars/Olympus")
    client.force_login(learner)
    assert tells_the_time_of(client, "UTC")
    client.cookies["time_zone"] = "Asia/Tokyo"
    assert tells_the_time_of(client, "Asia/Tokyo")


@pytest.mark.django_db
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_colour_scheme_is_remembered(client: Client, theme: str) -> None:
    response = client.post("/theme/", {"theme": theme, "next": "/articles/?q=cache"})
    assert response.headers["Location"] == "/articles/?q=cache"
    cookie = response.cookies["theme"]
    assert (cookie.value, cookie["samesite"], cookie["max-age"]) == (theme, "Lax", 31536000)
    assert f'<html lang="en" data-theme="{theme}">' in Page(client.get("/")).html
    client.post("/theme/", {"theme": "system"})
    assert '<html lang="en">' in Page(client.get("/")).html


@pytest.mark.django_db
def test_an_invalid_theme_is_discarded(client: Client) -> None:
    client.cookies["theme"] = '"><script>'
    assert '<html lang="en">' in Page(client.get("/")).html
    assert client.post("/theme/", {"theme": "pink"}).cookies["theme"].value == ""
    assert client.get("/theme/").status_code == 405


def test_forms_refuse_an_unknown_time_zone(learner: User) -> None:
    learner.time_zone = "Mars/Olympus"
    with pytest.raises(ValidationError, match=r"“Mars/Olympus” is not a time zone\."):
        learner.full_clean()


def test_the_limits_of_recall_are_saved(client: Client, learner: User) -> None:
    client.force_login(learner)
    data = {"daily_review_limit": "60", "daily_new_card_limit": "0", "retention": "85"}
    client.post(PATH, data)
    learner.refresh_from_db()
    assert (learner.daily_review_limit, learner.daily_new_card_limit) == (60, 0)
    assert learner.retention == 85


@pytest.mark.parametrize(
    ("name", "value", "limits"),
    [
        ("daily_review_limit", "0", "1 to 500"),
        ("daily_review_limit", "501", "1 to 500"),
        ("daily_new_card_limit", "-1", "0 to 100"),
        ("daily_new_card_limit", "", "0 to 100"),
        ("retention", "96", "80 to 95"),
        ("retention", "90.5", "80 to 95"),
        ("retention", "much", "80 to 95"),
    ],
)
def test_a_wrong_limit_is_explained_and_changes_nothing(
    client: Client, learner: User, name: str, value: str, limits: str
) -> None:
    client.force_login(learner)
    page = Page(client.post(PATH, {"time_zone": "Asia/Tokyo", name: value}))
    assert f"Enter a whole number from {limits}. No preference was changed." in page.text
    assert page.field(name).get("value", "") == value
    learner.refresh_from_db()
    assert (learner.time_zone, learner.daily_review_limit) == ("", 40)
    assert (learner.daily_new_card_limit, learner.retention) == (10, 90)


@contextmanager
def after_the_account_is_read(happen: Callable[[], object]) -> Iterator[None]:
    """Let something happen once after the first statement that reads the account."""
    left = [happen]

    def execute_and_happen(execute: Callable[..., Any], sql: str, *arguments: Any) -> Any:
        result = execute(sql, *arguments)
        if left and 'FROM "accounts_user"' in sql:
            left.pop()()
        return result

    with connection.execute_wrapper(execute_and_happen):
        yield


def test_saving_preferences_does_not_take_back_what_was_written_meanwhile(
    client: Client, learner: User
) -> None:
    client.force_login(learner)
    now = timezone.now()
    meanwhile = {
        "progress_version": 7,
        "recall_aims_at": now.date(),
        "visit_began_at": now,
        "previous_visit_at": now,
        "password": "changed",
        "is_active": False,
    }
    rows = User.objects.filter(pk=learner.pk)
    with after_the_account_is_read(lambda: rows.update(**meanwhile)):
        client.post(PATH, {"time_zone": "Asia/Tokyo"})
    assert rows.values(*meanwhile).get() == meanwhile
    assert rows.get().time_zone == "Asia/Tokyo"


def test_saving_preferences_does_not_bring_back_an_account_deleted_meanwhile(
    client: Client, learner: User
) -> None:
    client.force_login(learner)
    rows = User.objects.filter(pk=learner.pk)
    with after_the_account_is_read(rows.delete):
        response = client.post(PATH, {"time_zone": "Asia/Tokyo"}, follow=True)
    assert not rows.exists()
    assert response.redirect_chain[-1][0].startswith("/accounts/login/")
    assert "Your preferences were saved." not in response.content.decode()
