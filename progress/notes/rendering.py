"""Render a learner's Markdown as HTML, in a bounded time.

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
"""A note stands under a heading of the page."""

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


def render_note(text: str) -> str:
    """Return the HTML of a note: safe to show, and without anything that loads by itself.

    A text that is too complex to parse is shown as it was typed.
    """
    try:
        html = cleaned(as_html(text))
    except TooComplex:
        return f"<pre>{escape(text)}</pre>"
    return html


def as_html(text: str) -> str:
    env: dict[str, object] = {}
    tokens = MARKDOWN.parse(text, env)
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(6, int(token.tag[1]) + FIRST_HEADING - 1)}"
    html = str(MARKDOWN.renderer.render(tokens, MARKDOWN.options, env))
    if len(html) > HTML_MAX_LENGTH:
        raise TooComplex
    return html


def cleaned(html: str) -> str:
    """Remove every element, attribute and address that a note cannot have."""
    return nh3.clean(
        html,
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes=URL_SCHEMES,
        link_rel="noopener nofollow",
    )
