"""The site keeps working while Redis cannot be reached."""

import time
from collections.abc import Iterator

import pytest
from django.core.cache import caches
from django.core.cache.backends.base import BaseCache
from django.core.management import call_command
from pytest_django import Settings

from playbook.stores.caches import outage

NOBODY = "redis://127.0.0.1:1/0"


@pytest.fixture
def cache(settings: Settings, db: None) -> Iterator[BaseCache]:
    in_database = settings.CACHES["database"]
    settings.CACHES = {
        "default": {"BACKEND": "playbook.stores.caches.RedisOrDatabase", "LOCATION": NOBODY},
        "database": in_database,
    }
    call_command("createcachetable", verbosity=0)
    yield caches["default"]
    outage.succeeded()


def test_attempts_are_counted_in_the_database_without_redis(cache: BaseCache) -> None:
    assert cache.add("attempts", 1) is True
    assert cache.add("attempts", 9) is False
    assert cache.incr("attempts") == 2
    cache.set_many({"one": 1, "two": 2})
    assert cache.get_many(["attempts", "one", "three"]) == {"attempts": 2, "one": 1}
    assert caches["database"].get("attempts") == 2
    assert cache.delete("attempts") is True
    assert cache.has_key("attempts") is False
    cache.clear()
    assert cache.get("one", "nothing") == "nothing"


def test_an_unreachable_redis_is_not_waited_for_again(cache: BaseCache) -> None:
    cache.get("first")
    assert outage.may_be_tried() is False
    before = time.perf_counter()
    for _ in range(20):
        cache.get("again")
    assert time.perf_counter() - before < 1
