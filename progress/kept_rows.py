"""The rows of learners that this process keeps between their requests, until their next write.

A learner reads far more pages than they change rows, and most pages need the same rows: the states,
the cards, the plan. Each write of a learner increases their progress version, so rows that were
read at a version are right for every request at this version, in whichever process.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Sized
from threading import Lock
from typing import Any, Generic, NamedTuple, TypeAlias, TypeVar

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

ROWS_KEPT = 50_000
"""At about half a KB each, 25 MB in each process."""


class Kept(NamedTuple):
    """The rows of one learner at one version, and their size when they were counted."""

    version: Hashable
    rows: Rows
    size: int


def size_of(rows: Rows) -> int:
    """Return the number of rows, where each reading counts as one more."""
    results = tuple(rows.values())  # at once, because requests of the learner add to them
    return sum(1 + (len(each) if isinstance(each, Sized) else 0) for each in results)


class KeptRows:
    """The rows of the learners who read last, each at one version."""

    def __init__(self, most: int = ROWS_KEPT) -> None:
        self.most = most
        self._kept: OrderedDict[int, Kept] = OrderedDict()
        self._size = 0
        self._lock = Lock()

    def of(self, learner: int, version: Hashable) -> Rows:
        """Return the learner's rows at this version, to which the caller adds what it reads.

        Those of another version are dropped.
        """
        with self._lock:
            kept = self._kept.get(learner)
            if kept and kept.version == version:
                self._kept.move_to_end(learner)
                return kept.rows
            return self._put(learner, version, {})

    def put(self, learner: int, version: Hashable, rows: Rows) -> None:
        """Keep the rows that are known at this version, whatever was kept before."""
        with self._lock:
            self._put(learner, version, rows)

    def count(self, learner: int, rows: Rows) -> None:
        """Count the learner's rows again, because some were added, if they are those kept."""
        with self._lock:
            kept = self._kept.get(learner)
            if kept and kept.rows is rows:
                self._put(learner, kept.version, rows)

    def _put(self, learner: int, version: Hashable, rows: Rows) -> Rows:
        self._drop(learner)
        self._kept[learner] = kept = Kept(version, rows, size_of(rows))
        self._size += kept.size
        while self._size > self.most:
            self._drop(next(iter(self._kept)))
        return rows

    def _drop(self, learner: int) -> None:
        if kept := self._kept.pop(learner, None):
            self._size -= kept.size

    def clear(self) -> None:
        with self._lock:
            self._kept.clear()
            self._size = 0


KEPT_ROWS = KeptRows()
