from uuid import uuid4

import pytest
from django.test import Client

from accounts.models import User
from catalog.models import Article
from catalog.prompts.models import Prompt
from progress.export import progress_of
from progress.learner import LearnerProgress
from progress.recall.models import Card, CardKind, Rating, Review
from progress.recall.reviewing import review_card, undo_review
from tests.progress.recall.conftest import SetDay


@pytest.fixture
def studied(learner: User, finished: Article, prompts: list[Prompt], set_day: SetDay) -> Article:
    """Review a prompt twice, undo the second review, and write a card."""
    review_card(LearnerProgress(learner), prompts[0].uuid, Rating.GOOD, uuid4())
    set_day(2)
    operation = uuid4()
    review_card(LearnerProgress(learner), prompts[0].uuid, Rating.AGAIN, operation)
    undo_review(LearnerProgress(learner), operation)
    Card.objects.create(
        user=learner, article=finished, kind=CardKind.OWN, question="Mine?", answer="Yes."
    )
    return finished


def test_cards_and_reviews_are_in_the_export_with_their_uuids(
    learner: User, editor: User, studied: Article, prompts: list[Prompt]
) -> None:
    export = progress_of(learner)
    stored, own = Card.objects.order_by("pk")
    assert [card["uuid"] for card in export["cards"]] == [stored.uuid, own.uuid]
    assert [(card["prompt"], card["question"]) for card in export["cards"]] == [
        (prompts[0].uuid, "Why first?"), (None, "Mine?")
    ]  # fmt: skip
    assert export["cards"][0]["article"]["uuid"] == studied.uuid
    first, second = Review.objects.order_by("pk")
    assert [
        (review["uuid"], review["card"], review["rating"], review["undone_at"])
        for review in export["reviews"]
    ] == [(first.uuid, stored.uuid, 3, None), (second.uuid, stored.uuid, 1, second.undone_at)]
    assert second.undone_at
    other = progress_of(editor)
    assert (other["cards"], other["reviews"]) == ([], [])


@pytest.mark.same_everywhere
def test_the_export_says_which_cards_are_rewritten(
    learner: User, finished: Article, prompts: list[Prompt]
) -> None:
    for prompt, question in zip(prompts, ["In my own words?", ""], strict=True):
        Card.objects.create(
            user=learner, article=finished, kind=CardKind.PROMPT, prompt=prompt, question=question
        )
    for kind in (CardKind.KEY_POINTS, CardKind.OWN):
        Card.objects.create(user=learner, article=finished, kind=kind, question="Mine?")
    cards = progress_of(learner)["cards"]
    assert [card["is_rewritten"] for card in cards] == [True, False, True, False]


def test_cards_and_reviews_go_with_the_account(
    client: Client, learner: User, editor: User, studied: Article, prompts: list[Prompt]
) -> None:
    kept = Card.objects.create(user=editor, article=studied, kind=CardKind.OWN, question="Kept?")
    client.force_login(learner)
    page = client.get("/accounts/delete/").content.decode()
    assert "2 cards that you wrote or reviewed, with all their reviews" in page
    client.post("/accounts/delete/", {"password": "a-learner's-password"})
    assert list(Card.objects.all()) == [kept]
    assert not Review.objects.exists()
    assert Prompt.objects.count() == len(prompts)
