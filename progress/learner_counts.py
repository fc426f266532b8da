"""What the catalogue may know of learners: how many of them."""

from collections.abc import Collection, Iterator, Mapping
from itertools import islice

from django.db.models import Count

from catalog import learners
from progress.models import State
from progress.querysets import StateQuerySet

AT_ONCE = 500
"""SQLite takes no more than some thousand parameters in a query."""


class LearnerCounts:
    def by_article(self, articles: Collection[str]) -> Mapping[str, int]:
        counts: dict[str, int] = {}
        for states in _on(articles):
            rows = states.order_by().values_list("article__uuid").annotate(Count("user"))
            counts |= {str(article): count for article, count in rows}
        return counts

    def touched(self, articles: Collection[str]) -> int:
        users: set[int] = set()
        for states in _on(articles):
            users.update(states.order_by().values_list("user_id", flat=True).distinct())
        return len(users)


def _on(articles: Collection[str]) -> Iterator[StateQuerySet]:
    left = iter(articles)
    while some := list(islice(left, AT_ONCE)):
        yield State.objects.filter(article__uuid__in=some)


def connect() -> None:
    learners.register(LearnerCounts())
