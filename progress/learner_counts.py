"""What the catalogue may know of learners: how many of them."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import islice
from typing import TypeVar

from django.db.models import Count, Exists, OuterRef

from catalog import learners
from catalog.models import Article
from progress.models import State

_Key = TypeVar("_Key")

AT_ONCE = 500
"""SQLite takes no more than some thousand parameters in a query."""


class LearnerCounts:
    def by_article(self, articles: Collection[str]) -> Mapping[str, int]:
        uuids = _with_states(articles)
        counts: dict[str, int] = {}
        for some in _batched(uuids):
            states = State.objects.filter(article__in=some).order_by().values_list("article")
            counts |= {uuids[pk]: count for pk, count in states.annotate(Count("user"))}
        return counts

    def touched(self, articles: Collection[str]) -> int:
        users: set[int] = set()
        for some in _batched(_with_states(articles)):
            states = State.objects.filter(article__in=some).order_by()
            users.update(states.values_list("user_id", flat=True).distinct())
        return len(users)


def _with_states(articles: Collection[str]) -> Mapping[int, str]:
    """Those that somebody has a state on, which may be few of many: UUID by primary key."""
    has_state = Exists(State.objects.filter(article=OuterRef("pk")))
    found = (
        Article.objects.filter(has_state, uuid__in=some).order_by().values_list("pk", "uuid")
        for some in _batched(articles)
    )
    return {pk: str(uuid) for rows in found for pk, uuid in rows}


def _batched(keys: Iterable[_Key]) -> Iterator[list[_Key]]:
    left = iter(keys)
    while some := list(islice(left, AT_ONCE)):
        yield some


def connect() -> None:
    learners.register(LearnerCounts())
