"""Template tags that show a drawing, and a text box with its drawing beside it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from playbook.diagrams.drawing import Problem
from playbook.diagrams.language import parse
from playbook.diagrams.nested_list import nested_list
from playbook.diagrams.svg import draw

register = template.Library()


class DrawnText(NamedTuple):
    """A drawing as HTML. A part that the drawing does not have is empty."""

    svg: SafeString
    as_list: SafeString
    problems: SafeString

    @classmethod
    def of(cls, text: str, label: str, svg: str = "") -> DrawnText:
        """Return the drawing of a text; `svg` is its stored picture, if there is one."""
        drawing = parse(text)
        return cls(
            SafeString(svg) if svg else draw(drawing, label),
            nested_list(drawing),
            problem_list(drawing.problems),
        )


def problem_list(problems: Sequence[Problem]) -> SafeString:
    """Render the first problems, and how many others there are; empty without any."""
    if not problems:
        return SafeString("")
    return render_to_string("diagrams/includes/problems.html", {"problems": problems})


@register.inclusion_tag("diagrams/diagram.html")
def diagram(text: str, label: str = "") -> dict[str, Any]:
    """Show a drawing, and the same as a list."""
    return {"drawn": DrawnText.of(text, label)}


@register.inclusion_tag("diagrams/diagram.html")
def diagram_preview(
    drawn: DrawnText, source: str, name: str = "text", label: str = ""
) -> dict[str, Any]:
    """Show the drawing of a text area as one types; `source` is its id, `name` its name."""
    drawing_id = f"{source}-drawing"
    return {"drawn": drawn, "source": source, "name": name, "label": label, "id": drawing_id}


@register.inclusion_tag("diagrams/editor.html")
def diagram_editor(  # noqa: PLR0913  # the attributes of a text area
    text: str,
    label: str,
    id: str,  # noqa: A002 - the attribute's name in HTML
    name: str = "text",
    *,
    drawn: DrawnText | None = None,
    form: str = "",
) -> dict[str, Any]:
    """Show a text area for somebody else's form, with its drawing and help beside it.

    `form` is the id of the form if it is not the one around it.
    """
    drawn = drawn or DrawnText.of(text, label)
    return {"text": text, "label": label, "id": id, "name": name, "drawn": drawn, "form": form}
