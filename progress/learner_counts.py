"""Count the learners with a state on an article, for the catalogue."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import islice
from typing import TypeVar

from django.db.models import Count, Exists, OuterRef, Subquery

from catalog import learner_counts
from catalog.learner_counts import MergeCounts
from catalog.models import Article
from catalog.querysets import ArticleQuerySet
from progress.models import State
from progress.states import StateName

_Key = TypeVar("_Key")

BATCH_SIZE = 500
"""SQLite takes some thousand parameters in a query at most."""


class StateLearnerCounts:
    """Counts State rows. The number of queries does not depend on the number of learners."""

    def by_article(self, articles: Collection[str]) -> Mapping[str, int]:
        uuids = _with_states(articles)
        counts: dict[str, int] = {}
        for batch in _batched(uuids):
            states = State.objects.filter(article__in=batch).order_by().values_list("article")
            counts |= {uuids[pk]: count for pk, count in states.annotate(Count("user"))}
        return counts

    def on_any(self, articles: Collection[str]) -> int:
        users: set[int] = set()
        for batch in _batched(_with_states(articles)):
            states = State.objects.filter(article__in=batch).order_by()
            users.update(states.values_list("user_id", flat=True).distinct())
        return len(users)

    def annotate(self, articles: ArticleQuerySet) -> ArticleQuerySet:
        return articles.annotate(learner_count=Count("states", distinct=True))

    def of_merge(self, kept: Article, duplicate: Article) -> MergeCounts:
        on_kept = State.objects.filter(article=kept).order_by().values_list("state")
        state_on_kept = State.objects.filter(article=kept, user=OuterRef("user")).values("state")
        on_duplicate = (
            State.objects.filter(article=duplicate)
            .annotate(state_on_kept=Subquery(state_on_kept))
            .order_by()
            .values_list("state", "state_on_kept")
        )
        return merge_counts(
            dict(on_kept.annotate(Count("pk"))), list(on_duplicate.annotate(Count("pk")))
        )


def merge_counts(
    on_kept: Mapping[str, int], on_duplicate: Iterable[tuple[str, str | None, int]]
) -> MergeCounts:
    """Return the numbers of learners before and after a merge.

    `on_kept` is the number of learners by state. `on_duplicate` has the state on the duplicate,
    the state on the kept article (None without one) and the number of learners.
    """
    afterwards = Counter({StateName(state): count for state, count in on_kept.items()})
    number_on_kept, number_on_duplicate, on_both = afterwards.total(), 0, 0
    for state, state_on_kept, count in on_duplicate:
        number_on_duplicate += count
        if state_on_kept:
            on_both += count
            afterwards[StateName(state_on_kept)] -= count
        afterwards[StateName.further([state, state_on_kept or StateName.TODO])] += count
    return MergeCounts(
        number_on_kept,
        number_on_duplicate,
        on_both,
        {state.label: count for state, count in afterwards.items() if count},
    )


def _with_states(articles: Collection[str]) -> Mapping[int, str]:
    """Return the UUID, by primary key, of those of the articles that have a state."""
    has_state = Exists(State.objects.filter(article=OuterRef("pk")))
    batches = (
        Article.objects.filter(has_state, uuid__in=batch).order_by().values_list("pk", "uuid")
        for batch in _batched(articles)
    )
    return {pk: str(uuid) for rows in batches for pk, uuid in rows}


def _batched(keys: Iterable[_Key]) -> Iterator[list[_Key]]:
    iterator = iter(keys)
    while batch := list(islice(iterator, BATCH_SIZE)):
        yield batch


def connect() -> None:
    learner_counts.register(StateLearnerCounts())
