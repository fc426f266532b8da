"""The page to which signing in leads, if the learner did not come from another one.

Apps register functions that return the address for a learner, or nothing.
"""

from collections.abc import Callable
from typing import TypeAlias

from accounts.models import User

Landing: TypeAlias = Callable[[User], str]

_registered: list[Landing] = []


def register(landing: Landing) -> None:
    _registered.append(landing)


def address_for(user: User) -> str:
    """Return the first address that an app has for the learner; empty if none has one."""
    return next(filter(None, (landing(user) for landing in _registered)), "")
