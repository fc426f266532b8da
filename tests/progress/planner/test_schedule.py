from collections import defaultdict
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from progress.planner.plan_parts import (
    Day,
    DeckForecast,
    Part,
    PartKind,
    PracticeWish,
    Schedule,
    Task,
)
from progress.planner.schedule import days_from, schedule

pytestmark = pytest.mark.same_everywhere

MONDAY = date(2030, 11, 4)
READ, OWN, RECALL, PRACTICE = PartKind.READ, PartKind.OWN, PartKind.RECALL, PartKind.PRACTICE


def week(*minutes: int) -> list[tuple[date, int]]:
    return [(MONDAY + timedelta(days=number), each) for number, each in enumerate(minutes)]


def read(key: str, minutes: int, *, minutes_done: int = 0, cards: int = 0) -> Task:
    return Task(key, READ, minutes, minutes_done, cards=cards)


def parts_of(planned: Schedule) -> list[list[tuple[str, int]]]:
    """Return the key, or else the kind, and the minutes of each part by day."""
    return [[(part.key or part.kind, part.minutes) for part in day.parts] for day in planned.days]


def test_an_article_longer_than_a_day_is_split() -> None:
    planned = schedule(week(20, 0, 20), [read("a", 16), read("b", 19)])
    assert parts_of(planned) == [[("a", 16), ("b", 4)], [], [("b", 15)]]
    assert planned.days[2].parts == (Part(READ, 15, "b", before=4, total=19),)
    assert planned.finished_on == MONDAY + timedelta(days=2)


def test_minutes_that_are_done_are_not_planned_again() -> None:
    planned = schedule(week(20), [read("a", 16, minutes_done=7)])
    assert planned.days[0].parts == (Part(READ, 9, "a", before=7, total=16),)


def test_what_does_not_fit_is_left_over() -> None:
    planned = schedule(week(10), [read("a", 16), read("b", 19)])
    assert planned.left_over == [Part(READ, 6, "a", 10, 16), Part(READ, 19, "b", 0, 19)]
    assert (planned.fits, planned.finished_on) == (False, None)


def test_an_own_item_with_a_day_comes_first_from_that_day_on() -> None:
    tasks = [read("a", 30), Task("mine", OWN, 15, from_day=MONDAY + timedelta(days=1))]
    assert parts_of(schedule(week(10, 10, 10, 15), tasks)) == [
        [("a", 10)],
        [("mine", 10)],
        [("mine", 5), ("a", 5)],
        [("a", 15)],
    ]


def test_reviews_come_first_and_wait_if_a_day_has_no_time() -> None:
    deck = DeckForecast(due={MONDAY: 6, MONDAY + timedelta(days=1): 2})
    planned = schedule(week(4, 0, 10), [read("a", 6)], deck)
    assert parts_of(planned) == [[(RECALL, 4)], [], [(RECALL, 4), ("a", 6)]]


def test_new_cards_of_a_finished_article_come_on_the_next_day_and_come_back() -> None:
    deck = DeckForecast(intervals=(2, 4), daily_new=3)
    planned = schedule(week(10, 10, 10, 10, 10, 10), [read("a", 10, cards=5)], deck)
    assert parts_of(planned) == [
        [("a", 10)],
        [(RECALL, 3)],
        [(RECALL, 2)],
        [(RECALL, 3)],
        [(RECALL, 2)],
        [(RECALL, 3)],
    ]


def test_practice_is_on_the_days_of_a_week_with_the_most_time() -> None:
    planned = schedule(
        week(50, 30, 60, 45, 0, 0, 0, 60), [read("a", 200)], practice=PracticeWish(2, 45)
    )
    assert [day.parts[0].kind if day.parts else None for day in planned.days] == [
        PRACTICE,
        READ,
        PRACTICE,
        READ,
        None,
        None,
        None,
        PRACTICE,
    ]


def test_practice_that_reviews_leave_no_time_for_moves_to_a_later_day_of_the_week() -> None:
    deck = DeckForecast(due={MONDAY: 20})
    planned = schedule(week(60, 50), [], deck, PracticeWish(1, 45))
    assert parts_of(planned) == [[(RECALL, 20)], [(PRACTICE, 45)]]


def test_practice_of_this_week_counts() -> None:
    planned = schedule(week(60), [], practice=PracticeWish(1, 45, done_this_week=1))
    assert parts_of(planned) == [[]]


def test_an_open_plan_ends_with_its_last_task() -> None:
    days = days_from(MONDAY, None, [30] * 7)
    planned = schedule(days, [read("a", 40)], practice=PracticeWish(3, 45), is_open=True)
    assert planned.days == [
        Day(MONDAY, 30, (Part(READ, 30, "a", 0, 40),)),
        Day(MONDAY + timedelta(days=1), 30, (Part(READ, 10, "a", 30, 40),)),
    ]


