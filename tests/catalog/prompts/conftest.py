from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from catalog.models import Article
from catalog.prompts.models import Prompt

SOURCE = "RFC 9110 https://www.rfc-editor.org/rfc/rfc9110"


@pytest.fixture
def client(client: Client, editor: User) -> Client:
    client.force_login(editor)
    return client


@pytest.fixture
def article(playbook: None) -> Article:
    return Article.objects.get(slug="payment-wallet")


@pytest.fixture
def ask(article: Article) -> Callable[..., Prompt]:
    """Return a function that adds a prompt to the article, after those that it made."""
    Prompt.objects.all().delete()

    def ask(question: str, **values: object) -> Prompt:
        number = Prompt.objects.of_article(article).count() + 1
        own = {"answer": f"{question} Because.", "source_lines": SOURCE, "article": article}
        return Prompt.objects.create(question=question, **{"number": number, **own, **values})

    return ask
