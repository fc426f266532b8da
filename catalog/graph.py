"""The graph of articles and those that they require. Every function is pure.

An article is named by any value: its primary key, or its UUID.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, MutableMapping
from heapq import heapify, heappop, heappush
from typing import Any, Generic, NamedTuple, TypeVar

Node = TypeVar("Node", int, str)


class Edge(NamedTuple, Generic[Node]):
    """An article and one that it requires."""

    article: Node
    requires: Node


def required_by_article(edges: Iterable[Edge[Node]]) -> dict[Node, list[Node]]:
    requires: dict[Node, list[Node]] = defaultdict(list)
    for edge in edges:
        requires[edge.article].append(edge.requires)
    return dict(requires)


def cycle_with(edges: Iterable[Edge[Node]], article: Node, requires: Node) -> list[Node]:
    """Return the cycle that the new edge would close, from the article back to it.

    It is empty if there is none. The edges themselves have no cycle.
    """
    return _cycle_in(required_by_article(edges), article, requires)


def _cycle_in(graph: Mapping[Node, list[Node]], article: Node, requires: Node) -> list[Node]:
    if article == requires:
        return [article, article]
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


def _path(came_from: Mapping[Node, Node], article: Node, requires: Node) -> list[Node]:
    path: list[Node] = [article]
    while path[-1] != requires:
        path.append(came_from[path[-1]])
    return [article] + path[::-1]  # noqa: RUF005 - one type for both kinds of names


def cycles(edges: Iterable[Edge[Node]]) -> dict[Edge[Node], list[Node]]:
    """Return the edges that close a cycle with those before them, each with its cycle.

    The other edges have no cycle.
    """
    graph: MutableMapping[Node, list[Node]] = defaultdict(list)
    closing = {}
    for edge in edges:
        if cycle := _cycle_in(graph, *edge):
            closing[edge] = cycle
        else:
            graph[edge.article].append(edge.requires)
    return closing


def in_order(
    articles: Collection[Node], edges: Iterable[Edge[Node]], place_of: Callable[[Node], Any]
) -> list[Node]:
    """Return the articles with each after those that it requires, otherwise by their place.

    What an article requires counts only if it is among the articles.
    """
    among = set(articles)
    inside = [edge for edge in edges if edge.article in among and edge.requires in among]
    open_count: dict[Node, int] = defaultdict(int)
    leads_to: dict[Node, list[Node]] = defaultdict(list)
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
