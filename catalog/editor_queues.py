"""Editors' work queues, each shown in the admin as a number that links to its list.

Each app registers its queues in `AppConfig.ready()`.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.contrib.auth.models import AbstractUser
from django.utils.functional import Promise


@dataclass(frozen=True)
class Queue:
    name: str | Promise
    """A plural noun, such as “Drafts”."""
    count: Callable[[], int]
    """Counts what is in the queue, in one query."""
    address: Callable[[], str]
    permission: str
    """The permission to see the queue, such as `catalog.change_article`."""


@dataclass(frozen=True)
class QueueCount:
    name: str | Promise
    count: int
    address: str


_queues: dict[str, Queue] = {}


def register(slug: str, queue: Queue) -> None:
    """Register a queue, or replace the one with the same slug."""
    _queues[slug] = queue


def queue_counts_for(user: AbstractUser) -> Iterator[QueueCount]:
    """Yield every queue that this editor may see, including empty ones, in registration order."""
    for queue in _queues.values():
        if user.has_perm(queue.permission):
            yield QueueCount(queue.name, queue.count(), queue.address())
