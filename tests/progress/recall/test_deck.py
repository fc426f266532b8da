from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from catalog.merging import merge_articles
from catalog.models import Article, Entry
from catalog.prompts.models import Prompt
from progress.learner import LearnerProgress
from progress.models import Completion
from progress.recall.cards.editing import drop_card
from progress.recall.deck import Deck
from progress.recall.models import Card, CardKind, Rating, Review
from progress.recall.reviewing import review_card, undo_review
from progress.states import StateName
from tests.progress.recall.conftest import SetDay


def deck_of(user: User) -> Deck:
    return Deck(LearnerProgress(User.objects.get(pk=user.pk)))


def review(user: User, card: Prompt | Completion | Card, rating: Rating = Rating.GOOD) -> None:
    review_card(LearnerProgress(User.objects.get(pk=user.pk)), card.uuid, rating, uuid4())


def change(article: Article, what_you_learn: str = "Waiting rooms") -> None:
    entry = Entry.objects.get(article=article)
    entry.what_you_learn = what_you_learn
    entry.save()


def own_card(user: User, article: Article) -> Card:
    return Card.objects.create(user=user, article=article, kind=CardKind.OWN, question="Mine?")


def due(user: User) -> list[object]:
    deck = deck_of(user)
    assert deck_of(user).first_due == next(iter(deck.due), None)
    return [card.key for card in deck.due]


def test_a_finished_article_has_the_cards_of_its_prompts(
    learner: User, finished: Article, prompts: list[Prompt], set_day: SetDay
) -> None:
    assert due(learner) == [prompt.uuid for prompt in prompts]
    assert not Card.objects.exists()


@pytest.mark.parametrize("state", ["todo", "reading", "skipped"])
def test_the_cards_of_an_article_that_is_not_finished_rest(
    learner: User, finished: Article, prompts: list[Prompt], set_day: SetDay, state: str
) -> None:
    review(learner, prompts[0])
    LearnerProgress(learner).set(finished, StateName(state))
    assert deck_of(learner).cards == []
    LearnerProgress(learner).set(finished, StateName.DONE)
    assert [card.is_new for card in deck_of(learner).cards] == [False, True]


def test_a_prompt_that_is_added_later_is_in_the_deck_and_a_retired_one_rests(
    learner: User, finished: Article, prompts: list[Prompt], set_day: SetDay
) -> None:
    review(learner, prompts[0])
    prompts[0].retire()
    added = Prompt.objects.create(article=finished, number=3, question="And?", answer="Then.")
    assert due(learner) == [prompts[1].uuid, added.uuid]
    assert Review.objects.count() == 1
    prompts[0].restore()
    assert [card.key for card in deck_of(learner).cards] == [
        prompts[0].uuid, prompts[1].uuid, added.uuid
    ]  # fmt: skip


def test_key_points_and_own_cards_are_in_the_deck(
    learner: User, finished: Article, prompts: list[Prompt], set_day: SetDay
) -> None:
    completion = Completion.objects.create(user=learner, article=finished, key_points="One\nTwo")
    Completion.objects.create(
        user=learner, article=Article.objects.exclude(pk=finished.pk)[0], key_points="Unfinished"
    )
    own = Card.objects.create(
        user=learner, article=finished, kind=CardKind.OWN, question="Mine?", answer="Yes."
    )
    keys = [*(prompt.uuid for prompt in prompts), completion.uuid, own.uuid]
    assert due(learner) == keys
    Card.objects.filter(pk=own.pk).update(dropped_at=timezone.now())
    Completion.objects.update(key_points="")
    assert due(learner) == keys[:2]


def test_the_deck_of_a_different_learner_is_their_own(
    learner: User, editor: User, finished: Article, prompts: list[Prompt], set_day: SetDay
) -> None:
    Completion.objects.create(user=learner, article=finished, key_points="Mine")
    own_card(learner, finished)
    assert deck_of(editor).cards == []
    LearnerProgress(editor).set(finished, StateName.DONE)
    assert due(editor) == [prompt.uuid for prompt in prompts]


def test_a_reviewed_card_comes_back_on_its_day(
    learner: User, finished: Article, prompts: list[Prompt], set_day: SetDay
) -> None:
    review(learner, prompts[0], Rating.GOOD)
    review(learner, prompts[1], Rating.EASY)
    due_on = []
    for day in range(10):
        set_day(day)
        due_on.append(due(learner))
    first, second = (prompt.uuid for prompt in prompts)
    # Nothing is rewritten: a card that is missed stays due.
    assert due_on == [[], [], *[[first]] * 6, [first, second], [first, second]]


