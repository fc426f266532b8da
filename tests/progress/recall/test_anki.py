import csv
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape

from accounts.models import User
from catalog.models import Article, Entry
from catalog.prompts.models import Prompt
from progress.learner import LearnerProgress
from progress.models import Completion
from progress.own_cards import CardTexts
from progress.recall.cards.editing import add_card, drop_card, rewrite_card
from progress.recall.models import Card, CardKind

PATH = "/me/recall/anki.txt"


@pytest.fixture
def reader(client: Client, learner: User, finished: Article) -> Client:
    client.force_login(learner)
    return client


def rows(client: Client) -> dict[UUID, tuple[str, str]]:
    lines = client.get(PATH).content.decode().splitlines()
    table = csv.reader((line for line in lines if not line.startswith("#")), delimiter="\t")
    return {UUID(guid): (question, answer) for guid, question, answer, _tags in table}


def test_the_file_has_the_learners_texts_under_the_keys_of_their_cards(
    reader: Client, learner: User, finished: Article, prompts: list[Prompt]
) -> None:
    def progress() -> LearnerProgress:
        return LearnerProgress(learner)

    completion = Completion.objects.create(user=learner, article=finished, key_points="A <point>")
    add_card(progress(), finished, CardTexts("Mine?", "One\nTwo"), uuid4())
    rewrite_card(progress(), prompts[0].uuid, CardTexts("In my words?", "Yes"))
    drop_card(progress(), prompts[1].uuid)
    own = Card.objects.get(kind=CardKind.OWN)
    exported = rows(reader)
    assert exported.keys() == {prompts[0].uuid, completion.uuid, own.uuid}
    assert exported[prompts[0].uuid] == ("In my words?", "Yes")
    assert exported[own.uuid] == ("Mine?", "One<br>Two")
    learned = escape(Entry.objects.get(article=finished).what_you_learn)
    assert exported[completion.uuid][1] == f"A &lt;point&gt;<br>What you’ll learn: {learned}"


def test_the_file_is_private(reader: Client, editor: User) -> None:
    response = reader.get(PATH)
    assert response["Cache-Control"] == "private, no-store"
    assert response["Content-Disposition"] == 'attachment; filename="playbook-cards.txt"'
    other = Client()
    assert other.get(PATH)["Location"].startswith("/accounts/login/")
    other.force_login(editor)
    assert rows(other) == {}


def test_any_number_of_cards_takes_the_same_queries(
    reader: Client, learner: User, finished: Article
) -> None:
    def add(count: int) -> None:
        Card.objects.bulk_create(
            Card(user=learner, article=finished, kind=CardKind.OWN, question="Q", answer="A")
            for _ in range(count)
        )

    def query_count() -> int:
        with CaptureQueriesContext(connection) as queries:
            reader.get(PATH)
        return len(queries)

    add(1)
    reader.get(PATH)
    before = query_count()
    add(150)
    assert query_count() == before
