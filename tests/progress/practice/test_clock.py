"""The clock is right under pauses, a changed system time and changes to and from summer time."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from progress.practice.clock import Clock, PauseSpan, clock_face, minutes_of, not_before

START = datetime(2026, 11, 2, 19, 30, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


def after(number: float) -> datetime:
    return START + minutes(number)


def clock(now: float, *pauses: tuple[float, float | None], finished: float | None = None) -> Clock:
    return Clock(
        started_at=START,
        length=minutes(45),
        stages=[minutes(number) for number in (5, 3, 5, 12, 15, 5)],
        twist_after=minutes(18),
        pauses=[
            PauseSpan(after(begin), None if end is None else after(end)) for begin, end in pauses
        ],
        now=after(now),
        finished_at=None if finished is None else after(finished),
    )


def test_time_passes_from_the_start() -> None:
    running = clock(13.3)
    assert (running.elapsed, running.left) == (minutes(13.3), minutes(31.7))
    assert running.ends_at == after(45)
    assert (running.stages_over, running.stage_now) == (3, 3)
    assert clock_face(running.left) == "31:42"


@pytest.mark.parametrize(
    ("now", "over", "shown"), [(0, 0, 0), (4.99, 0, 0), (5, 1, 1), (44.9, 5, 5), (45, 6, 5)]
)
def test_a_stage_is_over_at_its_minute_and_the_last_one_stays(
    now: float, over: int, shown: int
) -> None:
    assert (clock(now).stages_over, clock(now).stage_now) == (over, shown)


def test_the_twist_arrives_at_its_minute() -> None:
    assert [clock(now).has_twist for now in (0, 17.99, 18, 60)] == [False, False, True, True]
    assert (clock(14).twist_at, minutes_of(clock(13.5).twist_in)) == (after(18), 5)


def test_a_pause_moves_everything_that_comes_later() -> None:
    running = clock(20, (5, 9))
    assert running.elapsed == minutes(16)
    assert (running.twist_at, running.ends_at) == (after(22), after(49))


def test_the_clock_stands_still_during_a_pause() -> None:
    for now in (10, 25, 300):
        paused = clock(now, (2, 4), (10, None))
        assert (paused.is_paused, paused.elapsed) == (True, minutes(8))
        assert paused.ends_at == after(now + 37)


def test_time_that_is_over_is_counted_until_the_end() -> None:
    over = clock(48)
    assert (over.is_up, over.left, clock_face(over.left)) == (True, minutes(-3), "3:00")
    finished = clock(500, finished=48)
    assert (finished.elapsed, finished.is_paused) == (minutes(48), False)


def test_a_session_that_was_finished_in_a_pause_is_not_paused() -> None:
    finished = clock(90, (10, 12), finished=12)
    assert (finished.elapsed, finished.is_paused) == (minutes(10), False)


def test_a_system_clock_that_was_set_back_makes_nothing_negative() -> None:
    assert (clock(-30).elapsed, clock(-30).left) == (minutes(0), minutes(45))
    assert (clock(-30).stage_now, clock(-30).has_twist) == (0, False)
    paused = clock(-30, (5, None))
    assert (paused.elapsed, paused.is_paused) == (minutes(5), True)
    assert clock(20, (10, 4)).elapsed == minutes(20)


def test_what_is_stored_is_not_before_what_was_stored() -> None:
    assert not_before(after(3), after(5), None) == after(5)
    assert not_before(after(6), after(5), None) == after(6)


@pytest.mark.parametrize(
    ("start", "ends"),
    [
        (datetime(2026, 3, 29, 1, 40, tzinfo=BERLIN), "03:25"),
        (datetime(2026, 10, 25, 2, 40, tzinfo=BERLIN), "02:25"),
        (datetime(2026, 10, 25, 2, 40, fold=1, tzinfo=BERLIN), "03:25"),
    ],
    ids=["to summer", "to winter", "after the change"],
)
def test_a_change_of_the_zone_neither_lengthens_nor_shortens(start: datetime, ends: str) -> None:
    began = start.astimezone(UTC)
    running = Clock(began, minutes(45), [minutes(45)], minutes(20), (), began + minutes(30))
    assert running.left == minutes(15)
    assert f"{running.ends_at.astimezone(BERLIN):%H:%M}" == ends


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0:00"), (0.4, "0:01"), (61, "1:01"), (3600, "60:00"), (-61.9, "1:01")],
)
def test_the_face_shows_minutes_and_seconds(seconds: float, text: str) -> None:
    assert clock_face(timedelta(seconds=seconds)) == text
