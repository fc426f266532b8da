"""Enter the password again, as the pages ask for it."""

from django.test import Client

LEARNERS = "a-learner's-password"


def confirm(client: Client, password: str = LEARNERS) -> None:
    response = client.post("/accounts/reauthenticate/", {"password": password, "next": "/me/"})
    assert response.headers["Location"] == "/me/"
