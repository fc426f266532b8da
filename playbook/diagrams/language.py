"""Read the text of a drawing.

    client -> gateway -> orders     arrows
    gateway ..> cache               a dashed arrow
    orders -> queue: OrderPlaced    a label, after a colon and a space
    [Payments]                      a group: each line below begins with one of its members,
    ledger -> db                    until an empty line or the next group
    # a comment

No text raises an exception: what cannot be read becomes a problem of its line.
"""

import re
import unicodedata
from itertools import pairwise

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from playbook.diagrams.drawing import Drawing, Edge, Node, Problem

MAX_TEXT = 5000
"""Fits into the body of a form, where a character takes up to twelve bytes."""
MAX_LINES = 200
MAX_NODES = 30
MAX_EDGES = 60
MAX_GROUPS = 8
MAX_NAME = 60
MAX_LABEL = 80

ARROW = re.compile(r"(-{1,2}>|→|\.{2,3}>)")
BACKWARDS = re.compile(r"<[-.]")
LABEL = re.compile(r": |:$")
GROUP = re.compile(r"\[([^\[\]]*)\]")

JOINERS = "\u200c\u200d"
"""Invisible characters that Persian words and emoji need."""
NONCHARACTERS = "\ufffe\uffff"
REMOVED = {"Cc", "Cf", "Cs"}
UNSEEN = {"Z", "C", "M"}


def parse(text: str) -> Drawing:
    """Return what the text says; lines that cannot be read are in `problems`."""
    reader = _Reader()
    for line in _lines(text, reader):
        reader.line += 1
        reader.read(clean(line))
    return reader.drawing()


