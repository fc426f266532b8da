import logging
from collections.abc import Callable
from typing import Any

from django.core.cache import caches
from django.core.cache.backends.db import DatabaseCache
from django.core.cache.backends.redis import RedisCache
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from playbook.stores.outage import Outage
from playbook.stores.writing import database_is_writable

logger = logging.getLogger(__name__)
outage = Outage()


def or_database(name: str) -> Callable[..., Any]:
    """Return the cache method of that name, which falls back to the database."""

    def method(self: "RedisOrDatabase", *args: object, **kwargs: object) -> Any:
        if outage.may_be_tried():
            try:
                answer = getattr(super(RedisOrDatabase, self), name)(*args, **kwargs)
            except RedisError as error:
                outage.failed()
                logger.warning("Redis does not answer; using the database instead: %s", error)
            else:
                outage.succeeded()
                return answer
        return getattr(caches["database"], name)(*args, **kwargs)

    return method


class Database(DatabaseCache):
    """The cache table, which raises what keeps it from storing a value.

    Django's own stores nothing then and says nothing, so that every limit seems to be reached.
    """

    def set(self, key: Any, *args: Any, **kwargs: Any) -> None:
        super().set(key, *args, **kwargs)
        self._expect_stored(key)

    def add(self, key: Any, *args: Any, **kwargs: Any) -> bool:
        is_added: bool = super().add(key, *args, **kwargs)
        return is_added or self._expect_stored(key)

    def _expect_stored(self, key: Any) -> bool:
        """Raise the fault of a database that has no value for the key. Return False."""
        if not self.has_key(key):
            database_is_writable()
        return False


class RedisOrDatabase(RedisCache):
    """Redis, and the cache table of the database while Redis does not answer.

    The two do not share their contents, so it suits counters and whatever may be forgotten.
    """

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        options = {
            "socket_connect_timeout": 1,
            "socket_timeout": 1,
            # Reopens at once a connection that Redis closed while it restarted.
            "retry": Retry(NoBackoff(), 1),
            **params.get("OPTIONS", {}),
        }
        super().__init__(server, {**params, "OPTIONS": options})

    add = or_database("add")
    get = or_database("get")
    set = or_database("set")
    touch = or_database("touch")
    delete = or_database("delete")
    has_key = or_database("has_key")
    incr = or_database("incr")
    get_many = or_database("get_many")
    set_many = or_database("set_many")
    delete_many = or_database("delete_many")
    clear = or_database("clear")
