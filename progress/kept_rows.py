"""The rows of learners that this process keeps between their requests, until their next write.

A learner reads far more pages than they change rows, and most pages need the same rows: the states,
the cards, the plan. Each write of a learner increases their progress version, so rows that were
read at a version are right for every request at this version, in whichever process.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, Generic, TypeAlias, TypeVar

from accounts.models import User

_T = TypeVar("_T")
_T_co = TypeVar("_T_co", covariant=True)


class Reading(Generic[_T_co]):
    """A function that reads rows of one learner, and the tables in which it reads them."""

    def __init__(self, read: Callable[[User], _T_co], tables: frozenset[str]) -> None:
        self.read = read
        self.tables = tables
        self.__doc__ = read.__doc__

    def __call__(self, user: User) -> _T_co:
        return self.read(user)


def reading(*tables: str) -> Callable[[Callable[[User], _T]], Reading[_T]]:
    """Declare the tables of a learner's rows that a function reads."""
    return lambda read: Reading(read, frozenset(tables))


Rows: TypeAlias = dict[Reading[Any], Any]
"""The results of the functions, each of the same learner."""

LEARNERS_KEPT = 200
"""At about 100 KB for a learner with a card for each prompt, 20 MB in each process."""


class KeptRows:
    """The rows of the learners who read last, each at one version."""

    def __init__(self, learners: int = LEARNERS_KEPT) -> None:
        self.learners = learners
        self._kept: OrderedDict[int, tuple[Hashable, Rows]] = OrderedDict()
        self._lock = Lock()

    def of(self, learner: int, version: Hashable) -> Rows:
        """Return the learner's rows at this version, to which the caller adds what it reads.

        Those of another version are dropped.
        """
        with self._lock:
            kept_version, rows = self._kept.pop(learner, (None, {}))
            if kept_version != version:
                rows = {}
            self._kept[learner] = version, rows
            self._drop_surplus()
        return rows

    def put(self, learner: int, version: Hashable, rows: Rows) -> None:
        """Keep the rows that are known at this version, whatever was kept before."""
        with self._lock:
            self._kept[learner] = version, rows
            self._kept.move_to_end(learner)
            self._drop_surplus()

    def _drop_surplus(self) -> None:
        while len(self._kept) > self.learners:
            self._kept.popitem(last=False)

    def clear(self) -> None:
        with self._lock:
            self._kept.clear()


KEPT_ROWS = KeptRows()
