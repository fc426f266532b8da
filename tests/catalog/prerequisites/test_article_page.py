"""The page of an article shows what to read before it, what it leads to, and its minutes."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from catalog.models import Article
from catalog.prerequisites.models import Prerequisite
from progress.learner import LearnerProgress
from progress.states import StateName
from tests.catalog.admin_pages import text_of
from tests.catalog.prerequisites.conftest import A, B, C, article

pytestmark = pytest.mark.same_everywhere
Require = Callable[..., Prerequisite]


def page_of(client: Client, slug: str) -> str:
    return text_of(client.get(reverse("catalog:article_detail", args=[slug])))


def test_it_shows_both_sides_with_the_reason_and_the_states(
    client: Client, require: Require, learner: User
) -> None:
    require(B, A, "it needs queues")
    require(C, B, "it needs backpressure")
    client.force_login(learner)
    LearnerProgress(learner).set(article(A), StateName.DONE)
    titles = {slug: article(slug).title for slug in (A, B, C)}
    text = page_of(client, B)
    assert f"Before this {titles[A]} Done it needs queues" in text
    assert f"Leads to {titles[C]} To do Map of the playbook" in text
    assert f"Before this {titles[A]} To do" in page_of(Client(), B)


def test_an_article_with_neither_shows_nothing(client: Client, require: Require) -> None:
    require(B, A)
    assert "Before this" not in page_of(client, C)
    assert "Leads to" not in page_of(client, C)
    assert "Before this" not in page_of(client, A)
    assert "Leads to" in page_of(client, A)


def test_minutes_are_shown_on_the_page_and_in_the_row_where_they_are_known(
    client: Client, playbook: None
) -> None:
    assert " min" not in page_of(client, C).replace(" minutes", "")
    wallet = Article.objects.get(slug=C)
    wallet.reading_minutes = 16
    wallet.save()
    assert "16 min" in page_of(client, C)
    row = text_of(client.get(reverse("catalog:entry_list"), {"q": "payment wallet"}))
    assert "Microservice design for wallet/payments · 16 min" in row
