from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from catalog.models import Article
from progress.notes.models import Note
from progress.notes.saving import save_note
from progress.texts.saving import Draft

WriteNote = Callable[..., Note]


@pytest.fixture
def wallet(playbook: None) -> Article:
    return Article.objects.get(slug="payment-wallet")


@pytest.fixture
def booking(playbook: None) -> Article:
    return Article.objects.get(slug="ticket-booking-system")


@pytest.fixture
def reader(client: Client, learner: User) -> Client:
    client.force_login(learner)
    return client


@pytest.fixture
def other(db: None) -> User:
    return User.objects.create_user("other", "other@example.org", "another-learner's-password")


@pytest.fixture
def write_note() -> WriteNote:
    """Return a function that stores a text, based on what is stored."""

    def write(user: User, article: Article, text: str) -> Note:
        stored = Note.objects.filter(user=user, article=article).first()
        return save_note(user, article, Draft(text, stored.version if stored else 0))

    return write
