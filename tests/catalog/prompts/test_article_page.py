"""Everybody can test themselves on the page of an article."""

import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from catalog.models import Article, Status
from catalog.prompts.models import Prompt
from tests.catalog.admin_pages import text_of

Ask = Callable[..., Prompt]
pytestmark = pytest.mark.same_everywhere


@pytest.fixture
def visitor(article: Article) -> Client:
    return Client()


def prompts_of(client: Client, article: Article) -> list[str]:
    response = client.get(article.get_absolute_url())
    return re.findall(r'class="prompt-question">([^<]*)<', response.content.decode())


def test_the_page_folds_the_answer_of_each_question(
    visitor: Client, article: Article, ask: Ask
) -> None:
    ask("Is 1 < 2?", answer="Yes & <b>always</b>.")
    ask("Why two?", source_lines="")
    text = text_of(visitor.get(article.get_absolute_url()))
    section = text[text.index("Test yourself") : text.index("Why two? Because.") + 17]
    assert section == (
        "Test yourself Is 1 < 2? Show answer Yes & <b>always</b>. Sources: RFC 9110 "
        "Why two? Show answer Why two? Because."
    )
    html = visitor.get(article.get_absolute_url()).content.decode()
    assert html.count('<details class="prompt">') == 2
    assert (
        '<a href="https://www.rfc-editor.org/rfc/rfc9110" rel="noopener nofollow">RFC 9110</a>'
        in html
    )


def test_a_change_of_the_prompts_is_seen_by_the_next_visitor(
    visitor: Client, article: Article, ask: Ask
) -> None:
    assert "Test yourself" not in text_of(visitor.get(article.get_absolute_url()))
    one, two = ask("Why one?"), ask("Why two?")
    assert prompts_of(visitor, article) == ["Why one?", "Why two?"]
    one.number, two.number = 2, 1
    one.save()
    two.save()
    assert prompts_of(visitor, article) == ["Why two?", "Why one?"]
    two.retire()
    assert prompts_of(visitor, article) == ["Why one?"]


def test_an_article_that_does_not_count_asks_nothing(
    client: Client, visitor: Client, article: Article, ask: Ask
) -> None:
    ask("Why one?")
    article.status = Status.objects.get(slug="draft")
    article.save()
    assert prompts_of(client, article) == []
    article.status = Status.objects.get(slug="published")
    article.retired_at = article.added_at
    article.save()
    assert prompts_of(visitor, article) == []


def test_a_learner_sees_the_same_prompts(learner: User, article: Article, ask: Ask) -> None:
    ask("Why one?")
    client = Client()
    client.force_login(learner)
    assert prompts_of(client, article) == ["Why one?"]


def test_any_number_of_prompts_takes_one_query(visitor: Client, article: Article, ask: Ask) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            visitor.get(article.get_absolute_url())
        return sum("prompts_prompt" in query["sql"] for query in captured)

    ask("Why one?")
    assert queries() == 1
    for number in range(9):
        ask(f"Why {number}?")
    assert queries() == 1
    assert queries() == 0
