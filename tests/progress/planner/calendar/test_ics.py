"""The calendar of a plan, read by the library that writes it and by an independent one."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

import icalendar
import pytest
from django.db import DatabaseError, connection
from django.test import Client
from django.utils import timezone
from ical.calendar_stream import IcsCalendarStream

from accounts.models import User
from catalog.merging import merge_articles
from catalog.models import Article
from progress.learner import LearnerProgress
from progress.planner import saving
from progress.planner.calendar.feeds import feed_of, save_starts_at
from progress.planner.calendar.ics import ics_of
from progress.planner.models import DayList, OwnItem, Plan
from progress.planner.planning import Planning
from progress.states import StateName
from tests.progress.planner.conftest import MONDAY, NOON, SetDay

pytestmark = pytest.mark.same_everywhere

Events: TypeAlias = list[tuple[str, Any, timedelta]]
SetClock: TypeAlias = Callable[[datetime], None]


def calendar_of(user: User) -> bytes:
    return ics_of(feed_of(User.objects.get(pk=user.pk)))


def by_icalendar(content: bytes) -> Events:
    """Return the UID, the start and the length of each event, in local time."""
    events = icalendar.Calendar.from_ical(content).events
    return [(str(each["UID"]), each.start, each.duration) for each in events]


def by_ical(content: bytes) -> Events:
    (calendar,) = IcsCalendarStream.from_ics(content.decode()).calendars
    return [(str(each.uid), each.start, each.computed_duration) for each in calendar.events]


def read(content: bytes) -> Events:
    """Return the events as both libraries read them."""
    events = by_icalendar(content)
    assert by_ical(content) == events
    return events


def values_of(content: bytes, name: str) -> list[str]:
    """Return the values of a property of the events, or of the calendar if it has it."""
    lines = content.decode().replace("\r\n ", "").split("\r\n")
    return [line.partition(":")[2] for line in lines if line.partition(":")[0] == name]


@pytest.fixture
def set_clock(monkeypatch: pytest.MonkeyPatch, reader: Client) -> SetClock:
    def set_to(now: datetime) -> None:
        monkeypatch.setattr(timezone, "now", lambda: now)

    return set_to


def plan_from(user: User, day: date, *, minutes: int = 60, items: int = 0) -> Plan:
    """Make a plan without articles: own items of an hour each, on one day each."""
    plan = Plan.objects.create(
        user=user, begins_on=day, minutes=[minutes] * 7, practice_per_week=0, layers=["none"]
    )
    for number in range(items):
        OwnItem.objects.create(user=user, title=f"Item {number}", minutes=minutes)
    return plan


def live_in(user: User, zone: str) -> None:
    user.time_zone = zone
    user.save()


def test_each_study_day_is_an_event_with_its_minutes_and_a_link(
    reader: Client, learner: User, plan: Plan
) -> None:
    content = calendar_of(learner)
    days = Planning(plan, LearnerProgress(learner)).planned.days
    assert len(days) > 10
    assert read(content) == [
        (f"{plan.uuid}-{day.date:%Y%m%d}@testserver", day.date, timedelta(days=1)) for day in days
    ]
    assert values_of(content, "SUMMARY") == [
        f"Study: {day.planned} min" if day.planned else "" for day in days
    ]
    assert set(values_of(content, "URL")) == {"http://testserver/today/"}
    assert set(values_of(content, "DESCRIPTION")) == {"What to do today: http://testserver/today/"}
    assert set(values_of(content, "TRANSP")) == {"TRANSPARENT"}


def test_titles_name_no_article_and_no_item(reader: Client, learner: User, plan: Plan) -> None:
    OwnItem.objects.create(user=learner, title="Secret employer", minutes=15)
    # Long lines are folded.
    content = calendar_of(learner).decode().replace("\r\n ", "")
    assert "SUMMARY:Study: 40 min" in content
    for title in ("Secret employer", *Article.objects.values_list("title", flat=True)):
        assert title not in content


def test_polls_get_the_same_bytes_until_an_event_changes(
    reader: Client, learner: User, plan: Plan, set_clock: SetClock
) -> None:
    save_starts_at(learner, time(19, 30))
    content = calendar_of(learner)
    set_clock(NOON + timedelta(hours=1))
    save_starts_at(learner, time(19, 30))
    Article.objects.update(title="Another title")
    assert calendar_of(learner) == content


def test_the_calendar_says_how_often_to_ask(reader: Client, learner: User, plan: Plan) -> None:
    content = calendar_of(learner)
    assert values_of(content, "REFRESH-INTERVAL;VALUE=DURATION") == ["PT12H"]
    assert values_of(content, "X-PUBLISHED-TTL") == ["PT12H"]
    assert values_of(content, "X-WR-CALNAME") == ["Study plan"]
    plan.refresh_from_db()
    stamp = plan.events_changed_at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    assert set(values_of(content, "DTSTAMP")) == {stamp}


def test_a_change_of_the_plan_keeps_the_uids_and_raises_the_sequence(
    reader: Client, learner: User, plan: Plan, set_day: SetDay
) -> None:
    def poll() -> tuple[int, list[str], str]:
        content = calendar_of(learner)
        (sequence,) = set(values_of(content, "SEQUENCE"))
        uid, *uids = values_of(content, "UID")
        return int(sequence), uids, uid

    save_starts_at(learner, None)
    polls = [poll()]
    saving.set_weekly_minutes(plan, [20] * 7)
    polls.append(poll())
    (learner_again,) = User.objects.filter(pk=learner.pk)
    LearnerProgress(learner_again).set(Article.objects.exclude(url="")[0], StateName.DONE)
    polls.append(poll())
    save_starts_at(learner, time(7))
    polls.append(poll())
    live_in(User.objects.get(pk=learner.pk), "Asia/Tokyo")
    polls.append(poll())
    set_day(1)
    polls.append(poll())
    kept, duplicate = Planning(plan, LearnerProgress(learner)).tasks.articles[-2:]
    merge_articles(Article.objects.get(pk=kept.pk), Article.objects.get(pk=duplicate.pk))
    polls.append(poll())
    Article.objects.update(reading_minutes=12)
    polls.append(poll())
    assert all(before[0] < after[0] for before, after in pairwise(polls))
    assert {uid for _sequence, _uids, uid in polls} == {polls[0][2]}
    assert all(uids[:5] == polls[0][1][:5] for _sequence, uids, _uid in polls[:5])
    assert polls[5][1][0] == polls[0][1][1]


def test_the_sequence_grows_with_the_learners_study_day(
    learner: User, plan: Plan, set_clock: SetClock
) -> None:
    """In Tokyo it begins at 19:00 UTC. What was not done moves to the next days then."""
    live_in(learner, "Asia/Tokyo")
    set_clock(datetime(2030, 11, 5, 18, 59, tzinfo=UTC))
    before = calendar_of(learner)
    set_clock(datetime(2030, 11, 5, 19, 0, tzinfo=UTC))
    after = calendar_of(learner)
    assert [read(content)[0][1] for content in (before, after)] == [
        date(2030, 11, 5),
        date(2030, 11, 6),
    ]
    assert max(values_of(before, "SEQUENCE")) < min(values_of(after, "SEQUENCE"))


def test_a_database_that_only_reads_sends_the_calendar(
    reader: Client, learner: User, plan: Plan
) -> None:
    calendar_of(learner)
    Article.objects.update(reading_minutes=12)

    def refuse(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith("UPDATE"):
            raise DatabaseError("attempt to write a readonly database")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(refuse):
        content = calendar_of(learner)
        assert calendar_of(learner) == content
    later = calendar_of(learner)
    assert read(later) == read(content)
    assert max(values_of(content, "SEQUENCE")) < min(values_of(later, "SEQUENCE"))


def test_two_polls_at_once_send_the_same(reader: Client, learner: User, plan: Plan) -> None:
    faster: list[bytes] = []

    def let_another_be_faster(execute: Any, sql: str, *rest: Any) -> Any:
        if "events_hash" in sql and sql.startswith("UPDATE") and not faster:
            faster.append(b"")  # The statement of the other one comes here too.
            faster[0] = calendar_of(learner)
        return execute(sql, *rest)

    with connection.execute_wrapper(let_another_be_faster):
        slower = calendar_of(learner)
    assert slower == faster[0]


def test_days_that_were_shown_stay_for_thirty_days(
    reader: Client, learner: User, plan: Plan, set_day: SetDay
) -> None:
    reader.get("/today/")
    (first_day,) = DayList.objects.all()
    set_day(30)
    saving.set_weekly_minutes(plan, [20] * 7)
    content = calendar_of(learner)
    assert [start for _uid, start, _length in read(content)[:2]] == [
        first_day.day,
        MONDAY + timedelta(days=30),
    ]
    assert values_of(content, "SUMMARY")[:2] == ["Study: 40 min", "Study: 20 min"]
    set_day(31)
    assert read(calendar_of(learner))[0][1] == MONDAY + timedelta(days=31)


def test_today_is_as_its_list_is(reader: Client, learner: User, plan: Plan) -> None:
    reader.get("/today/")
    reader.post("/today/minutes/", {"minutes": "20"})
    assert values_of(calendar_of(learner), "SUMMARY")[:2] == ["Study: 20 min", "Study: 40 min"]
    reader.post("/today/minutes/", {"minutes": "0"})
    assert read(calendar_of(learner))[0][1] == MONDAY + timedelta(days=1)


@pytest.mark.parametrize(
    ("zone", "first", "starts", "offsets"),
    [
        # Both changes of a year, a zone that changes by half an hour, and one that changed in 2011
        # and changes no more.
        ("Europe/Berlin", date(2027, 3, 26), time(19, 30), [1, 1, 2, 2]),
        ("Europe/Berlin", date(2027, 10, 29), time(19, 30), [2, 2, 1, 1]),
        ("America/New_York", date(2027, 11, 5), time(6), [-4, -4, -5, -5]),
        ("Australia/Lord_Howe", date(2027, 4, 2), time(8), [11, 11, 10.5, 10.5]),
        ("Pacific/Apia", date(2027, 4, 2), time(8), [13, 13, 13, 13]),
        ("UTC", date(2027, 4, 2), time(8), [0, 0, 0, 0]),
        ("Europe/Berlin", date(2028, 2, 27), time(8), [1, 1, 1, 1]),
        ("Europe/Berlin", date(2027, 12, 30), time(8), [1, 1, 1, 1]),
        # Two in the morning belongs to the study day before, and is left out on one of them.
        ("Europe/Berlin", date(2027, 3, 25), time(2, 30), [1, 1, 2, 2]),
    ],
)
def test_events_begin_at_one_time_on_the_clock_across_changes(
    set_clock: SetClock,
    learner: User,
    zone: str,
    first: date,
    starts: time,
    offsets: list[float],
) -> None:
    live_in(learner, zone)
    set_clock(datetime.combine(first, time(12), ZoneInfo(zone)).astimezone(UTC))
    plan_from(learner, first, minutes=50, items=4)
    save_starts_at(learner, starts)
    content = calendar_of(learner)
    late = timedelta(days=starts < time(4))
    days = [first + timedelta(days=number) for number in range(4)]
    expected = [datetime.combine(day + late, starts, ZoneInfo(zone)) for day in days]
    events = read(content)
    assert [start.replace(tzinfo=None) for _uid, start, _length in events] == [
        each.replace(tzinfo=None) for each in expected
    ]
    if starts >= time(4):
        assert [start.utcoffset() for _uid, start, _length in events] == [
            timedelta(hours=hours) for hours in offsets
        ]
    assert {length for _uid, _start, length in events} == {timedelta(minutes=50)}
    assert [uid.split("-")[-1][:8] for uid, _start, _length in events] == [
        f"{day:%Y%m%d}" for day in days
    ]


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Australia/Lord_Howe", "Pacific/Apia"])
def test_the_file_brings_the_changes_of_the_clock_with_it(
    set_clock: SetClock, learner: User, zone: str
) -> None:
    """A reader that knows no zone by its name takes the offsets from the file."""
    live_in(learner, zone)
    first = date(2027, 3, 26)
    set_clock(datetime.combine(first, time(12), ZoneInfo(zone)).astimezone(UTC))
    plan_from(learner, first, items=20)
    save_starts_at(learner, time(8))
    (component,) = icalendar.Calendar.from_ical(calendar_of(learner)).timezones
    described = component.to_tz(lookup_tzid=False)
    for number in range(-30, 300):
        local = datetime.combine(first + timedelta(days=number), time(8))
        assert described.utcoffset(local) == local.replace(tzinfo=ZoneInfo(zone)).utcoffset()


def test_a_learner_who_travels_studies_at_the_same_time_on_another_clock(
    set_clock: SetClock, learner: User
) -> None:
    set_clock(datetime(2027, 5, 3, 12, tzinfo=UTC))
    live_in(learner, "Europe/Berlin")
    plan_from(learner, date(2027, 5, 3), items=3)
    save_starts_at(learner, time(19))
    at_home = read(calendar_of(learner))
    live_in(User.objects.get(pk=learner.pk), "America/Los_Angeles")
    abroad = read(calendar_of(learner))
    assert [event[0] for event in abroad] == [event[0] for event in at_home]
    assert [after[1] - before[1] for before, after in zip(at_home, abroad, strict=True)] == [
        timedelta(hours=9)
    ] * 3


def test_the_zone_of_the_browser_holds_where_none_was_chosen(
    reader: Client, learner: User, plan: Plan
) -> None:
    reader.cookies["time_zone"] = "Asia/Tokyo"
    reader.post("/me/calendar/", {"starts_at": "07:15"})
    del reader.cookies["time_zone"]
    assert read(calendar_of(learner))[0][1] == datetime(
        2030, 11, 4, 7, 15, tzinfo=ZoneInfo("Asia/Tokyo")
    )


def test_without_a_plan_the_calendar_is_empty(reader: Client, learner: User) -> None:
    assert read(calendar_of(learner)) == []


def test_a_plan_that_is_over_keeps_its_last_days(
    reader: Client, learner: User, plan: Plan, set_day: SetDay
) -> None:
    reader.get("/today/")
    plan.interview_on = MONDAY + timedelta(days=1)
    plan.save()
    set_day(3)
    assert [start for _uid, start, _length in read(calendar_of(learner))] == [MONDAY]


def test_a_long_plan_is_shown_for_a_year(reader: Client, learner: User, plan: Plan) -> None:
    # 800 minutes in days of two.
    Plan.objects.update(minutes=[2] * 7, layers=["none"])
    OwnItem.objects.create(user=learner, title="Book", minutes=800)
    days = [start for _uid, start, _length in read(calendar_of(learner))]
    assert days == [MONDAY + timedelta(days=number) for number in range(367)]
