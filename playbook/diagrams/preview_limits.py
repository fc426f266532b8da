"""Limit the previews of drawings, which anybody can ask for, in each process of the site.

The counts are in memory, because a preview asks no database. What is refused is asked for again
with the next letter that somebody types.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

AT_ONCE = 3
"""The previews that are made or wait for their turn; the other threads serve pages."""
A_MINUTE = 300
"""The previews of a network address, behind which a whole class can be."""


class TooManyPreviews(Exception):
    """The process makes as many previews as it should, or the network address asked for so many."""


class PreviewLimits:
    def __init__(self) -> None:
        self.at_once = threading.BoundedSemaphore(AT_ONCE)
        self.lock = threading.Lock()
        self.minute = 0
        self.counts: Counter[str] = Counter()

    @contextmanager
    def turn_of(self, address: str) -> Iterator[None]:
        """Hold one of the places, or raise `TooManyPreviews` at once."""
        if not self._count(address) or not self.at_once.acquire(blocking=False):
            raise TooManyPreviews
        try:
            yield
        finally:
            self.at_once.release()

    def _count(self, address: str) -> bool:
        minute = int(monotonic() // 60)
        with self.lock:
            if minute != self.minute:
                self.minute, self.counts = minute, Counter()
            self.counts[address] += 1
            return self.counts[address] <= A_MINUTE


limits = PreviewLimits()
