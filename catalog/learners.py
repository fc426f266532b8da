"""How many learners have a state on which articles, as the app that keeps states tells it."""

from collections.abc import Collection, Mapping
from typing import Protocol


class Counter(Protocol):
    def by_article(self, articles: Collection[str]) -> Mapping[str, int]:
        """Learners by the article's UUID; those that nobody has a state on are left out."""

    def touched(self, articles: Collection[str]) -> int:
        """Learners who have a state on at least one of them, each once."""


class _Nobody:
    def by_article(self, articles: Collection[str]) -> Mapping[str, int]:
        return {}

    def touched(self, articles: Collection[str]) -> int:
        return 0


counter: Counter = _Nobody()


def register(told_by: Counter) -> None:
    global counter  # noqa: PLW0603 – one for the process, set when it starts
    counter = told_by
