"""What waits for an editor: each queue a number on the desk, and an address where it is worked off.

A sub-app of the catalogue registers its own when it is ready.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.contrib.auth.models import AbstractUser
from django.utils.functional import Promise


@dataclass(frozen=True)
class Queue:
    name: str | Promise
    """In the plural: “Drafts”."""
    count: Callable[[], int]
    """In one query."""
    address: Callable[[], str]
    permission: str
    """Who has it sees the queue: `catalog.change_article`."""


@dataclass(frozen=True)
class Waiting:
    name: str | Promise
    count: int
    address: str


_queues: dict[str, Queue] = {}


def register(slug: str, queue: Queue) -> None:
    """The same slug again replaces it."""
    _queues[slug] = queue


def waiting_for(user: AbstractUser) -> Iterator[Waiting]:
    """Every queue that this editor may work off, the empty ones too, as they were registered."""
    for queue in _queues.values():
        if user.has_perm(queue.permission):
            yield Waiting(queue.name, queue.count(), queue.address())
