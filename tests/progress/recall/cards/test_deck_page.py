import re
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from catalog.models import Article, Status
from catalog.prompts.models import Prompt
from progress.learner import LearnerProgress
from progress.own_cards import CardTexts
from progress.recall.cards.editing import add_card, drop_card
from progress.recall.models import Card, CardKind, Rating
from progress.recall.reviewing import review_card
from progress.states import StateName
from tests.progress.recall.conftest import SetDay

DECK = "/me/recall/cards/"
OF_OWN_CARDS = "client-side-caching-with-etag-validation"


@pytest.fixture
def reader(client: Client, learner: User, set_day: SetDay) -> Client:
    client.force_login(learner)
    return client


@pytest.fixture
def deck(finished: Article, learner: User, prompts: list[Prompt], set_day: SetDay) -> None:
    """Fill the deck with cards that are due today, new, due later, and dropped."""
    progress = LearnerProgress(learner)
    third = Prompt.objects.create(article=finished, number=3, question="Later?", answer="Yes.")
    for prompt, rating in ((prompts[0], Rating.GOOD), (third, Rating.EASY)):
        review_card(LearnerProgress(learner), prompt.uuid, rating, uuid4())
    other = Article.objects.get(slug=OF_OWN_CARDS)
    add_card(progress, other, CardTexts("My <own>?", "Idempotency keys"), uuid4())
    add_card(progress, other, CardTexts("Unwanted?", "Yes"), uuid4())
    drop_card(LearnerProgress(learner), Card.objects.get(question="Unwanted?").uuid)
    set_day(2)


def questions(client: Client, query: str = "") -> list[str]:
    html = client.get(DECK + query).content.decode()
    return re.findall(r'class="deck-question"[^>]*>([^<]+)<', html)


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", ["Why first?", "Why next?", "Later?", "My &lt;own&gt;?"]),
        ("?standing=due", ["Why first?"]),
        ("?standing=new", ["Why next?", "My &lt;own&gt;?"]),
        ("?standing=later", ["Later?"]),
        ("?standing=dropped", ["Unwanted?"]),
        ("?standing=due&standing=dropped", ["Why first?", "Unwanted?"]),
        ("?kind=own", ["My &lt;own&gt;?"]),
        ("?kind=prompt&standing=new", ["Why next?"]),
        ("?day=2030-11-04", ["Why first?"]),
        ("?day=2030-11-10", ["Later?"]),
        ("?q=IDEMPOTENCY+key", ["My &lt;own&gt;?"]),
        ("?q=ticket+because", ["Why first?"]),
    ],
)
def test_the_deck_is_filtered(reader: Client, deck: None, query: str, shown: list[str]) -> None:
    assert sorted(questions(reader, query)) == sorted(shown)


def test_the_layer_and_the_section_filter_the_deck(reader: Client, deck: None) -> None:
    section = Article.objects.get(slug=OF_OWN_CARDS).entries.get().section
    assert questions(reader, f"?section={section.slug}") == ["My &lt;own&gt;?"]
    assert questions(reader, f"?layer={section.layer.slug}") == ["My &lt;own&gt;?"]


def test_a_row_says_when_the_card_comes_back(reader: Client, deck: None) -> None:
    html = reader.get(DECK).content.decode()
    due = re.findall(r'class="deck-due">(?:<time[^>]*>)?([^<]+)<', html)
    assert sorted(map(str.strip, due)) == ["due in 6 days", "due today", "new", "new"]


def test_bad_values_are_ignored_and_named(reader: Client, deck: None) -> None:
    html = reader.get(f"{DECK}?kind=own&kind=none&day=x&page=0").content.decode()
    assert re.findall(r'class="deck-question"[^>]*>([^<]+)<', html) == ["My &lt;own&gt;?"]
    assert "“none” is not a choice for “Kind” and was ignored." in html
    assert "“x” is not a choice for “Due on” and was ignored." in html
    assert "“0” is not a choice for “Page” and was ignored." in html


@pytest.mark.parametrize(
    ("asked", "canonical"),
    [
        ("?standing=", ""),
        ("?q=+first++why+&kind=prompt", "?kind=prompt&q=first+why"),
        ("?page=7", ""),
        ("?other=1", ""),
    ],
)
def test_an_address_is_canonical(reader: Client, deck: None, asked: str, canonical: str) -> None:
    assert reader.get(DECK + asked)["Location"] == DECK + canonical


def test_an_empty_result_names_the_filter_to_drop(reader: Client, deck: None) -> None:
    html = reader.get(f"{DECK}?kind=own&standing=later").content.decode()
    assert "No cards match these filters" in html
    assert 'href="/me/recall/cards/?standing=later">Remove Kind' in html
    assert 'href="/me/recall/cards/?kind=own">Remove State' in html


def test_htmx_gets_the_filtered_part_and_the_address(reader: Client, deck: None) -> None:
    headers = {"HX-Request": "true", "HX-Target": "filtered"}
    response = reader.get(f"{DECK}?kind=own&q=", headers=headers)
    assert response.content.decode().lstrip().startswith('<div id="filtered"')
    assert response["HX-Push-Url"] == f"{DECK}?kind=own"


def test_an_empty_deck_says_how_it_fills(reader: Client, playbook: None) -> None:
    assert "Your deck is empty" in reader.get(DECK).content.decode()


def test_the_deck_is_private(client: Client, editor: User, deck: None) -> None:
    assert client.get(DECK)["Location"].startswith("/accounts/login/")
    client.force_login(editor)
    html = client.get(DECK).content.decode()
    assert "My &lt;own&gt;?" not in html
    assert "Your deck is empty" in html


def test_pages_and_queries_do_not_grow_with_the_deck(
    reader: Client,
    learner: User,
    finished: Article,
    prompts: list[Prompt],
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    add_card(LearnerProgress(learner), finished, CardTexts("Mine?", "Yes"), uuid4())
    reader.get(f"{DECK}?q=first")
    with CaptureQueriesContext(connection) as queries:
        reader.get(f"{DECK}?q=first")
    query_count = len(queries)
    for article in Article.objects.listed()[:5]:
        LearnerProgress(learner).set(article, StateName.DONE)
    Card.objects.bulk_create(
        Card(user=learner, article=finished, kind=CardKind.OWN, question=f"Q{number}?", answer="A")
        for number in range(60)
    )
    reader.get(DECK)
    with django_assert_num_queries(query_count):
        html = reader.get(f"{DECK}?q=a").content.decode()
    assert "Page 1 of 2" in html
    assert len(questions(reader)) == 50
    assert len(questions(reader, "?page=2")) == 13


def resting(client: Client) -> list[str]:
    html = client.get(DECK).content.decode()
    section = html.partition('id="resting-title"')[2].partition("</section>")[0]
    return [re.sub(r"<[^>]+>", "", item).strip() for item in re.findall(r"<li>(.+?)</li>", section)]


def test_the_cards_that_rest_are_listed_with_the_reason(
    reader: Client, deck: None, finished: Article, learner: User, prompts: list[Prompt]
) -> None:
    assert resting(reader) == []
    prompts[0].retire()
    assert resting(reader) == [f"{finished.title} · 1 card, question or key points removed"]
    LearnerProgress(learner).set(finished, StateName.READING)
    assert resting(reader) == [f"{finished.title} · 2 cards, no longer finished"]
    finished.status = Status.objects.get(slug="draft")
    finished.save()
    assert resting(reader) == ["Articles that are not shown at the moment · 2 cards"]
