import pytest
from django.test import Client

from accounts.models import User


@pytest.fixture
def editor_client(client: Client, editor: User) -> Client:
    client.force_login(editor)
    return client
