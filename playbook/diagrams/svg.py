"""Draw a drawing as SVG, with classes only: no style, no ids, no links."""

import logging
from dataclasses import dataclass
from math import hypot

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from playbook.diagrams.drawing import Drawing
from playbook.diagrams.language import clean
from playbook.diagrams.layout import (
    NOTHING,
    Frame,
    Graph,
    Layout,
    LayoutFailed,
    Line,
    Point,
    Size,
    arrange,
)
from playbook.diagrams.text_size import lines_of, width_of

log = logging.getLogger(__name__)

NAME_SIZE, NAME_LINE, NAME_CHARACTERS = 13.5, 17, 22
SMALL_SIZE, SMALL_LINE, SMALL_CHARACTERS = 12, 15, 24
MIN_WIDTH = 76
MARGIN = 6
ARROW_HALF_WIDTH = 3.8


@dataclass(frozen=True)
class TextLine:
    text: str
    x: str
    y: str


@dataclass(frozen=True)
class Box:
    x: str
    y: str
    width: str
    height: str
    lines: tuple[TextLine, ...]


@dataclass(frozen=True)
class Arrow:
    path: str
    head: str
    is_dashed: bool
    lines: tuple[TextLine, ...]


def draw(drawing: Drawing, label: str = "") -> SafeString:
    """Return the SVG; empty for an empty drawing, and if it could not be laid out."""
    if not drawing.nodes:
        return SafeString("")
    try:
        layout = arrange(_graph(drawing))
    except LayoutFailed as failure:
        log.warning("A drawing could not be laid out: %s", failure.__cause__)
        return SafeString("")
    return SafeString(
        render_to_string("diagrams/svg.html", _context(drawing, layout, label)).strip()
    )


def _graph(drawing: Drawing) -> Graph:
    places = {node.name: index for index, node in enumerate(drawing.nodes)}
    return Graph(
        tuple(_node_size(node.name) for node in drawing.nodes),
        tuple(
            (places[edge.source], places[edge.target], _label_size(edge.label))
            for edge in drawing.edges
        ),
        tuple(
            (
                _title_size(group),
                tuple(places[node.name] for node in drawing.nodes if node.group == group),
            )
            for group in drawing.groups
        ),
    )


def _node_size(name: str) -> Size:
    lines = lines_of(name, NAME_CHARACTERS)
    width = max(width_of(line, NAME_SIZE) for line in lines)
    return Size(round(max(width + 28, MIN_WIDTH)), len(lines) * NAME_LINE + 21)


def _label_size(label: str) -> Size:
    lines = lines_of(label, SMALL_CHARACTERS)
    if not lines:
        return NOTHING
    width = max(width_of(line, SMALL_SIZE) for line in lines)
    return Size(round(width + 10), len(lines) * SMALL_LINE + 4)


def _title_size(title: str) -> Size:
    return Size(round(width_of(title, SMALL_SIZE)), SMALL_LINE + 3)


def _context(drawing: Drawing, layout: Layout, label: str) -> dict[str, object]:
    width, height = layout.size.width + 2 * MARGIN, layout.size.height + 2 * MARGIN
    nodes = zip(drawing.nodes, layout.nodes, strict=True)
    edges = zip(drawing.edges, layout.edges, strict=True)
    groups = zip(drawing.groups, layout.groups, strict=True)
    return {
        "label": clean(label) or _("Drawing"),
        "width": f"{width:.0f}",
        "height": f"{height:.0f}",
        "view_box": f"{-MARGIN} {-MARGIN} {width:.0f} {height:.0f}",
        "groups": [_frame(group, frame) for group, frame in groups],
        "arrows": [_arrow(edge.label, edge.is_dashed, line) for edge, line in edges],
        "boxes": [_box(node.name, centre) for node, centre in nodes],
    }


def _frame(title: str, frame: Frame) -> Box:
    left = frame.title.x - _title_size(title).width / 2
    text = TextLine(title, _number(left), _number(frame.title.y + SMALL_SIZE / 3))
    return _rectangle(frame.left, frame.top, frame.size, (text,))


def _box(name: str, centre: Point) -> Box:
    size = _node_size(name)
    lines = _lines(lines_of(name, NAME_CHARACTERS), centre, NAME_LINE, NAME_SIZE)
    return _rectangle(centre.x - size.width / 2, centre.y - size.height / 2, size, lines)


def _rectangle(left: float, top: float, size: Size, lines: tuple[TextLine, ...]) -> Box:
    return Box(_number(left), _number(top), _number(size.width), _number(size.height), lines)


def _arrow(label: str, is_dashed: bool, line: Line) -> Arrow:
    start, *curve = line.points
    path = f"M{_pair(start)}C{' '.join(_pair(point) for point in curve)}"
    lines: tuple[TextLine, ...] = ()
    if line.label:
        lines = _lines(lines_of(label, SMALL_CHARACTERS), line.label, SMALL_LINE, SMALL_SIZE)
    return Arrow(path, _head(line.points[-1], line.tip), is_dashed, lines)


def _head(base: Point, tip: Point) -> str:
    """Return the points of the triangle between the end of the curve and the tip."""
    length = hypot(tip.x - base.x, tip.y - base.y) or 1
    across = ARROW_HALF_WIDTH / length
    dx, dy = (tip.y - base.y) * across, (base.x - tip.x) * across
    corners = (tip, Point(base.x + dx, base.y + dy), Point(base.x - dx, base.y - dy))
    return " ".join(_pair(corner) for corner in corners)


def _lines(texts: list[str], centre: Point, height: int, size: float) -> tuple[TextLine, ...]:
    """Return lines centred on a point; a baseline is about a third of the size below it."""
    first = centre.y - (len(texts) - 1) * height / 2 + size / 3
    return tuple(
        TextLine(text, _number(centre.x), _number(first + index * height))
        for index, text in enumerate(texts)
    )


def _pair(point: Point) -> str:
    return f"{_number(point.x)},{_number(point.y)}"


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
