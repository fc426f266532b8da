"""Count the learners who have a state on an article, through the app that keeps the states."""

from collections.abc import Collection, Mapping
from typing import Protocol


class Counter(Protocol):
    def by_article(self, articles: Collection[str]) -> Mapping[str, int]:
        """Return the number of learners by article UUID, without the articles that have none."""

    def touched(self, articles: Collection[str]) -> int:
        """Return the number of distinct learners who have a state on any of the articles."""


class _NoLearners:
    def by_article(self, articles: Collection[str]) -> Mapping[str, int]:
        return {}

    def touched(self, articles: Collection[str]) -> int:
        return 0


counter: Counter = _NoLearners()


def register(learner_counter: Counter) -> None:
    global counter  # noqa: PLW0603 – one for the process, set when it starts
    counter = learner_counter
