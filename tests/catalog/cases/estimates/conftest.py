import pytest
from django.test import Client


@pytest.fixture
def client() -> Client:
    """Return the client of a visitor; that of the other tests of cases is an editor's."""
    return Client()
