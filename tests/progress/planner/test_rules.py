"""The pure rules of the planner: pace, outlook, and the list of a day."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from progress.planner.day_lists import ListedPart, cut_to, minutes_done
from progress.planner.minutes import at_pace, pace_from
from progress.planner.outlook import Outlook, more_minutes, spread, to_leave_out
from progress.planner.page_sql import StoredList
from progress.planner.plan_parts import DeckForecast, Part, PartKind, PracticeWish, Task
from progress.planner.schedule import days_from, schedule
from tests.progress.planner.test_schedule import decks, wishes

pytestmark = pytest.mark.same_everywhere

FRIDAY = date(2030, 11, 8)
CARDS = ListedPart(Part(PartKind.RECALL, 6, total=6, cards=6))
PRACTICE = ListedPart(Part(PartKind.PRACTICE, 45, total=45))
FIRST = ListedPart(Part(PartKind.READ, 16, "a", 0, 16))
SECOND = ListedPart(Part(PartKind.READ, 9, "b", 7, 16), is_ticked=True)
PARTS = [CARDS, PRACTICE, FIRST, SECOND]


def test_the_pace_follows_what_a_learner_reports_but_no_single_article_decides_it() -> None:
    assert pace_from([]) == 1
    assert pace_from([(30, 15)]) == pytest.approx(90 / 75)
    assert pace_from([(30, 15)] * 40) == pytest.approx(1260 / 660)
    assert pace_from([(100, 10)] * 40) == 2
    assert pace_from([(1, 100)] * 40) == 0.5
    assert (at_pace(16, 1.2), at_pace(1, 0.5)) == (19, 1)


@pytest.mark.parametrize(
    ("finished_on", "last_day", "days_early", "is_late"),
    [
        (FRIDAY, FRIDAY, 0, False),
        (FRIDAY, FRIDAY + timedelta(days=5), 5, False),
        (FRIDAY, FRIDAY - timedelta(days=4), -4, True),
        (FRIDAY, None, None, False),
        (None, FRIDAY, None, True),
    ],
)
def test_the_outlook_compares_the_last_task_with_the_last_day(
    finished_on: date | None, last_day: date | None, days_early: int | None, is_late: bool
) -> None:
    outlook = Outlook(finished_on, last_day)
    assert (outlook.days_early, outlook.is_late) == (days_early, is_late)


def test_more_minutes_are_spread_over_the_days_that_have_time() -> None:
    assert spread([30, 0, 30, 0, 30, 0, 0], 20) == [37, 0, 37, 0, 36, 0, 0]


@given(st.lists(st.integers(0, 120), min_size=7, max_size=7), st.integers(0, 3000))
def test_the_fewest_more_minutes_are_found(weekly: list[int], needed: int) -> None:
    more = more_minutes(weekly, lambda minutes: sum(minutes) >= sum(weekly) + needed)
    if not any(weekly):
        assert more is None
    else:
        assert more is not None
        assert more % 5 == 0
        assert max(needed, 1) <= more < max(needed, 1) + 5


def test_no_amount_of_time_helps_a_week_without_days() -> None:
    assert more_minutes([0] * 7, lambda _minutes: True) is None
    assert more_minutes([30] * 7, lambda _minutes: False) is None


def test_the_fewest_articles_at_the_end_are_left_out_but_none_that_the_rest_requires() -> None:
    requires = {4: [5]}
    minutes = {1: 10, 2: 10, 3: 10, 4: 10, 5: 10}

    def fits(limit: int) -> list[int] | None:
        return to_leave_out(
            minutes,
            lambda pk: requires.get(pk, []),
            lambda left_out: sum(minutes.values()) - 10 * len(left_out) <= limit,
        )

    assert fits(50) == []
    assert fits(40) == [4]
    assert fits(30) == [5, 4]
    assert fits(-1) is None


def test_few_schedules_are_tried_to_leave_articles_out() -> None:
    tried: list[int] = []

    def fits(left_out: Sequence[int]) -> bool:
        tried.append(len(left_out))
        return len(left_out) >= 700

    left_out = to_leave_out(range(1000), lambda pk: [pk - 1] if pk else [], fits)
    assert left_out == list(range(300, 1000))
    assert len(tried) <= 10


weeks = st.lists(st.sampled_from([0, 10, 30, 60]), min_size=7, max_size=7)
reading = st.lists(st.tuples(st.integers(1, 60), st.integers(0, 8)), max_size=12)


def fits(
    weekly: Sequence[int], articles: Sequence[tuple[int, int]], *rest: Any, left_out: Sequence[int]
) -> bool:
    """Return whether a schedule of ten days has room for the articles that are not left out."""
    days = days_from(FRIDAY, FRIDAY + timedelta(days=9), weekly)
    tasks = [
        Task(str(number), PartKind.READ, minutes, cards=cards)
        for number, (minutes, cards) in enumerate(articles)
        if number not in left_out
    ]
    return schedule(days, tasks, *rest).fits


@settings(max_examples=50)
@given(weeks, reading, decks, wishes, st.data())
def test_what_can_be_left_out_is_what_an_exhaustive_search_finds(
    weekly: list[int],
    articles: list[tuple[int, int]],
    deck: DeckForecast,
    wish: PracticeWish,
    data: st.DataObject,
) -> None:
    """Articles are in an order in which each comes after those that it requires."""
    count = len(articles)
    requires = [data.draw(st.sets(st.integers(0, n - 1))) if n else set() for n in range(count)]

    def fit(left_out: Sequence[int]) -> bool:
        return fits(weekly, articles, deck, wish, left_out=left_out)

    ends = (list(range(number, count)) for number in range(count, -1, -1))
    expected = next((end for end in ends if fit(end)), None)
    assert to_leave_out(range(count), requires.__getitem__, fit) == expected


@settings(max_examples=50)
@given(weeks, reading, decks, wishes)
def test_five_minutes_less_than_is_offered_are_not_enough(
    weekly: list[int], articles: list[tuple[int, int]], deck: DeckForecast, wish: PracticeWish
) -> None:
    tried: list[Sequence[int]] = []

    def fit(minutes: Sequence[int]) -> bool:
        tried.append(minutes)
        return fits(minutes, articles, deck, wish, left_out=())

    assume(not fit(weekly))
    tried.clear()
    more = more_minutes(weekly, fit)
    assert len(tried) <= 12
    if more is None:
        most = (960 - max(weekly)) * sum(map(bool, weekly))
        assert not most or not fit(spread(weekly, most // 5 * 5))
    else:
        assert fit(spread(weekly, more))
        assert not fit(spread(weekly, more - 5))


def test_less_time_keeps_what_is_done_and_shortens_the_rest_in_order() -> None:
    assert cut_to(PARTS, 76, []) == PARTS
    assert cut_to(PARTS, 70, []) == [
        CARDS,
        PRACTICE,
        FIRST,
        ListedPart(Part(PartKind.READ, 3, "b", 7, 16), is_ticked=True),
    ]
    assert cut_to(PARTS, 20, [SECOND]) == [
        CARDS,
        ListedPart(Part(PartKind.READ, 5, "a", 0, 16)),
        SECOND,
    ]
    assert cut_to(PARTS, 4, []) == [ListedPart(Part(PartKind.RECALL, 4, total=6, cards=4))]
    assert cut_to(PARTS, 0, [SECOND]) == [SECOND]
    assert cut_to(PARTS, 0, []) == []


def test_a_part_survives_being_stored() -> None:
    assert [ListedPart.from_json(each.as_json()) for each in PARTS] == PARTS


def test_minutes_are_done_if_ticked_or_if_the_article_was_begun_on_that_day() -> None:
    lists = [
        StoredList(FRIDAY, 40, [FIRST.as_json(), SECOND.as_json(), CARDS.as_json()]),
        StoredList(FRIDAY + timedelta(days=1), 40, [FIRST.as_json()]),
    ]
    assert minutes_done(lists, {}) == {"b": 9}
    assert minutes_done(lists, {"a": FRIDAY}) == {"a": 16, "b": 9}
