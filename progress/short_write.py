"""Writes that hold the lock of the database for as short a time as possible.

SQLite has one writer at a time. What a write reads and computes takes longer than its statements,
so it comes before the transaction, in which the progress version tells whether it is still right.
"""

from abc import ABC, abstractmethod
from typing import ClassVar

from progress.kept_rows import Rows


class ShortWrite(ABC):
    """A write of a learner, which `LearnerProgress.write` runs."""

    changes: ClassVar[frozenset[str]]
    """The tables that it writes to."""

    @abstractmethod
    def prepare(self) -> None:
        """Read what it needs, and make the rows to store.

        It is called before the transaction, and again in it if the learner wrote in the meantime,
        or if `lock` says that it no longer fits.
        """

    @abstractmethod
    def lock(self) -> bool:
        """Lock what comes before the learner in the order of locks.

        Return False if what was prepared no longer fits.
        """

    @abstractmethod
    def store(self) -> None:
        """Store the rows that were made."""

    @abstractmethod
    def known_rows(self) -> Rows:
        """Return what is known of the changed tables once the transaction is over."""
