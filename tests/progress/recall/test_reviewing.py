from collections.abc import Iterator
from datetime import date
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from catalog.models import Article
from catalog.prompts.models import Prompt
from playbook.study_day import study_day
from progress.learner import LearnerProgress
from progress.reader import NothingToUndo, Superseded
from progress.recall.deck import Deck
from progress.recall.finding import NoSuchCard
from progress.recall.models import Card, Rating, Review
from progress.recall.reviewing import NotDue, Reviewed, review_card, undo_review
from progress.recall.scheduling import STATE_FIELDS, CardState
from tests.progress.recall.conftest import SetDay


def rate(user: User, key: UUID, rating: Rating, operation: UUID | None = None) -> Reviewed:
    progress = LearnerProgress(User.objects.get(pk=user.pk))
    return review_card(progress, key, rating, operation or uuid4())


def undo(user: User, operation: UUID) -> UUID:
    return undo_review(LearnerProgress(User.objects.get(pk=user.pk)), operation)


def state_of(user: User, key: UUID) -> CardState | None:
    deck = Deck(LearnerProgress(User.objects.get(pk=user.pk)))
    return next(card.state for card in deck.cards if card.key == key)


def version(user: User) -> int:
    return User.objects.values_list("progress_version", flat=True).get(pk=user.pk)


def test_a_review_stores_the_card_its_rating_and_the_prediction(
    learner: User, finished: Article, prompts: list[Prompt], set_day: SetDay
) -> None:
    rate(learner, prompts[0].uuid, Rating.GOOD)
    set_day(3)
    User.objects.update(retention=85)
    before = version(learner)
    rate(learner, prompts[0].uuid, Rating.HARD)
    first, second = Review.objects.all()
    assert (first.rating, first.due_on, first.predicted_recall, first.retention) == (
        3,
        None,
        None,
        90,
    )
    assert (second.rating, second.due_on, second.retention) == (2, date(2030, 11, 4), 85)
    assert second.predicted_recall == pytest.approx(0.881, abs=0.001)
    card = Card.objects.get()
    assert (card.prompt, card.article, card.first_reviewed_on) == (
        prompts[0], finished, date(2030, 11, 2)
    )  # fmt: skip
    assert card.last_reviewed_on == date(2030, 11, 5)
    assert version(learner) > before


def test_a_review_that_is_sent_twice_counts_once(
    learner: User, finished: Article, prompts: list[Prompt], set_day: SetDay
) -> None:
    operation = uuid4()
    first = rate(learner, prompts[0].uuid, Rating.GOOD, operation)
    again = rate(learner, prompts[0].uuid, Rating.GOOD, operation)
    assert again.review == first.review == Review.objects.get()


def test_another_rating_of_the_same_operation_is_refused(
    learner: User, finished: Article, prompts: list[Prompt], set_day: SetDay
) -> None:
    operation = uuid4()
    rate(learner, prompts[0].uuid, Rating.GOOD, operation)
    with pytest.raises(NotDue):
        rate(learner, prompts[0].uuid, Rating.AGAIN, operation)
    assert Review.objects.get().rating == Rating.GOOD


def test_a_card_is_reviewed_once_on_a_day_and_not_before_its_day(
    learner: User, finished: Article, prompts: list[Prompt], set_day: SetDay
) -> None:
    rate(learner, prompts[0].uuid, Rating.GOOD)
    for day in (0, 1):
        set_day(day)
        with pytest.raises(NotDue):
            rate(learner, prompts[0].uuid, Rating.AGAIN)
    assert Review.objects.count() == 1


def test_only_a_card_of_the_own_deck_can_be_reviewed(
    learner: User, editor: User, finished: Article, prompts: list[Prompt], set_day: SetDay
) -> None:
    rate(learner, prompts[0].uuid, Rating.GOOD)
    set_day(5)
    for key in (prompts[0].uuid, Card.objects.get().uuid, uuid4()):
        with pytest.raises(NoSuchCard):
            rate(editor, key, Rating.GOOD)
    operation = Review.objects.get().uuid
    with pytest.raises(NothingToUndo):
        undo(editor, operation)
    assert Review.objects.get().undone_at is None


def test_undo_restores_exactly_what_was_and_again_changes_nothing(
    learner: User, finished: Article, prompts: list[Prompt], set_day: SetDay
) -> None:
    rate(learner, prompts[0].uuid, Rating.GOOD)
    set_day(2)
    before = Card.objects.values(*STATE_FIELDS).get()
    operation = uuid4()
    rate(learner, prompts[0].uuid, Rating.AGAIN, operation)
    User.objects.update(retention=95)  # the reviews that are left were scheduled with 90
    set_day(3)
    for _time in range(2):
        undo(learner, operation)
        assert Card.objects.values(*STATE_FIELDS).get() == before
    rate(learner, prompts[0].uuid, Rating.GOOD)
    assert Review.objects.lasting().count() == 2


def test_undo_of_the_only_review_makes_the_card_new(
    learner: User, finished: Article, prompts: list[Prompt], set_day: SetDay
) -> None:
    operation = uuid4()
    rate(learner, prompts[0].uuid, Rating.GOOD, operation)
    undo(learner, operation)
    assert Card.objects.get().state is None
    assert [card.is_new for card in Deck(LearnerProgress(learner)).due] == [True, True]


def test_only_the_last_review_of_a_card_is_undone(
    learner: User, finished: Article, prompts: list[Prompt], set_day: SetDay
) -> None:
    operation = uuid4()
    rate(learner, prompts[0].uuid, Rating.GOOD, operation)
    set_day(2)
    rate(learner, prompts[0].uuid, Rating.GOOD)
    with pytest.raises(Superseded):
        undo(learner, operation)


@pytest.mark.same_everywhere
@settings(
    max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_a_year_of_recall(
    learner: User, finished: Article, prompts: list[Prompt], set_day: SetDay, data: st.DataObject
) -> None:
    """No card comes before its day or twice on a day, and undo restores exactly what was."""
    with transaction.atomic():
        for day in _study_days(data):
            set_day(day)
            today = study_day()
            deck = Deck(LearnerProgress(User.objects.get(pk=learner.pk)))
            for card in deck.due:
                state = card.state
                assert state is None or state.due_on <= today
                rating = data.draw(st.sampled_from(Rating))
                operation = uuid4()
                rate(learner, card.key, rating, operation)
                if data.draw(st.integers(0, 9)) == 0:
                    assert undo(learner, operation) == card.key
                    assert state_of(learner, card.key) == state
                    rate(learner, card.key, rating)
            after = Deck(LearnerProgress(User.objects.get(pk=learner.pk)))
            assert not after.due
            for card in after.active:
                with pytest.raises(NotDue):
                    rate(learner, card.key, Rating.GOOD)
        days = Review.objects.lasting().values_list("card", "reviewed_on")
        assert len(days) == len(set(days))
        transaction.set_rollback(True)


def _study_days(data: st.DataObject) -> Iterator[int]:
    day = 0
    while day < 365:
        yield from (day, day + 1)
        day += data.draw(st.integers(8, 60))
