"""Reads from the replica, and the fallback when it does not answer."""

import time
from collections.abc import Iterator

import pytest
from django.db import DatabaseError, OperationalError

from catalog.models import Article
from playbook.stores import replica
from playbook.stores.outage import Outage
from playbook.stores.replica import Router, reading
from progress.models import Event, State

GONE = OperationalError("the connection is lost")


@pytest.fixture(autouse=True)
def reachable() -> Iterator[None]:
    """Treat the replica as reachable before and after each test."""
    replica.outage.succeeded()
    yield
    replica.outage.succeeded()


def gone() -> bool:
    raise GONE


def never() -> bool:
    raise AssertionError("asked, though it did not answer just now")


def place() -> str:
    return Router().db_for_read(State)


def places() -> dict[str, str]:
    router = Router()
    return {model.__name__: router.db_for_read(model) for model in (State, Event, Article)}


def test_only_listed_tables_are_read_from_the_replica_and_only_inside_the_block() -> None:
    everything = {"State": "default", "Event": "default", "Article": "default"}
    assert places() == everything
    with reading("progress", lambda: True):
        assert places() == {"State": "replica", "Event": "replica", "Article": "default"}
        assert Router().db_for_write(State) == "default"
    assert places() == everything


def test_a_replica_that_lags_is_not_read_and_is_checked_once() -> None:
    answers = iter([False, True])
    with reading("progress", lambda: next(answers)):
        assert [place() for _ in range(3)] == ["default"] * 3


def test_an_unreachable_replica_is_not_tried_again_for_a_while() -> None:
    with reading("progress", gone):
        assert place() == "default"
    with reading("progress", never):
        assert place() == "default"


def test_a_request_that_loses_the_replica_continues_on_the_primary() -> None:
    with reading("progress", lambda: True):
        assert place() == "replica"
        assert replica.was_lost(DatabaseError("a mistake in a query")) is False
        assert replica.was_lost(GONE) is True
        assert place() == "default"
        assert replica.was_lost(GONE) is False


def test_an_error_of_the_primary_is_not_blamed_on_the_replica() -> None:
    assert replica.was_lost(GONE) is False
    with reading("progress", lambda: False):
        assert replica.was_lost(GONE) is False
    with reading("progress", never):
        replica.outage.failed()
        assert replica.was_lost(GONE) is False


def test_nothing_is_migrated_on_the_replica() -> None:
    router = Router()
    assert [router.allow_migrate(alias, "progress") for alias in ("default", "replica")] == [
        True,
        False,
    ]


def test_only_one_caller_checks_whether_the_replica_answers_again() -> None:
    outage = Outage(seconds=0.05)
    assert [outage.may_be_tried() for _ in range(2)] == [True, True]
    outage.failed()
    assert outage.may_be_tried() is False
    time.sleep(0.06)
    assert [outage.may_be_tried() for _ in range(2)] == [True, False]
    outage.succeeded()
    assert [outage.may_be_tried() for _ in range(2)] == [True, True]
