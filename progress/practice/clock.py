"""The clock of a practice session, computed from what is stored and the time now.

Every instant is absolute: neither a time zone nor a change of its clocks matters. A system clock
that was set back shortens no pause below nothing and takes no time back below nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate
from typing import NamedTuple

from django.utils.functional import cached_property

ZERO = timedelta(0)
MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)
WARNING = 5 * MINUTE
"""The time before the end at which a learner is told that it comes."""


class PauseSpan(NamedTuple):
    """A time during which the clock stands still; without an end it does so now."""

    began_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True)
class Clock:
    """The clock of a practice session at one moment."""

    started_at: datetime
    length: timedelta
    stages: Sequence[timedelta]
    """The length of each stage, in their order."""
    twist_after: timedelta
    pauses: Sequence[PauseSpan]
    now: datetime
    finished_at: datetime | None = None

    @cached_property
    def paused(self) -> timedelta:
        """The sum of the pauses that are over."""
        spans = [pause.ended_at - pause.began_at for pause in self.pauses if pause.ended_at]
        return sum((max(span, ZERO) for span in spans), ZERO)

    @property
    def paused_since(self) -> datetime | None:
        return next((pause.began_at for pause in self.pauses if not pause.ended_at), None)

    @property
    def is_paused(self) -> bool:
        return self.paused_since is not None and self.finished_at is None

    @cached_property
    def stands_at(self) -> datetime:
        """The moment for which the clock is computed: now, unless it was stopped before."""
        return self.finished_at or self.paused_since or self.now

    @cached_property
    def elapsed(self) -> timedelta:
        return max(self.stands_at - self.started_at - self.paused, ZERO)

    @property
    def left(self) -> timedelta:
        """The time that is left; negative when it is up."""
        return self.length - self.elapsed

    @property
    def is_up(self) -> bool:
        return self.left <= ZERO

    def at(self, elapsed: timedelta) -> datetime:
        """Return when the clock reaches this elapsed time, if it is not stopped again.

        While it stands still, that is what it would be if it went on at once.
        """
        if self.is_paused:
            return self.now + (elapsed - self.elapsed)
        return self.started_at + self.paused + elapsed

    @property
    def ends_at(self) -> datetime:
        return self.at(self.length)

    @cached_property
    def stage_ends(self) -> list[timedelta]:
        """The elapsed time at which each stage ends."""
        return list(accumulate(self.stages))

    @property
    def stages_over(self) -> int:
        """The number of stages whose time is over."""
        return sum(end <= self.elapsed for end in self.stage_ends)

    @property
    def stage_now(self) -> int:
        """The position of the stage whose time it is; the last one when the time is up."""
        return min(self.stages_over, len(self.stages) - 1)

    @property
    def has_twist(self) -> bool:
        """Return whether the twist has arrived."""
        return self.elapsed >= self.twist_after

    @property
    def twist_in(self) -> timedelta:
        return self.twist_after - self.elapsed

    @property
    def twist_at(self) -> datetime:
        return self.at(self.twist_after)


def not_before(moment: datetime, *others: datetime | None) -> datetime:
    """Return the moment, or the latest of the others if the system clock was set back since."""
    return max(moment, *(other for other in others if other))


def minutes_of(span: timedelta) -> int:
    """Return the whole minutes of a span, rounded up: “in 4 minutes” until it is 3."""
    return -(-span // MINUTE)


def clock_face(span: timedelta) -> str:
    """Return a span as the clock shows it, in minutes and seconds: “31:42”."""
    minutes, seconds = divmod(-(-abs(span) // SECOND) if span > ZERO else abs(span) // SECOND, 60)
    return f"{minutes}:{seconds:02}"
