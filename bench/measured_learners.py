"""The learners whose requests are measured, as bench.fill prints them for the benchmark."""

from typing import TypedDict


class MeasuredLearner(TypedDict):
    """A learner with their session cookie and their state for each listed article.

    `practice` is the address of their running practice session, or empty.
    """

    session: str
    pk: int
    states: dict[str, str]
    practice: str


class MeasuredLearners(TypedDict):
    """The learners who read, and for each run its own learners who write, and who study.

    Students have finished every article, and have a note about each, a running practice session,
    and a card that is due for each of the `prompts`, which are given by their UUIDs.
    """

    readers: list[MeasuredLearner]
    writers: list[list[MeasuredLearner]]
    students: list[list[MeasuredLearner]]
    prompts: list[str]
