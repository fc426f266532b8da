"""Recall counts as study: for the streak, and on the heat map."""

import re
from datetime import date
from uuid import uuid4

import pytest
from django.test import Client

from accounts.models import User
from catalog.models import Article
from catalog.prompts.models import Prompt
from progress.activity import Day, days_of, streak
from progress.learner import LearnerProgress
from progress.recall.models import Card, CardKind, Rating, Review
from progress.recall.reviewing import review_card, undo_review
from tests.progress.recall.conftest import SetDay


def test_a_day_with_reviews_is_a_study_day(
    learner: User, finished: Article, prompts: list[Prompt], set_day: SetDay
) -> None:
    set_day(1)
    operation = uuid4()
    review_card(LearnerProgress(learner), prompts[0].uuid, Rating.GOOD, uuid4())
    review_card(LearnerProgress(learner), prompts[1].uuid, Rating.GOOD, operation)
    days = [Day(date(2030, 11, 2), finished=1), Day(date(2030, 11, 3), reviewed=2)]
    assert days_of(learner, []) == days
    assert streak(days, date(2030, 11, 3)).current == 2
    undo_review(LearnerProgress(learner), operation)
    assert days_of(learner, [])[1].reviewed == 1


def test_the_reviews_of_others_do_not_count(
    learner: User, editor: User, finished: Article, prompts: list[Prompt]
) -> None:
    review_card(LearnerProgress(learner), prompts[0].uuid, Rating.GOOD, uuid4())
    assert days_of(editor, []) == []


@pytest.mark.parametrize(
    ("finished_count", "reviewed", "level"),
    [(0, 0, 0), (0, 1, 1), (0, 19, 1), (0, 20, 2), (1, 9, 1), (1, 10, 2), (3, 10, 3), (0, 70, 4)],
)
def test_ten_reviews_weigh_like_one_article(finished_count: int, reviewed: int, level: int) -> None:
    assert Day(date(2030, 1, 1), finished=finished_count, reviewed=reviewed).level == level


def test_the_heat_map_and_its_table_say_how_many_were_reviewed(
    client: Client, learner: User, finished: Article, set_day: SetDay
) -> None:
    client.force_login(learner)
    for number in range(12):
        own = Card.objects.create(
            user=learner, article=finished, kind=CardKind.OWN, question=str(number)
        )
        Review.objects.create(
            user=learner, card=own, rating=3, reviewed_on=date(2030, 11, 1), retention=90
        )
    html = client.get("/me/").content.decode()
    assert "<title>1 Nov 2030: 0 started, 0 finished, 12 reviewed</title>" in html
    assert "<title>2 Nov 2030: 0 started, 1 finished</title>" in html
    row = re.search(r"\?day=2030-11-01.*?</tr>", html)
    assert row
    assert re.findall(r"<td>(\d+)</td>", row[0]) == ["0", "0", "12"]
    assert 'href="/me/recall/statistics/"' in html