def _lines(text: str, reader: "_Reader") -> list[str]:
    """Return the lines within the limits, and report the first one beyond."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    lines = text[:MAX_TEXT].split("\n")
    if len(text) > MAX_TEXT:
        message = _("a drawing has at most %(limit)s characters. From here on nothing is drawn")
        reader.report(message % {"limit": MAX_TEXT}, len(lines))
        lines.pop()
    if len(lines) > MAX_LINES:
        message = _("a drawing has at most %(limit)s lines. From here on nothing is drawn")
        reader.report(message % {"limit": MAX_LINES}, MAX_LINES + 1)
    return lines[:MAX_LINES]


def clean(line: str) -> str:
    """Return a line without invisible characters, with single spaces."""
    spaced = " ".join(line.split())
    if spaced.isascii() and spaced.isprintable():
        return spaced
    kept = "".join(character for character in spaced if not _is_removed(character))
    return " ".join(unicodedata.normalize("NFC", kept).split())


def _is_removed(character: str) -> bool:
    is_invisible = unicodedata.category(character) in REMOVED and character not in JOINERS
    return is_invisible or character in NONCHARACTERS


def _is_visible(text: str) -> bool:
    return any(unicodedata.category(character)[0] not in UNSEEN for character in text)


class _Reader:
    """The drawing as read up to a line."""

    def __init__(self) -> None:
        self.line = 0
        self.group = ""
        self.nodes: dict[str, str] = {}
        self.edges: dict[Edge, None] = {}
        self.groups: dict[str, int] = {}
        self.problems: list[Problem] = []

    def report(self, message: str | Promise, line: int = 0) -> None:
        self.problems.append(Problem(line or self.line, str(message)))

    def read(self, line: str) -> None:
        if not line:
            self.group = ""
        elif line.startswith("["):
            self._read_group(line)
        elif not line.startswith("#"):
            self._read_arrows(line)

    def drawing(self) -> Drawing:
        nodes = tuple(Node(name, group) for name, group in self.nodes.items())
        groups = set(self.nodes.values())
        for group in self.groups.keys() - groups:
            message = _("the group “%(group)s” is empty. Write a member on the line below it")
            self.report(message % {"group": group}, self.groups[group])
        return Drawing(
            nodes,
            tuple(self.edges),
            tuple(group for group in self.groups if group in groups),
            tuple(sorted(self.problems, key=lambda problem: (problem.line, problem.message))),
        )

    def _read_group(self, line: str) -> None:
        self.group = ""
        match = GROUP.fullmatch(line)
        name = match[1].strip() if match else ""
        if not match:
            self.report(_("a group is a line of its own in brackets, as in “[Payments]”"))
        elif not _is_visible(name):
            self.report(_("a group needs a name, as in “[Payments]”"))
        elif self._is_short_name(name) and self._has_room_for_group(name):
            self.group = name
            self.groups.setdefault(name, self.line)

    def _has_room_for_group(self, name: str) -> bool:
        if name in self.groups or len(self.groups) < MAX_GROUPS:
            return True
        message = _("a drawing has at most %(limit)s groups. This one is not drawn")
        self.report(message % {"limit": MAX_GROUPS})
        return False

    def _read_arrows(self, line: str) -> None:
        route, label = _split_label(line)
        if LABEL.search(route):
            self.report(_("a label needs an arrow before it, as in “orders -> queue: paid”"))
        elif BACKWARDS.search(route):
            self.report(_("arrows point to the right. For both directions, write two lines"))
        else:
            parts = [part.strip() for part in ARROW.split(route)]
            self._draw(parts[::2], parts[1::2], label)

    def _draw(self, names: list[str], arrows: list[str], label: str) -> None:
        """Draw a chain up to its first problem; the label is that of the last arrow."""
        if not self._can_draw(names[0], _("an arrow needs something before it")):
            return
        self._place(names[0])
        labels = [""] * (len(arrows) - 1) + [label if self._is_short_label(label) else ""]
        for (source, target), arrow, text in zip(pairwise(names), arrows, labels, strict=False):
            if not self._can_draw(target, _("an arrow needs something after it")):
                return
            self._connect(Edge(source, target, text, arrow.startswith(".")))

    def _can_draw(self, name: str, missing: str | Promise) -> bool:
        """Return whether a name is a box of the drawing, which it becomes if there is room."""
        if not _is_visible(name):
            self.report(missing)
        elif name in self.nodes:
            return True
        elif len(self.nodes) == MAX_NODES:
            message = _("a drawing has at most %(limit)s boxes. “%(name)s” is not drawn")
            self.report(message % {"limit": MAX_NODES, "name": name[:MAX_NAME]})
        elif self._is_short_name(name):
            self.nodes[name] = ""
            return True
        return False

    def _place(self, name: str) -> None:
        """Make a node a member of the group that is open."""
        group = self.nodes[name]
        if not group:
            self.nodes[name] = self.group
        elif self.group not in {"", group}:
            message = _("“%(name)s” is in the group “%(group)s” already, and stays there")
            self.report(message % {"name": name, "group": group})

    def _connect(self, edge: Edge) -> None:
        if edge in self.edges or len(self.edges) < MAX_EDGES:
            self.edges[edge] = None
            return
        message = _("a drawing has at most %(limit)s arrows. One of this line is not drawn")
        self.report(message % {"limit": MAX_EDGES})

    def _is_short_name(self, name: str) -> bool:
        message = _("a name has at most %(limit)s characters. This one is not drawn")
        return self._is_within(name, MAX_NAME, message)

    def _is_short_label(self, label: str) -> bool:
        message = _("a label has at most %(limit)s characters. This one is not drawn")
        return self._is_within(label, MAX_LABEL, message)

    def _is_within(self, text: str, limit: int, message: str | Promise) -> bool:
        if len(text) > limit:
            self.report(str(message) % {"limit": limit})
        return len(text) <= limit


def _split_label(line: str) -> tuple[str, str]:
    """Return the part before the label, and the label, which follows a colon after an arrow."""
    arrow = ARROW.search(line)
    colon = LABEL.search(line, arrow.end()) if arrow else None
    return (line[: colon.start()], line[colon.end() :]) if colon else (line, "")
