"""The number of learners with a state on an article.

The catalogue does not know who keeps states: `progress` registers its implementation at start-up.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from django.db.models import Value
from django.utils.functional import Promise

from catalog.models import Article
from catalog.querysets import ArticleQuerySet


@dataclass(frozen=True)
class MergeCounts:
    """The learners with a state on the two articles of a merge, before and after it."""

    on_kept: int = 0
    on_duplicate: int = 0
    on_both: int = 0
    afterwards: Mapping[str | Promise, int] = field(default_factory=dict)
    """The number of learners by the label of the state they will have."""


class LearnerCounts(Protocol):
    def by_article(self, articles: Collection[str]) -> Mapping[str, int]:
        """Return the number of learners by UUID of the article, without articles that have none."""

    def on_any(self, articles: Collection[str]) -> int:
        """Return the number of distinct learners with a state on at least one of these UUIDs."""

    def annotate(self, articles: ArticleQuerySet) -> ArticleQuerySet:
        """Annotate `learner_count`."""

    def of_merge(self, kept: Article, duplicate: Article) -> MergeCounts:
        """Count the learners whom a merge of these two articles concerns."""


class _NoLearners:
    def by_article(self, articles: Collection[str]) -> Mapping[str, int]:
        return {}

    def on_any(self, articles: Collection[str]) -> int:
        return 0

    def annotate(self, articles: ArticleQuerySet) -> ArticleQuerySet:
        return articles.annotate(learner_count=Value(0))

    def of_merge(self, kept: Article, duplicate: Article) -> MergeCounts:
        return MergeCounts()


registered: LearnerCounts = _NoLearners()


def register(implementation: LearnerCounts) -> None:
    global registered  # noqa: PLW0603 – set once in each process, when it starts
    registered = implementation
