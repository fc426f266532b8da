"""Test when a job runs next: across changes of the clock, leap days and the end of a year."""

from datetime import UTC, datetime, time, timedelta
from itertools import pairwise

import pytest
from pytest_django import Settings

from playbook.jobs import Daily, Every

HALF_PAST_TWO = Daily(time(2, 30))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def in_zone(settings: Settings, name: str) -> None:
    # pytest-django sends the signal on which Django forgets the zone that it kept.
    settings.TIME_ZONE = name


def runs(schedule: Daily, first: str, count: int) -> list[str]:
    """Return the runs that follow an instant, each computed from the one before."""
    instants = [at(first)]
    for _ in range(count):
        instants.append(schedule.next_after(instants[-1]))
    for earlier, later in pairwise(instants[1:]):
        assert later - earlier <= schedule.longest
    return [f"{instant:%m-%d %H:%M}" for instant in instants[1:]]


def test_an_interval_is_counted_from_the_last_run() -> None:
    every = Every(timedelta(minutes=15))
    assert every.first_after(at("2026-03-29 00:50")) == at("2026-03-29 00:50")
    assert every.next_after(at("2026-03-29 00:50")) == at("2026-03-29 01:05")


@pytest.mark.parametrize(
    ("zone", "first", "expected"),
    [
        ("UTC", "2028-02-28 02:30", ["02-29 02:30", "03-01 02:30"]),
        ("UTC", "2026-12-31 02:29", ["12-31 02:30", "01-01 02:30"]),
        # 02:30 does not exist on 29 March: the clock shows 03:30 then.
        ("Europe/Berlin", "2026-03-28 01:30", ["03-29 01:30", "03-30 00:30"]),
        # 02:30 is shown twice on 25 October: at 00:30 and at 01:30 UTC.
        ("Europe/Berlin", "2026-10-24 00:30", ["10-25 00:30", "10-26 01:30"]),
        ("Europe/Berlin", "2026-10-25 00:45", ["10-26 01:30"]),
        # Lord Howe changes its clock by half an hour, at 02:00.
        ("Australia/Lord_Howe", "2026-10-02 16:00", ["10-03 15:30", "10-04 15:30"]),
        # Apia left out 30 December 2011.
        ("Pacific/Apia", "2011-12-28 12:30", ["12-29 12:30", "12-30 12:30", "12-31 12:30"]),
    ],
)
def test_a_daily_job_runs_once_each_day_of_the_sites_time_zone(
    settings: Settings, zone: str, first: str, expected: list[str]
) -> None:
    in_zone(settings, zone)
    assert runs(HALF_PAST_TWO, first, len(expected)) == expected


def test_the_first_run_of_a_daily_job_waits_for_its_time(settings: Settings) -> None:
    in_zone(settings, "Europe/Berlin")
    assert HALF_PAST_TWO.first_after(at("2026-07-01 00:29")) == at("2026-07-01 00:30")
    assert HALF_PAST_TWO.first_after(at("2026-07-01 00:30")) == at("2026-07-02 00:30")
