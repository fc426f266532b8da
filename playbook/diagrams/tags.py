"""Template tags that show a drawing, and a text box with its drawing beside it."""

from typing import Any

from django import template
from django.utils.safestring import SafeString

from playbook.diagrams.language import parse
from playbook.diagrams.svg import draw

register = template.Library()


def drawn(text: str, label: str, svg: str = "") -> dict[str, Any]:
    """Return what the templates of a drawing need; `svg` is that of the text, if it was kept."""
    drawing = parse(text)
    kept = SafeString(svg) if svg else draw(drawing, label)
    return {"drawing": drawing, "svg": kept, "label": label}


@register.inclusion_tag("diagrams/diagram.html")
def diagram(text: str, label: str = "") -> dict[str, Any]:
    """Show a drawing, and the same as a list."""
    return drawn(text, label)


@register.inclusion_tag("diagrams/diagram.html")
def diagram_preview(
    text: str, source: str, name: str = "text", label: str = "", svg: str = ""
) -> dict[str, Any]:
    """Show the drawing of a text area as one types; `source` is its id, `name` its name."""
    return {**drawn(text, label, svg), "source": source, "name": name, "id": f"{source}-drawing"}


@register.inclusion_tag("diagrams/editor.html")
def diagram_editor(
    text: str,
    label: str,
    id: str,  # noqa: A002
    name: str = "text",
    svg: str = "",
) -> dict[str, Any]:
    """Show a text area for somebody else's form, with its drawing and help beside it."""
    return {"text": text, "label": label, "id": id, "name": name, "svg": svg}
