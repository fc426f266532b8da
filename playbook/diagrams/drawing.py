"""The parts of a drawing, and their form as a nested list."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Node:
    name: str
    group: str = ""


@dataclass(frozen=True)
class Edge:
    source: str
    target: str
    label: str = ""
    is_dashed: bool = False


@dataclass(frozen=True)
class Problem:
    """A line that could not be read, or only in part."""

    line: int
    message: str


@dataclass(frozen=True)
class NodeItem:
    """A node in the list, with the arrows that begin there."""

    name: str
    edges: tuple[Edge, ...]


@dataclass(frozen=True)
class Section:
    """A group in the list; the one without a name has the nodes outside of all groups."""

    name: str
    nodes: tuple[NodeItem, ...]


@dataclass(frozen=True)
class Drawing:
    nodes: tuple[Node, ...] = ()
    edges: tuple[Edge, ...] = ()
    groups: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def sections(self) -> tuple[Section, ...]:
        """Return the drawing as a list: nodes outside of groups first, then each group."""
        sections = (Section(group, self._items(group)) for group in ("", *self.groups))
        return tuple(section for section in sections if section.nodes)

    def _items(self, group: str) -> tuple[NodeItem, ...]:
        members = [node for node in self.nodes if node.group == group]
        return tuple(NodeItem(node.name, self.edges_from(node.name)) for node in members)

    def edges_from(self, name: str) -> tuple[Edge, ...]:
        return tuple(edge for edge in self.edges if edge.source == name)
