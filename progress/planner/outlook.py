"""The day on which a plan is finished at this pace, and the changes that would make it fit.

Every function is pure, and gets the days and tasks of the plan.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from heapq import heapify, heappop, heappush

from progress.planner.models import DAY_MINUTES_MAX

STEP = 5
"""The step in which more minutes a week are suggested."""


@dataclass(frozen=True)
class Outlook:
    """The day on which a plan is finished, compared with its date."""

    finished_on: date | None
    """The day of the last task, if the learner goes on after the date as before. None for never."""
    last_day: date | None
    """The last study day of the plan, which is the day before the interview."""
    has_tasks: bool = True
    """True if anything is left to do."""

    @property
    def days_early(self) -> int | None:
        """The days between finishing and the last study day; negative for days after it."""
        if self.finished_on is None or self.last_day is None:
            return None
        return (self.last_day - self.finished_on).days

    @property
    def days_late(self) -> int:
        return max(-(self.days_early or 0), 0)

    @property
    def is_late(self) -> bool:
        if self.last_day is None or not self.has_tasks:
            return False
        return self.days_early is None or self.days_early < 0


def more_minutes(weekly: Sequence[int], fits: Callable[[Sequence[int]], bool]) -> int | None:
    """Return more minutes a week with which everything fits, and with five less it does not.

    With even less it can fit too, since a day with more time can be chosen for practice. The
    minutes are spread over the weekdays that have time already. None if no amount is enough that
    the fullest of these days can still have. At most twelve schedules are tried.
    """
    active = sum(minutes > 0 for minutes in weekly)
    low, high = 0, (DAY_MINUTES_MAX - max(weekly)) * active // STEP
    if not high or not fits(spread(weekly, high * STEP)):
        return None
    while high - low > 1:
        middle = (low + high) // 2
        if fits(spread(weekly, middle * STEP)):
            high = middle
        else:
            low = middle
    return high * STEP


def spread(weekly: Sequence[int], more: int) -> list[int]:
    """Return the minutes of each weekday with `more` in all, on the days that have time."""
    active = [number for number, minutes in enumerate(weekly) if minutes]
    each, rest = divmod(more, len(active))
    added = {number: each + (place < rest) for place, number in enumerate(active)}
    return [minutes + added.get(number, 0) for number, minutes in enumerate(weekly)]


def to_leave_out(
    articles: Iterable[int],
    requires: Callable[[int], Iterable[int]],
    fits: Callable[[Sequence[int]], bool],
) -> list[int] | None:
    """Return the fewest articles at the end of the order without which the rest fits.

    An article that one of the rest requires is never among them. None if even that is not enough.
    """
    order = list(_last_first(list(articles), requires))
    counts = range(len(order) + 1)
    # A schedule takes milliseconds, so only a few are tried: what fits does so with less, too.
    count = bisect_left(counts, True, key=lambda number: fits(order[:number]))
    return order[:count][::-1] if count in counts else None


def _last_first(articles: Sequence[int], requires: Callable[[int], Iterable[int]]) -> Iterator[int]:
    """Yield each article when none of those that are left requires it, the last one first."""
    places = {article: place for place, article in enumerate(articles)}
    requirements = {article: places.keys() & set(requires(article)) for article in articles}
    needed = Counter(required for every in requirements.values() for required in every)
    free = [-place for article, place in places.items() if not needed[article]]
    heapify(free)
    while free:
        article = articles[-heappop(free)]
        yield article
        for required in requirements[article]:
            needed[required] -= 1
            if not needed[required]:
                heappush(free, -places[required])
