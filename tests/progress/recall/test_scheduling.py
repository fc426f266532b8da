from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from progress.recall.models import Rating
from progress.recall.scheduling import CardState, after_review, fold_reviews, forgetting

TODAY = date(2026, 11, 28)


@dataclass
class Rated:
    rating: int
    reviewed_on: date
    retention: int = 90


def due_in(state: CardState | None, rating: Rating, day: date, retention: int) -> int:
    return (after_review(state, rating, day, retention).due_on - day).days


@pytest.mark.parametrize(
    ("rating", "days"), [(Rating.AGAIN, 1), (Rating.HARD, 1), (Rating.GOOD, 2), (Rating.EASY, 8)]
)
def test_a_first_rating_decides_the_first_interval(rating: Rating, days: int) -> None:
    assert due_in(None, rating, TODAY, 90) == days


@pytest.mark.parametrize(
    ("retention", "intervals"),
    [(80, [8, 75]), (85, [4, 31]), (90, [2, 11, 46]), (95, [1, 3, 8, 19])],
)
def test_intervals_of_good_ratings_are_those_of_the_library(
    retention: int, intervals: list[int]
) -> None:
    """The values are those published for version 6 of the algorithm with its default weights."""
    state, day, seen = None, TODAY, []
    for _interval in intervals:
        state = after_review(state, Rating.GOOD, day, retention)
        seen.append((state.due_on - day).days)
        day = state.due_on
    assert seen == intervals


def test_a_night_between_two_reviews_is_a_whole_day() -> None:
    """Again at 22:00 and Good at 08:00 are a day apart: the library alone would say 0.25."""
    again = after_review(None, Rating.AGAIN, TODAY, 90)
    good = after_review(again, Rating.GOOD, TODAY + timedelta(days=1), 90)
    assert round(good.stability, 2) == 1.89


def test_recall_is_certain_on_the_day_of_a_review_and_falls_to_the_retention_when_due() -> None:
    state = fold_reviews([Rated(Rating.GOOD, TODAY), Rated(Rating.GOOD, TODAY + timedelta(days=2))])
    assert state
    assert state.recall_on(state.last_reviewed_on) == 1
    assert state.recall_on(state.due_on) == pytest.approx(0.9, abs=0.005)
    assert state.recall_on(state.due_on + timedelta(days=30)) < 0.9


@given(st.lists(st.tuples(st.floats(0.1, 400), st.integers(0, 800)), min_size=2, max_size=20))
def test_cards_are_ordered_by_recall_without_computing_it(
    cards: list[tuple[float, int]],
) -> None:
    states = [
        CardState(stability, 5, TODAY, TODAY, TODAY - timedelta(days=elapsed), 0)
        for stability, elapsed in cards
    ]
    in_order = sorted(
        states,
        key=lambda state: -forgetting((TODAY - state.last_reviewed_on).days, state.stability),
    )
    recalls = [state.recall_on(TODAY) for state in in_order]
    assert recalls == sorted(recalls)


def test_only_forgetting_a_known_card_is_a_lapse() -> None:
    ratings = [Rating.AGAIN, Rating.AGAIN, Rating.HARD, Rating.AGAIN, Rating.GOOD]
    reviews = [Rated(rating, TODAY + timedelta(days=day)) for day, rating in enumerate(ratings)]
    state = fold_reviews(reviews)
    assert state
    assert state.lapse_count == 2
    assert (state.first_reviewed_on, state.last_reviewed_on) == (TODAY, TODAY + timedelta(days=4))


def test_a_card_without_reviews_has_no_state() -> None:
    assert fold_reviews([]) is None


REVIEWS = st.lists(
    st.builds(
        lambda rating, gap, retention: (rating, gap, retention),
        st.sampled_from(Rating.values),
        st.integers(1, 400),
        st.integers(80, 95),
    ),
    min_size=1,
    max_size=40,
)


@given(REVIEWS)
def test_a_card_never_comes_back_on_the_day_of_its_review(
    reviews: list[tuple[int, int, int]],
) -> None:
    state, day = None, TODAY
    for rating, gap, retention in reviews:
        day += timedelta(days=gap)
        state = after_review(state, rating, day, retention)
        assert state.due_on > day
        assert state.stability > 0
        assert 1 <= state.difficulty <= 10


@given(REVIEWS)
def test_a_fold_without_the_last_review_is_the_state_before_it(
    reviews: list[tuple[int, int, int]],
) -> None:
    day, rated = TODAY, []
    for rating, gap, retention in reviews:
        day += timedelta(days=gap)
        rated.append(Rated(rating, day, retention))
    before = fold_reviews(rated[:-1])
    last = rated[-1]
    assert fold_reviews(rated) == after_review(
        before, last.rating, last.reviewed_on, last.retention
    )