def test_an_open_plan_without_minutes_leaves_everything_over() -> None:
    planned = schedule(days_from(MONDAY, None, [0] * 7), [read("a", 40)], is_open=True)
    assert planned.left_over == [Part(READ, 40, "a", 0, 40)]


def test_single_days_can_have_other_minutes_across_a_leap_day() -> None:
    first, last = date(2028, 2, 28), date(2028, 3, 1)
    days = days_from(first, last, [1, 2, 3, 4, 5, 6, 7], {date(2028, 2, 29): 0})
    assert list(days) == [(first, 1), (date(2028, 2, 29), 0), (last, 3)]


tasks = st.lists(
    st.builds(
        Task,
        key=st.integers(0, 10**9).map(str),
        kind=st.sampled_from([READ, OWN]),
        minutes=st.integers(1, 200),
        minutes_done=st.integers(0, 100),
        from_day=st.none() | st.integers(0, 30).map(lambda days: MONDAY + timedelta(days=days)),
        cards=st.integers(0, 8),
    ),
    max_size=15,
    unique_by=lambda task: task.key,
)
some_days = st.lists(st.integers(0, 120), max_size=40).map(lambda minutes: week(*minutes))
decks = st.builds(
    DeckForecast,
    due=st.dictionaries(
        st.integers(0, 30).map(lambda days: MONDAY + timedelta(days=days)), st.integers(0, 60)
    ),
    new=st.integers(0, 50),
    intervals=st.sampled_from([(), (2, 13), (4, 35, 90)]),
    daily_reviews=st.integers(1, 60),
    daily_new=st.integers(0, 20),
)
wishes = st.builds(
    PracticeWish,
    per_week=st.integers(0, 7),
    minutes=st.sampled_from([20, 45, 60]),
    done_this_week=st.integers(0, 3),
)


@given(some_days, tasks, decks, wishes)
def test_no_day_is_over_its_minutes_and_nothing_is_lost_or_planned_twice(
    days: list[tuple[date, int]], tasks: list[Task], deck: DeckForecast, wish: PracticeWish
) -> None:
    planned = schedule(days, tasks, deck, wish)
    assert [(day.date, day.minutes) for day in planned.days] == days
    assert all(day.planned <= day.minutes for day in planned.days)
    minutes: dict[str, int] = defaultdict(int)
    for part in [*(part for day in planned.days for part in day.parts), *planned.left_over]:
        assert part.minutes > 0
        if part.key:
            minutes[part.key] += part.minutes
    assert minutes == {task.key: task.minutes_left for task in tasks}
    reviewed = sum(p.cards for day in planned.days for p in day.parts if p.kind is RECALL)
    first_reviews = deck.new + sum(task.cards for task in tasks)
    assert reviewed <= sum(deck.due.values()) + first_reviews * (1 + len(deck.intervals))


@given(some_days, tasks, decks, wishes)
def test_a_first_day_that_is_fixed_as_planned_changes_nothing(
    days: list[tuple[date, int]], tasks: list[Task], deck: DeckForecast, wish: PracticeWish
) -> None:
    planned = schedule(days, tasks, deck, wish)
    fixed = planned.days[0].parts if days else ()
    assert schedule(days, tasks, deck, wish, fixed=fixed) == planned


@given(some_days, tasks)
def test_it_is_finished_exactly_when_the_sum_fits(
    days: list[tuple[date, int]], tasks: list[Task]
) -> None:
    """Without dated items, cards and practice, which only take time away on their day."""
    undated = [Task(task.key, task.kind, task.minutes, task.minutes_done) for task in tasks]
    fits = sum(task.minutes_left for task in undated) <= sum(minutes for _day, minutes in days)
    assert schedule(days, undated).fits == fits


@given(some_days, tasks, decks, wishes)
def test_what_is_left_over_is_what_the_days_have_no_time_for(
    days: list[tuple[date, int]], tasks: list[Task], deck: DeckForecast, wish: PracticeWish
) -> None:
    undated = [
        Task(task.key, task.kind, task.minutes, task.minutes_done, cards=task.cards)
        for task in tasks
    ]
    planned = schedule(days, undated, deck, wish)
    unused = sum(day.minutes - day.planned for day in planned.days)
    assert planned.fits or unused == 0


@given(some_days, tasks, decks, wishes)
def test_reading_keeps_its_order(
    days: list[tuple[date, int]], tasks: list[Task], deck: DeckForecast, wish: PracticeWish
) -> None:
    planned = schedule(days, tasks, deck, wish)
    parts = [*(part for day in planned.days for part in day.parts), *planned.left_over]
    undated = [task.key for task in tasks if task.from_day is None]
    order = dict.fromkeys(part.key for part in parts if part.key in undated)
    assert list(order) == undated
