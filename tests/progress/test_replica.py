"""Requests that read from the replica, and the rows they may read there."""

from collections.abc import Iterator
from typing import cast

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import MiddlewareNotUsed
from django.db import OperationalError, connections
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts.models import User
from playbook.http import HttpRequest
from playbook.stores import replica
from progress.models import State
from progress.replica import ReadOwnRows
from tests.accounts import passwords

LOST = OperationalError("the connection is lost")


@pytest.fixture(autouse=True)
def with_replica(settings: Settings, db: None) -> Iterator[None]:
    """Use the database as its own replica, which is always up to date."""
    settings.HAS_REPLICA = True
    connections[replica.REPLICA] = connections["default"]
    yield
    del connections[replica.REPLICA]
    replica.outage.succeeded()


@pytest.fixture
def request_of_learner(client: Client, learner: User, playbook: None) -> HttpRequest:
    """Return a read-only request of a signed-in learner."""
    client.force_login(learner)
    passwords.confirm(client)
    answer = client.get(reverse("progress:progress_export"))
    return cast(HttpRequest, answer.wsgi_request)


def read_from(request: HttpRequest) -> HttpResponse:
    return HttpResponse(replica.Router().db_for_read(State))


def test_an_up_to_date_replica_serves_the_page_of_a_learner(
    request_of_learner: HttpRequest,
) -> None:
    assert ReadOwnRows(read_from)(request_of_learner).content == b"replica"


def test_rows_missing_on_the_replica_are_read_from_the_primary(
    request_of_learner: HttpRequest,
) -> None:
    cast(User, request_of_learner.user).progress_version += 1
    assert ReadOwnRows(read_from)(request_of_learner).content == b"default"


def test_a_catalogue_missing_on_the_replica_is_read_from_the_primary(
    request_of_learner: HttpRequest,
) -> None:
    request_of_learner.snapshot.version = "another one"
    assert ReadOwnRows(read_from)(request_of_learner).content == b"default"


def test_state_changes_and_visitors_use_the_primary(request_of_learner: HttpRequest) -> None:
    request_of_learner.method = "POST"
    assert ReadOwnRows(read_from)(request_of_learner).content == b"default"
    request_of_learner.method = "GET"
    request_of_learner.user = AnonymousUser()
    assert ReadOwnRows(read_from)(request_of_learner).content == b"default"


def test_a_page_is_rendered_again_if_the_replica_fails(request_of_learner: HttpRequest) -> None:
    made_again: list[HttpResponse | None] = []

    def losing(request: HttpRequest) -> HttpResponse:
        assert read_from(request).content == b"replica"
        made_again.extend(middleware.process_exception(request, LOST) for _ in range(2))
        return HttpResponse()

    middleware = ReadOwnRows(losing)
    middleware(request_of_learner)
    first, second = made_again
    assert first
    assert first.headers["Content-Disposition"].startswith("attachment")
    assert second is None


def test_without_a_replica_requests_go_another_way(settings: Settings) -> None:
    settings.HAS_REPLICA = False
    with pytest.raises(MiddlewareNotUsed):
        ReadOwnRows(read_from)
