"""Count the rows that the measured writes store, so that no acknowledged write is missing."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Writes:
    """The learners who write, and the number of their rows that grows by one with each write."""

    group: Literal["writers", "students"]
    count: str
    """A statement, to which the condition on the learners is added."""


EVENTS = Writes("writers", "SELECT count(*) FROM progress_event")
REVIEWS = Writes("students", "SELECT count(*) FROM recall_review")
NOTE_SAVES = Writes("students", "SELECT coalesce(sum(saved_number), 0) FROM notes_note")
SCRATCH_SAVES = Writes(
    "students",
    "SELECT coalesce(sum(saved_number), 0) FROM practice_scratch"
    " JOIN practice_practicesession AS s ON s.id = practice_session_id",
)
"""As for notes, the sum of the numbers: a save that a later one overtook is not stored itself."""
