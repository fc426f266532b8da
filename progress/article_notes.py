"""The articles about which a learner wrote a note, as the sub-app of notes registers them."""

from collections.abc import Set as AbstractSet
from typing import TypeAlias

from progress.kept_rows import Reading

ArticlesOfLearner: TypeAlias = Reading[AbstractSet[int]]

readings: list[ArticlesOfLearner] = []


def register(articles: ArticlesOfLearner) -> None:
    readings.append(articles)