def test_the_card_that_is_most_likely_forgotten_is_first(
    learner: User, finished: Article, prompts: list[Prompt], set_day: SetDay
) -> None:
    review(learner, prompts[0], Rating.EASY)
    review(learner, prompts[1], Rating.AGAIN)
    new = Prompt.objects.create(article=finished, number=3, question="New?", answer="Yes.")
    set_day(30)
    assert due(learner) == [prompts[1].uuid, prompts[0].uuid, new.uuid]


def test_the_daily_limits_count_what_was_reviewed_on_the_day(
    learner: User, finished: Article, prompts: list[Prompt], set_day: SetDay
) -> None:
    for number in range(3, 21):
        Prompt.objects.create(article=finished, number=number, question=f"{number}?", answer="!")
    deck = deck_of(learner)
    assert (len(deck.due), deck.due_count, deck.waiting_count) == (10, 10, 10)
    for prompt in prompts:
        review(learner, prompt)
    deck = deck_of(learner)
    assert (len(deck.due), deck.due_count, deck.waiting_count) == (8, 8, 10)
    User.objects.update(daily_review_limit=5)
    deck = deck_of(learner)
    assert (len(deck.due), deck.due_count, deck.waiting_count) == (3, 3, 15)
    set_day(2)
    User.objects.update(daily_new_card_limit=1)
    deck = deck_of(learner)
    assert [card.is_new for card in deck.due] == [False, False, True]
    assert (deck.due_count, deck.waiting_count) == (3, 17)


def test_a_changed_article_offers_its_cards_once_more(
    learner: User, finished: Article, prompts: list[Prompt], set_day: SetDay
) -> None:
    review(learner, prompts[0], Rating.EASY)
    set_day(3)
    assert due(learner) == [prompts[1].uuid]
    change(finished)
    set_day(4)
    assert due(learner) == [prompt.uuid for prompt in prompts]
    review(learner, prompts[0], Rating.EASY)
    set_day(5)
    assert due(learner) == [prompts[1].uuid]


def test_dismissing_a_change_does_not_take_its_cards_back(
    learner: User, finished: Article, prompts: list[Prompt], set_day: SetDay
) -> None:
    review(learner, prompts[0], Rating.EASY)
    set_day(3)
    change(finished)
    progress = LearnerProgress(learner)
    progress.acknowledge_changes(timezone.now())
    assert progress.changed_articles == {}
    assert due(learner) == [prompt.uuid for prompt in prompts]
    review(learner, prompts[0], Rating.EASY)
    assert due(learner) == [prompts[1].uuid]


def test_finishing_a_changed_article_again_does_not_take_its_cards_back(
    learner: User, finished: Article, prompts: list[Prompt], set_day: SetDay
) -> None:
    review(learner, prompts[0], Rating.EASY)
    set_day(3)
    change(finished)
    LearnerProgress(learner).set(finished, StateName.READING)
    set_day(4)
    LearnerProgress(learner).set(finished, StateName.DONE)
    assert LearnerProgress(learner).changed_articles == {}
    assert due(learner) == [prompt.uuid for prompt in prompts]


def test_a_change_offers_own_cards_of_an_article_that_is_not_finished(
    learner: User, finished: Article, set_day: SetDay
) -> None:
    LearnerProgress(learner).set(finished, StateName.READING)
    own = own_card(learner, finished)
    review(learner, own, Rating.EASY)
    set_day(3)
    assert due(learner) == []
    change(finished)
    assert due(learner) == [own.uuid]
    review(learner, own, Rating.EASY)
    set_day(4)
    assert due(learner) == []


def test_a_change_that_was_taken_back_offers_nothing(
    learner: User, finished: Article, prompts: list[Prompt], set_day: SetDay
) -> None:
    before = Entry.objects.get(article=finished).what_you_learn
    for prompt in prompts:
        review(learner, prompt, Rating.EASY)
    set_day(3)
    change(finished)
    assert due(learner) == [prompt.uuid for prompt in prompts]
    change(finished, before)
    assert due(learner) == []


