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

        It is called before the transaction, and again in it if the learner wrote in the meantime.
        """

    @abstractmethod
    def lock(self) -> bool:
        """Lock what has to be locked before the learner, and return whether it is as prepared."""

    @abstractmethod
    def store(self) -> None:
        """Store the rows that were made."""

    @abstractmethod
    def known_rows(self) -> Rows:
        """Return what is known of the changed tables once the transaction is over."""
