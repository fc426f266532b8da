from datetime import date, timedelta
from statistics import mean
from uuid import uuid4

import pytest

from accounts.models import User
from catalog.models import Article
from progress.learner import LearnerProgress
from progress.recall.aiming import in_pass_today, is_in_pass, retention_of
from progress.recall.deck import Deck
from progress.recall.models import Card, Rating, Review
from progress.recall.reviewing import NotDue, review_card
from progress.recall.scheduling import CardState, after_review
from progress.recall.sql import StoredCard
from tests.progress.recall.conftest import FIRST_DAY, SetDay

AIM = date(2030, 12, 20)


def user(aim: date | None = AIM, retention: int = 90) -> User:
    return User(recall_aims_at=aim, retention=retention)


def days_before(days: int) -> date:
    return AIM - timedelta(days=days)


def stored(pk: int, last: int, stability: float, first: int = 60) -> StoredCard:
    """Return a card reviewed `last` and first reviewed `first` days before the interview."""
    return StoredCard(
        pk,
        uuid4(),
        article_id=1,
        kind="own",
        prompt_id=None,
        is_dropped=False,
        has_own_text=True,
        lapses_before_rewrite=0,
        stability=stability,
        difficulty=5.0,
        due_on="2099-01-01",
        first_reviewed_on=days_before(first).isoformat(),
        last_reviewed_on=days_before(last).isoformat(),
        lapse_count=0,
    )


@pytest.mark.parametrize(
    ("days", "retention", "expected"),
    [(40, 90, 85), (8, 90, 85), (7, 90, 90), (1, 90, 90), (0, 90, 90), (-1, 90, 90), (40, 80, 80)],
)
def test_cards_come_back_later_until_a_week_before_the_interview(
    days: int, retention: int, expected: int
) -> None:
    assert retention_of(user(retention=retention), days_before(days)) == expected


def test_without_an_interview_the_retention_is_the_learners() -> None:
    assert retention_of(user(aim=None, retention=93), AIM) == 93


@pytest.mark.parametrize(
    ("last", "stability", "day", "expected"),
    [
        (30, 29.0, 7, True),
        (30, 30.0, 7, False),
        (30, 29.0, 8, False),
        (30, 29.0, 1, True),
        (30, 29.0, 0, False),
        (7, 1.0, 3, False),
        (8, 1.0, 3, True),
    ],
)
def test_the_pass_has_the_cards_below_90_per_cent_on_the_day(
    last: int, stability: float, day: int, expected: bool
) -> None:
    assert is_in_pass(days_before(last), stability, days_before(day), AIM) is expected


def test_the_pass_is_spread_with_the_weakest_first() -> None:
    cards = [stored(pk, last=40, stability=20.0 + pk) for pk in range(1, 16)]
    assert in_pass_today(cards, days_before(7), AIM) == {1, 2, 3}
    assert in_pass_today(cards, days_before(1), AIM) == set(range(1, 16))
    assert in_pass_today(cards, days_before(8), AIM) == ()
    assert in_pass_today(cards, AIM, AIM) == ()


def test_what_was_reviewed_today_counts_as_todays_share() -> None:
    cards = [stored(pk, last=40, stability=20.0 + pk) for pk in range(1, 13)]
    done = [stored(pk, last=7, stability=30.0) for pk in range(20, 22)]
    assert in_pass_today([*cards, *done], days_before(7), AIM) == set()
    assert in_pass_today([*cards, *done, stored(30, 40, 5.0)], days_before(7), AIM) == {30}


def reviewed_until(aims: bool) -> tuple[float, int]:
    """Return the mean recall on the day and the reviews of sixty cards, all answered as good."""
    learner = user(AIM if aims else None)
    states: dict[int, CardState] = {}
    reviews = 0
    for days in range(40, 0, -1):
        day = days_before(days)
        rows = [
            stored(pk, (AIM - state.last_reviewed_on).days, state.stability)
            for pk, state in states.items()
        ]
        extra = in_pass_today(rows, day, learner.recall_aims_at)
        due = [pk for pk, state in states.items() if state.due_on <= day or pk in extra]
        new = range(len(states), min(len(states) + 2, 60))
        for pk in [*due, *new]:
            states[pk] = after_review(states.get(pk), Rating.GOOD, day, retention_of(learner, day))
            reviews += 1
    return mean(state.recall_on(AIM) for state in states.values()), reviews


def test_aiming_at_the_day_takes_fewer_reviews_for_a_higher_recall() -> None:
    recall, reviews = reviewed_until(aims=True)
    plain_recall, plain_reviews = reviewed_until(aims=False)
    assert recall >= 0.95
    assert recall > plain_recall
    assert reviews < plain_reviews


def test_a_card_of_the_pass_is_due_and_can_be_rated_once(
    finished: Article, learner: User, set_day: SetDay
) -> None:
    deck = Deck(LearnerProgress(learner))
    for card in deck.due:
        review_card(LearnerProgress(learner), card.key, Rating.GOOD, uuid4())
    Card.objects.update(due_on="2031-12-01", stability=15)
    aim = FIRST_DAY.date() + timedelta(days=30)
    User.objects.filter(pk=learner.pk).update(recall_aims_at=aim)

    def due_on(day: int) -> list[bool]:
        set_day(day)
        cards = Deck(LearnerProgress(User.objects.get(pk=learner.pk))).due
        return [card.is_before_interview for card in cards]

    assert due_on(22) == []
    assert due_on(23) == [True]
    assert due_on(29) == [True, True]
    progress = LearnerProgress(User.objects.get(pk=learner.pk))
    review_card(progress, deck.cards[0].key, Rating.GOOD, uuid4())
    assert Review.objects.order_by("pk").last().retention == 90  # type: ignore[union-attr]  # there is one
    with pytest.raises(NotDue):
        review_card(progress, deck.cards[0].key, Rating.GOOD, uuid4())
    assert due_on(30) == []
