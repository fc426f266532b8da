"""The tasks left in a plan: articles in the order in which to read them, and own items."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache

from django.utils.functional import cached_property

from catalog.models import Article
from catalog.prerequisites.prerequisite_index import PrerequisiteIndex
from catalog.prompts.prompt_index import PromptIndex
from catalog.snapshot import CatalogSnapshot
from progress.learner import LearnerProgress
from progress.planner.minutes import at_pace, pace_from, reported_by, stated_minutes
from progress.planner.models import Plan
from progress.planner.page_sql import StoredItem, left_out_of, own_items_of
from progress.planner.plan_parts import PartKind, Task
from progress.states import REQUIRED, Stage, StateName

COVERS_KEPT = 64
"""The number of choices of layers and sections whose order is cached for a catalog version."""


class CoveredArticles:
    """The articles that a plan covers, put in order once for each choice of layers and sections."""

    def __init__(self, snapshot: CatalogSnapshot) -> None:
        self.snapshot = snapshot
        self.in_order = lru_cache(COVERS_KEPT)(self._in_order)

    def _in_order(self, layers: Collection[str], sections: Collection[str]) -> Sequence[Article]:
        covers_all = not (layers or sections)
        covered = {
            indexed.article_id: indexed.entry.article
            for indexed in self.snapshot.indexed_entries
            if indexed.is_countable
            and indexed.entry.article.url
            and (covers_all or indexed.layer in layers or indexed.section in sections)
        }
        order = PrerequisiteIndex.of(self.snapshot).in_order(covered)
        return tuple(covered[pk] for pk in order)


def articles_of(plan: Plan, snapshot: CatalogSnapshot) -> Sequence[Article]:
    """Return the countable articles with a link that the plan covers, in the order to read them.

    An article that another one of them requires comes before it; otherwise the journey decides.
    """
    return articles_in(snapshot, plan.layers, plan.sections)


def articles_in(
    snapshot: CatalogSnapshot, layers: Collection[str] = (), sections: Collection[str] = ()
) -> Sequence[Article]:
    """Return the articles of these layers and sections, or all, in the order to read them."""
    covered = snapshot.derive("covered-articles", CoveredArticles)
    return covered.in_order(frozenset(layers), frozenset(sections))


def is_left(state: StateName) -> bool:
    return state.stage in REQUIRED and state.stage is not Stage.FINISHED


LEFT = frozenset(state.value for state in StateName if is_left(state))


class PlanTasks:
    """The tasks of a plan as they are now."""

    def __init__(
        self, plan: Plan, progress: LearnerProgress, minutes_done: Mapping[str, int]
    ) -> None:
        self.plan = plan
        self.progress = progress
        self.minutes_done = minutes_done
        self.left_out = progress.rows(left_out_of)
        self.articles = articles_of(plan, progress.snapshot)
        self.recent_items = progress.rows(own_items_of)
        """The own items to do, and those done so lately that today's list can have them."""
        self.own_items = [item for item in self.recent_items if not item.is_done]
        self.pace = pace_from(reported_by(progress))

    @cached_property
    def own_keys(self) -> Collection[str]:
        """The keys of the own items that are to do."""
        return {str(item.uuid) for item in self.own_items}

    @cached_property
    def unread(self) -> list[Article]:
        """The articles that are left to read."""
        states, left_out = self.progress.states, self.left_out
        return [
            article
            for article in self.articles
            if (pk := article.pk) not in left_out and states.get(pk, StateName.TODO) in LEFT
        ]

    @property
    def are_left(self) -> bool:
        return bool(self.own_items or self.unread)

    def tasks(self, leaving_out: Collection[int] = ()) -> list[Task]:
        """Return own items and then reading, without the articles that are to be left out."""
        unread = (article for article in self.unread if article.pk not in leaving_out)
        return [*map(self._own, self.own_items), *self._reading(unread)]

    def _own(self, item: StoredItem) -> Task:
        key = str(item.uuid)
        return Task(key, PartKind.OWN, item.minutes, self.minutes_done.get(key, 0), item.day)

    def _reading(self, articles: Iterable[Article]) -> Iterable[Task]:
        prompts = PromptIndex.of(self.progress.snapshot)
        for article in articles:
            key = str(article.uuid)
            yield Task(
                key,
                PartKind.READ,
                at_pace(stated_minutes(article), self.pace),
                self.minutes_done.get(key, 0),
                cards=len(prompts.of_article(article)),
            )
