"""Lay out the map: a column for each layer, a row for each article, a curve for each prerequisite.

A pure function of a snapshot. Only articles that require another one, or are required by one, are
on the map, so that a large playbook has one that can be read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from textwrap import wrap
from typing import ClassVar

from catalog.graph import Edge
from catalog.models import Article, Layer
from catalog.prerequisites.prerequisite_index import PrerequisiteIndex
from catalog.snapshot import CatalogSnapshot

MARGIN = 20
HEAD = 64
"""The height above the first row, for the titles of the layers."""
NODE_WIDTH, NODE_HEIGHT = 258, 54
COLUMN_GAP, ROW_GAP = 44, 16
LINE_LENGTH, LINE_HEIGHT, LINES_MAX = 26, 15, 3
"""The characters that fit on a line of a node, its height, and how many lines fit."""
BULGE = 12
"""The distance by which a curve within a column leaves it. Each row more adds a little."""


@dataclass(frozen=True)
class Node:
    """An article in its column and row."""

    article: Article
    column: int
    row: int
    lines: tuple[tuple[float, str], ...]
    """The lines of its title, each with the vertical position of its baseline."""

    width: ClassVar = NODE_WIDTH
    height: ClassVar = NODE_HEIGHT

    @property
    def left(self) -> int:
        return MARGIN + self.column * (NODE_WIDTH + COLUMN_GAP)

    @property
    def right(self) -> int:
        return self.left + NODE_WIDTH

    @property
    def top(self) -> int:
        return HEAD + self.row * (NODE_HEIGHT + ROW_GAP)

    @property
    def bottom(self) -> int:
        return self.top + NODE_HEIGHT

    @property
    def middle(self) -> int:
        return self.top + NODE_HEIGHT // 2


@dataclass(frozen=True)
class Column:
    layer: Layer
    left: int
    nodes: tuple[Node, ...]


class PlaybookMap:
    """The columns and curves of a snapshot, and the size of the drawing."""

    def __init__(self, snapshot: CatalogSnapshot) -> None:
        self.index = PrerequisiteIndex.of(snapshot)
        on_map = {pk for edge in self.index.edges for pk in edge}
        articles: dict[int, list[Article]] = {layer.pk: [] for layer in snapshot.layers}
        for pk in sorted(on_map, key=snapshot.place_of):
            first, *_others = snapshot.entries_of(pk)
            articles[first.section.layer_id].append(snapshot.by_pk[pk])
        shown = [layer for layer in snapshot.layers if articles[layer.pk]]
        self.columns = [
            _column(number, layer, articles[layer.pk]) for number, layer in enumerate(shown)
        ]
        nodes = {node.article.pk: node for column in self.columns for node in column.nodes}
        self.paths: Mapping[Edge[int], str] = {
            edge: path_between(nodes[edge.requires], nodes[edge.article])
            for edge in self.index.edges
        }
        self.width = 2 * MARGIN + len(shown) * (NODE_WIDTH + COLUMN_GAP) - COLUMN_GAP
        self.height = MARGIN + max((node.bottom for node in nodes.values()), default=HEAD)
        self.nodes = list(nodes.values())

    @classmethod
    def of(cls, snapshot: CatalogSnapshot) -> PlaybookMap:
        return snapshot.derive("playbook_map", cls)

    def paths_from(self, article_id: int) -> tuple[str, ...]:
        """Return the curves from an article to those that require it."""
        return tuple(path for edge, path in self.paths.items() if edge.requires == article_id)


def _column(number: int, layer: Layer, articles: Iterable[Article]) -> Column:
    nodes = tuple(
        Node(article, number, row, lines_of(article.title)) for row, article in enumerate(articles)
    )
    return Column(layer, nodes[0].left, nodes)


def lines_of(title: str) -> tuple[tuple[float, str], ...]:
    """Return the lines of a title in a node; one that is too long ends with an ellipsis."""
    lines = wrap(title, LINE_LENGTH, max_lines=LINES_MAX, placeholder="…", break_on_hyphens=False)
    first = NODE_HEIGHT / 2 + 4.5 - (len(lines) - 1) * LINE_HEIGHT / 2
    return tuple((first + number * LINE_HEIGHT, line) for number, line in enumerate(lines))


def path_between(first: Node, then: Node) -> str:
    """Return the curve from an article to one that requires it, as the data of an SVG path."""
    if first.column != then.column:
        is_forward = first.column < then.column
        x, end = (first.right, then.left) if is_forward else (first.left, then.right)
        bend = COLUMN_GAP * (1 if is_forward else -1)
        return curve((x, first.middle), x + bend, end - bend, (end, then.middle))
    distance = then.row - first.row
    x = first.left + NODE_WIDTH // 2
    if distance == 1:
        return f"M{x} {first.bottom}V{then.top}"
    if distance == -1:
        return f"M{x} {first.top}V{then.bottom}"
    out = first.right + min(BULGE + 4 * abs(distance), COLUMN_GAP - 8)
    return curve((first.right, first.middle), out, out, (then.right, then.middle))


def curve(start: tuple[int, int], x1: int, x2: int, end: tuple[int, int]) -> str:
    """Return a curve that leaves and arrives horizontally, bent at two horizontal positions."""
    return f"M{start[0]} {start[1]}C{x1} {start[1]} {x2} {end[1]} {end[0]} {end[1]}"
