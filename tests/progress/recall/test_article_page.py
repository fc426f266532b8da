import re
from collections.abc import Mapping
from uuid import uuid4

import pytest
from django.test import Client

from accounts.models import User
from catalog.models import Article
from catalog.prompts.models import Prompt
from progress.learner import LearnerProgress
from progress.models import Completion
from progress.own_cards import CardTexts
from progress.recall.cards.editing import add_card
from progress.recall.models import Rating
from progress.recall.reviewing import review_card
from tests.progress.recall.conftest import SetDay

HTMX = {"HX-Request": "true"}


@pytest.fixture
def reader(client: Client, learner: User, set_day: SetDay) -> Client:
    client.force_login(learner)
    return client


def box(html: str) -> str:
    """Return the part of the page with the learner's cards."""
    return html[html.index('id="article-cards"') :]


def cards(html: str) -> Mapping[str, str]:
    """Return when each card is due, by its question."""
    pattern = r'article-card-question"[^>]*>([^<]+)</a>\s*<[^>]+>(?:<time[^>]*>)?([^<]+)<'
    return {question: due.strip() for question, due in re.findall(pattern, html)}


def page(client: Client, article: Article) -> str:
    return client.get(article.get_absolute_url()).content.decode()


def test_the_cards_of_a_finished_article_say_when_they_come_back(
    reader: Client, learner: User, finished: Article, prompts: list[Prompt], set_day: SetDay
) -> None:
    Completion.objects.create(user=learner, article=finished, key_points="A point")
    html = page(reader, finished)
    assert list(cards(html).values()) == ["new", "new", "new"]
    assert "Start with the 3 new cards" in html
    assert "Test yourself" not in html
    review_card(LearnerProgress(learner), prompts[0].uuid, Rating.GOOD, uuid4())
    review_card(LearnerProgress(learner), prompts[1].uuid, Rating.EASY, uuid4())
    set_day(2)
    html = page(reader, finished)
    assert cards(html) == {
        "Why first?": "due today",
        "Why next?": "due in 6 days",
        f"Explain in your own words: {finished.title}": "new",
    }
    assert re.findall(r'article-card-answer">([^<]+)<', html) == ["So."]
    assert f'href="/me/recall/?card={prompts[0].uuid}">Review the card that is due' in html


def test_before_it_is_finished_everybody_can_test_themselves(
    reader: Client, article: Article, prompts: list[Prompt]
) -> None:
    html = page(reader, article)
    assert cards(html) == {}
    assert "Test yourself" in html
    assert f'href="/articles/{article.slug}/cards/add/?next=' in html
    visitor = page(Client(), article)
    assert "Test yourself" in visitor
    assert 'id="article-cards"' not in visitor


def test_own_cards_of_an_unfinished_article_stand_beside_the_test(
    reader: Client, learner: User, article: Article, prompts: list[Prompt]
) -> None:
    add_card(LearnerProgress(learner), article, CardTexts("Mine?", "Yes"), uuid4())
    html = page(reader, article)
    assert cards(html) == {"Mine?": "new"}
    assert "Test yourself" in html


def test_a_change_of_state_brings_the_cards(
    reader: Client, article: Article, prompts: list[Prompt]
) -> None:
    path = f"/articles/{article.slug}/state/"
    sent = {"state": "done", "shown": "article-state article-cards"}
    html = reader.post(path, sent, headers=HTMX).content.decode()
    assert list(cards(box(html)).values()) == ["new", "new"]
    assert 'id="article-cards" class="article-cards" data-progress hx-swap-oob="true"' in html
    html = reader.post(path, {**sent, "state": "todo"}, headers=HTMX).content.decode()
    assert cards(box(html)) == {}
    assert "Test yourself" in box(html)


def test_the_cards_of_another_learner_are_not_shown(
    reader: Client, learner: User, editor: User, article: Article, prompts: list[Prompt]
) -> None:
    add_card(LearnerProgress(editor), article, CardTexts("Secret?", "Yes"), uuid4())
    assert "Secret?" not in page(reader, article)
