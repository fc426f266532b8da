"""The graph of what requires what. Every function is pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from heapq import heapify, heappop, heappush
from typing import Any, NamedTuple


class Edge(NamedTuple):
    """An article and one that it requires, by primary key."""

    article: int
    requires: int


def required_by_article(edges: Iterable[Edge]) -> Mapping[int, list[int]]:
    requires: dict[int, list[int]] = defaultdict(list)
    for edge in edges:
        requires[edge.article].append(edge.requires)
    return dict(requires)


def circle_with(edges: Iterable[Edge], article: int, requires: int) -> list[int]:
    """Return the circle that the new edge would close, from the article back to it.

    It is empty if there is none. The edges themselves have no circle.
    """
    if article == requires:
        return [article, article]
    graph = required_by_article(edges)
    came_from = {requires: article}
    waiting = [requires]
    while waiting:
        current = waiting.pop()
        if current == article:
            return _path(came_from, article, requires)
        for following in graph.get(current, ()):
            if following not in came_from:
                came_from[following] = current
                waiting.append(following)
    return []


def _path(came_from: Mapping[int, int], article: int, requires: int) -> list[int]:
    path = [article]
    while True:
        path.append(came_from[path[-1]])
        if path[-1] == requires:
            return [article, *path[::-1]]


def in_order(
    articles: Collection[int], edges: Iterable[Edge], place_of: Callable[[int], Any]
) -> list[int]:
    """Return the articles with each after those that it requires, otherwise by their place.

    What an article requires counts only if it is among the articles.
    """
    among = set(articles)
    inside = [edge for edge in edges if edge.article in among and edge.requires in among]
    open_count: dict[int, int] = defaultdict(int)
    leads_to: dict[int, list[int]] = defaultdict(list)
    for edge in inside:
        open_count[edge.article] += 1
        leads_to[edge.requires].append(edge.article)
    ready = [(place_of(pk), pk) for pk in among if not open_count[pk]]
    heapify(ready)
    order = []
    while ready:
        _place, pk = heappop(ready)
        order.append(pk)
        for following in leads_to[pk]:
            open_count[following] -= 1
            if not open_count[following]:
                heappush(ready, (place_of(following), following))
    return order
