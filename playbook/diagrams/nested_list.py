"""Write a drawing as a nested list, in a tenth of the time of a template.

A page shows it on every look, and it is a learner's own, so it cannot be kept.
"""

from html import escape

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from playbook.diagrams.drawing import Drawing, Edge, NodeItem, Section


def nested_list(drawing: Drawing) -> SafeString:
    """Return the list as HTML; empty for an empty drawing."""
    sections = "".join(map(_section, drawing.sections))
    return SafeString(f'<ul class="diagram-list">{sections}</ul>' if sections else "")


def _section(section: Section) -> str:
    nodes = "".join(map(_node, section.nodes))
    if not section.name:
        return nodes
    name = _("Group “%(name)s”") % {"name": escape(section.name)}
    return f"<li>{name}<ul>{nodes}</ul></li>"


def _node(node: NodeItem) -> str:
    edges = "".join(map(_edge, node.edges))
    return f"<li>{escape(node.name)}{f'<ul>{edges}</ul>' if edges else ''}</li>"


def _edge(edge: Edge) -> str:
    sentence = _("sends to %(target)s") % {"target": escape(edge.target)}
    label = f": {escape(edge.label)}" if edge.label else ""
    dashed = f" {_('(dashed)')}" if edge.is_dashed else ""
    return f"<li>{sentence}{label}{dashed}</li>"
