"""Decide where boxes and arrows go, with the program graphviz-pure.

The program gets sizes only, never a text, and runs as a process of its own with a time limit.
What is kept of its answers has no text either, so that nothing of a reader stays in memory.
"""

import json
import subprocess
import sysconfig
import threading
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

PROGRAM = Path(sysconfig.get_path("scripts")) / "graphviz-pure"
ARGUMENTS = ("-Tjson0", "-y")
TIMEOUT_SECONDS = 2
"""The slowest drawing that was measured takes a quarter of a second."""
DOTS_PER_INCH = 72

one_at_a_time = threading.Lock()
"""Each process of the site lays out one drawing at a time: the other processors serve pages."""

DEFAULTS = (
    # Without newrank, labels within groups make some graphs fail ("trouble in init_rank").
    "graph [rankdir=LR newrank=true nodesep=0.32 ranksep=0.54 labeljust=l margin=14]"
    'node [shape=box fixedsize=true label=""] edge [arrowsize=0.9]'
)
LABEL = (
    '<<TABLE BORDER="0" CELLBORDER="0" CELLPADDING="0" CELLSPACING="0" FIXEDSIZE="TRUE"'
    ' WIDTH="{width:.0f}" HEIGHT="{height:.0f}"><TR><TD></TD></TR></TABLE>>'
)


class LayoutFailed(Exception):
    """The program gave no answer, or not in time."""


@dataclass(frozen=True)
class Size:
    width: float
    height: float


NOTHING = Size(0, 0)


@dataclass(frozen=True)
class Point:
    x: float
    y: float


@dataclass(frozen=True)
class Frame:
    """A rectangle around a group, with the centre of its title."""

    left: float
    top: float
    size: Size
    title: Point


@dataclass(frozen=True)
class Line:
    """A Bézier curve, the tip of its arrow, and the centre of its label."""

    points: tuple[Point, ...]
    tip: Point
    label: Point | None


@dataclass(frozen=True)
class Graph:
    """Sizes: of nodes, of the labels of edges (from, to, label), and of groups with members."""

    nodes: tuple[Size, ...]
    edges: tuple[tuple[int, int, Size], ...]
    groups: tuple[tuple[Size, tuple[int, ...]], ...]


@dataclass(frozen=True)
class Layout:
    """Places of nodes (centres), edges and groups, in the order of the graph."""

    size: Size
    nodes: tuple[Point, ...]
    edges: tuple[Line, ...]
    groups: tuple[Frame, ...]


@lru_cache(maxsize=256)
def arrange(graph: Graph) -> Layout:
    """Return where everything goes, or raise `LayoutFailed`."""
    answer = _run(_source(graph))
    objects = {item["name"]: item for item in answer["objects"]}
    edges = {item["id"]: item for item in answer.get("edges", ())}
    left, bottom, right, top = _numbers(answer["bb"])
    return Layout(
        Size(right - left, abs(bottom - top)),
        tuple(_point(objects[f"n{index}"]["pos"]) for index in range(len(graph.nodes))),
        tuple(_line(edges[f"e{index}"]) for index in range(len(graph.edges))),
        tuple(_frame(objects[f"cluster_{index}"]) for index in range(len(graph.groups))),
    )


def _run(source: str) -> dict[str, Any]:
    try:
        with one_at_a_time:
            done = subprocess.run(  # noqa: S603 - our own program; the input has numbers only
                [PROGRAM, *ARGUMENTS],
                input=source.encode(),
                capture_output=True,
                timeout=TIMEOUT_SECONDS,
                check=True,
                env={},
            )
        answer: dict[str, Any] = json.loads(done.stdout)
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        raise LayoutFailed from error
    return answer


def _source(graph: Graph) -> str:
    nodes = "".join(f"n{i} [{_inches(size)}];" for i, size in enumerate(graph.nodes))
    edges = "".join(
        f"n{source} -> n{target} [id=e{i}{_label(size)}];"
        for i, (source, target, size) in enumerate(graph.edges)
    )
    groups = "".join(
        f"subgraph cluster_{i} {{ graph [{_label(size)}] "
        + "".join(f"n{member};" for member in members)
        + "}"
        for i, (size, members) in enumerate(graph.groups)
    )
    return f"digraph {{ {DEFAULTS} {nodes} {groups} {edges} }}"


def _inches(size: Size) -> str:
    width, height = size.width / DOTS_PER_INCH, size.height / DOTS_PER_INCH
    return f"width={width:.4f} height={height:.4f}"


def _label(size: Size) -> str:
    """Reserve room for a label, which an empty table of fixed size does."""
    return " label=" + LABEL.format(width=size.width, height=size.height) if size.width else ""


def _numbers(text: str) -> list[float]:
    return [float(number) for number in text.split(",")]


def _point(text: str) -> Point:
    return Point(*_numbers(text))


def _line(edge: dict[str, Any]) -> Line:
    tip, *points = edge["pos"].removeprefix("e,").split()
    label = _point(edge["lp"]) if "lp" in edge else None
    return Line(tuple(_point(point) for point in points), _point(tip), label)


def _frame(group: dict[str, Any]) -> Frame:
    left, bottom, right, top = _numbers(group["bb"])
    size = Size(right - left, abs(bottom - top))
    return Frame(left, min(bottom, top), size, _point(group["lp"]))
