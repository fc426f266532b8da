"""Render Markdown as HTML that is safe to show, in a bounded time.

The parser looks ahead from every bracket and at every line, so some texts take time that grows with
the square of their length. The work is counted in the parser's own steps, not in seconds, so that a
text is rendered the same on a busy machine.
"""

import nh3
from django.utils.html import escape
from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline

STEPS_MAX = 20_000
"""20,000 characters of ordinary text take about 3,200 steps, and 20,000 steps about 0.3 s."""
HTML_MAX_LENGTH = 400_000
"""A table fills its rows with empty cells, so that 10,000 characters can become a megabyte."""
FIRST_HEADING = 3
"""The level of the heading “#”: a text stands under a heading of the page."""

TAGS = {
    *("p", "br", "hr", "strong", "em", "code", "pre", "blockquote", "ul", "ol", "li", "a"),
    *("h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td"),
}
ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
URL_SCHEMES = {"http", "https", "mailto"}


class TooComplex(Exception):
    """The text takes more steps to parse than `STEPS_MAX`, or becomes too long."""


def count_step(state: StateBlock | StateInline, *args: object) -> bool:
    """Count the positions at which the parser tries its rules; matches nothing itself."""
    state.env["steps"] = steps = state.env.get("steps", 0) + 1
    if steps > STEPS_MAX:
        raise TooComplex
    return False


def parser() -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"html": False})
    markdown.enable("table").disable("image")
    markdown.inline.ruler.before("text", "count_step", count_step)
    interrupted = ["paragraph", "reference", "blockquote", "list", "lheading"]
    markdown.block.ruler.before("table", "count_step", count_step, {"alt": interrupted})
    return markdown.enable("count_step")


MARKDOWN = parser()


def render_markdown(text: str, first_heading: int = FIRST_HEADING, shallowest: int = 1) -> str:
    """Return the HTML of a text: safe to show, and without anything that loads by itself.

    A heading with as many “#” as `shallowest` gets the level `first_heading`. A text that is too
    complex to parse is shown as it was typed.
    """
    try:
        return cleaned(as_html(text, first_heading, shallowest))
    except TooComplex:
        return f"<pre>{escape(text)}</pre>"


def as_html(text: str, first_heading: int, shallowest: int) -> str:
    env: dict[str, object] = {}
    tokens = MARKDOWN.parse(text, env)
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            depth = max(int(token.tag[1]) - shallowest, 0)
            token.tag = f"h{min(6, first_heading + depth)}"
    html = str(MARKDOWN.renderer.render(tokens, MARKDOWN.options, env))
    if len(html) > HTML_MAX_LENGTH:
        raise TooComplex
    return html


def cleaned(html: str) -> str:
    """Remove every element, attribute and address that a text cannot have."""
    return nh3.clean(
        html,
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes=URL_SCHEMES,
        link_rel="noopener nofollow",
    )
