"""The rows of learners that this process keeps between their requests, until their next write.

A learner reads far more pages than they change rows, and most pages need the same rows: the states,
the cards, the plan. Each write of a learner increases their progress version, so rows that were
read at a version are right for every request at this version, in whichever process.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, TypeAlias

Rows: TypeAlias = dict[Callable[..., Any], Any]
"""The result of each function that read rows of one learner."""

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
            if len(self._kept) > self.learners:
                self._kept.popitem(last=False)
        return rows

    def clear(self) -> None:
        with self._lock:
            self._kept.clear()


KEPT_ROWS = KeptRows()
