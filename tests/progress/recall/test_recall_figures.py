"""The figures that Today asks for on every view are those of their slower forms."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from catalog.models import Article
from progress.recall.models import Card, CardKind, Review
from progress.recall.scheduling import CardState, recall_after
from progress.recall.statistics.figures import recall_share
from progress.recall.statistics.sql import recall_share_of
from progress.recall.statistics.views import past_reviews_of

MONDAY = date(2030, 11, 4)


@given(st.integers(-3, 2000), st.floats(0.01, 5000))
def test_recall_is_that_of_the_library(days: int, stability: float) -> None:
    state = CardState(stability, 5.0, MONDAY, MONDAY, MONDAY, 0)
    assert recall_after(days, stability) == state.recall_on(MONDAY + timedelta(days=days))


@pytest.mark.parametrize("late", [0, 14, 15])
def test_the_share_that_the_database_counts_is_that_of_the_single_reviews(
    learner: User, playbook: None, late: int
) -> None:
    article = Article.objects.all()[0]
    card = Card.objects.create(
        user=learner, article=article, kind=CardKind.OWN, question="Why?", answer="So."
    )
    for number, rating in enumerate([1, 2, 3, 3, 4]):
        due_on = MONDAY + timedelta(days=20 * number)
        reviewed_on = due_on + timedelta(days=late if number == 2 else 0)
        Review.objects.create(
            user=learner,
            card=card,
            rating=rating,
            reviewed_on=reviewed_on,
            reviewed_at=datetime.fromisoformat(f"{reviewed_on}T12:00:00+00:00"),
            due_on=due_on if number else None,
            predicted_recall=0.9 if number else None,
            retention=90,
        )
    share, expected = recall_share_of(learner), recall_share(past_reviews_of(learner))
    assert (share.reviews, share.recalled) == (expected.reviews, expected.recalled)
    assert share.predicted_sum == pytest.approx(expected.predicted_sum)
    assert share.reviews == (3 if late == 15 else 4)