@pytest.mark.parametrize("time_zone", ["UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_a_change_on_the_day_of_a_review_counts_if_it_came_later(
    learner: User, finished: Article, prompts: list[Prompt], set_day: SetDay, time_zone: str
) -> None:
    with timezone.override(time_zone):
        review(learner, prompts[0], Rating.EASY)
        set_day(0.1)
        change(finished)
        set_day(0.2)
        review(learner, prompts[1], Rating.EASY)
        set_day(1)
        assert due(learner) == [prompts[0].uuid]
        review(learner, prompts[0], Rating.EASY)


def test_merging_articles_keeps_the_cards(
    learner: User, finished: Article, prompts: list[Prompt], set_day: SetDay
) -> None:
    review(learner, prompts[0], Rating.EASY)
    kept = Article.objects.get(slug="payment-wallet")
    merge_articles(kept, finished)
    assert [card.key for card in deck_of(learner).cards] == [prompt.uuid for prompt in prompts]
    assert {card.article for card in deck_of(learner).cards} == {kept}
    assert due(learner) == [prompts[1].uuid]


def test_merging_articles_with_key_points_keeps_both_cards_with_an_answer(
    learner: User, finished: Article, prompts: list[Prompt], set_day: SetDay
) -> None:
    kept = Article.objects.get(slug="payment-wallet")
    LearnerProgress(learner).set(kept, StateName.DONE)
    for article, points in ((kept, "Ledger"), (finished, "Seats")):
        review(
            learner,
            Completion.objects.create(user=learner, article=article, key_points=points),
        )
    merge_articles(kept, finished)
    cards = Card.objects.order_by("pk").values_list("kind", "question", "answer", "article__slug")
    assert list(cards) == [
        (CardKind.KEY_POINTS, "", "", "payment-wallet"),
        (CardKind.OWN, "Ticket Booking System", "Ledger\nSeats", "payment-wallet"),
    ]
    assert [card.kind for card in deck_of(learner).cards if card.is_dropped] == [CardKind.OWN]
    assert Review.objects.lasting().count() == 2


@pytest.mark.parametrize("size", [1, 30])
def test_a_deck_takes_two_queries_after_the_states(
    learner: User,
    playbook: None,
    set_day: SetDay,
    size: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    articles = list(Article.objects.listed())[:size]
    progress = LearnerProgress(learner)
    for article in articles:
        progress.set(article, StateName.DONE)
        Completion.objects.create(user=learner, article=article, key_points="A point")
        Card.objects.create(
            user=learner, article=article, kind=CardKind.OWN, question="Mine?",
            last_reviewed_on=timezone.localdate() - timedelta(days=9), stability=1, difficulty=5,
            due_on=timezone.localdate(), first_reviewed_on=timezone.localdate(),
        )  # fmt: skip
    assert deck_of(learner).due_count  # reads the prompts of the snapshot
    deck = deck_of(learner)
    assert deck.progress.states
    with django_assert_num_queries(2):
        assert deck.due_count == len(deck.due)


@pytest.mark.parametrize("size", [1, 20])
@pytest.mark.parametrize(("changed_on", "query_count"), [(0.1, 3), (1, 2)])
def test_a_deck_takes_one_more_query_if_articles_changed_on_the_day_of_a_review(
    learner: User,
    playbook: None,
    set_day: SetDay,
    size: int,
    changed_on: float,
    query_count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    articles = list(Article.objects.listed())[:size]
    for article in articles:
        review(learner, own_card(learner, article))
    set_day(changed_on)
    for article in articles:
        article.title += " again"
        article.save()
    set_day(1)
    assert deck_of(learner).due_count == size  # reads the snapshot
    deck = deck_of(learner)
    assert deck.progress.states == {}
    with django_assert_num_queries(query_count):
        assert deck.due_count == len(deck.due)


def test_undoing_a_review_offers_the_card_of_a_changed_article_again(
    learner: User, finished: Article, prompts: list[Prompt], set_day: SetDay
) -> None:
    review(learner, prompts[0], Rating.EASY)
    set_day(3)
    change(finished)
    operation = uuid4()
    review_card(LearnerProgress(learner), prompts[0].uuid, Rating.EASY, operation)
    assert due(learner) == [prompts[1].uuid]
    undo_review(LearnerProgress(User.objects.get(pk=learner.pk)), operation)
    assert due(learner) == [prompt.uuid for prompt in prompts]


def test_a_change_offers_no_card_that_is_dropped_or_of_a_retired_article(
    learner: User, finished: Article, prompts: list[Prompt], set_day: SetDay
) -> None:
    for prompt in prompts:
        review(learner, prompt, Rating.EASY)
    set_day(3)
    change(finished)
    drop_card(LearnerProgress(User.objects.get(pk=learner.pk)), prompts[0].uuid)
    assert due(learner) == [prompts[1].uuid]
    finished.retire()
    assert due(learner) == []
    finished.restore()
    drop_card(LearnerProgress(User.objects.get(pk=learner.pk)), prompts[0].uuid, is_dropped=False)
    assert due(learner) == [prompt.uuid for prompt in prompts]
