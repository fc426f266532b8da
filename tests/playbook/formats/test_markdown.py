"""Texts are rendered as safe HTML, in a bounded time."""

import re

import pytest

from playbook.formats import markdown as rendering
from playbook.formats.markdown import render_markdown
from progress.notes.models import NOTE_MAX_LENGTH


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("**bold** and *so* `on`", "<p><strong>bold</strong> and <em>so</em> <code>on</code></p>"),
        ("- one\n- two", "<ul>\n<li>one</li>\n<li>two</li>\n</ul>"),
        ("3. three", '<ol start="3">\n<li>three</li>\n</ol>'),
        ("# One\n\n## Two\n\n###### Six", "<h3>One</h3>\n<h4>Two</h4>\n<h6>Six</h6>"),
        ("> quoted", "<blockquote>\n<p>quoted</p>\n</blockquote>"),
        ("```python\nx < 1\n```", "<pre><code>x &lt; 1\n</code></pre>"),
        ("one  \ntwo\n\n---", "<p>one<br>\ntwo</p>\n<hr>"),
        (
            "[it](https://example.org/?a=1&b=2 'title')",
            (
                '<p><a href="https://example.org/?a=1&amp;b=2" title="title"'
                ' rel="noopener nofollow">it</a></p>'
            ),
        ),
        ("", ""),
    ],
)
def test_markdown_is_rendered(text: str, html: str) -> None:
    assert render_markdown(text).strip() == html


def test_an_aligned_table_has_no_style() -> None:
    html = render_markdown("| a | b |\n|:-:|--:|\n| 1 | 2 |")
    assert re.sub(r"\s", "", html) == (
        "<table><thead><tr><th>a</th><th>b</th></tr></thead>"
        "<tbody><tr><td>1</td><td>2</td></tr></tbody></table>"
    )


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<p style='position:fixed' onclick=x>a</p>",
        "<!-- comment -->",
        "<svg><a xlink:href='javascript:x'>a</a></svg>",
        "a <b>raw</b> <iframe src=//example.org></iframe>",
        "[a](javascript:alert(1))",
        "[a](JaVaScRiPt:alert(1))",
        "[a](&#106;avascript:alert(1))",
        "[a](data:text/html;base64,PHNjcmlwdD4=)",
        "[a](vbscript:x)",
        "[a](file:///etc/passwd)",
        "<javascript:alert(1)>",
        "[a]: javascript:alert(1)\n\n[a]",
        "![picture](https://example.org/track.gif)",
        "![picture][1]\n\n[1]: https://example.org/track.gif",
        '[a](https://example.org "\\"onmouseover=alert(1) x=\\"")',
        "```<script>\nx\n```",
    ],
)
def test_nothing_of_a_note_runs_or_loads(text: str) -> None:
    html = render_markdown(text)
    tags = re.findall(r"<(\w+)([^>]*)>", html)
    assert {name for name, _attributes in tags} <= {"p", "a", "code", "pre"}
    for name, attributes in tags:
        values = re.findall(r'([\w-]+)="([^"]*)"', attributes)
        assert {key for key, _value in values} <= {"href", "title", "rel"}
        links = [value for key, value in values if key == "href"]
        assert all(link.startswith("https://example.org") for link in links), name


@pytest.mark.parametrize(
    "piece",
    [
        "[",
        "![",
        "[a](",
        "[`",
        "[*",
        "*[",
        "[<",
        "[\n",
        "a\n",
        "- a\n",
        "*_",
        "# \n",
        "[[]",
        "<",
        "|",
    ],
)
def test_no_text_takes_more_steps_than_allowed(piece: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A text that would is shown as it was typed. Seconds would depend on the machine."""
    text = (piece * NOTE_MAX_LENGTH)[:NOTE_MAX_LENGTH]
    steps = []

    def count(state: object, *args: object) -> bool:
        steps.append(state)
        assert len(steps) <= rendering.STEPS_MAX + 1
        return rendering.count_step(state, *args)  # type: ignore[arg-type]  # passed on as they came

    markdown = rendering.parser()
    markdown.inline.ruler.at("count_step", count)
    markdown.block.ruler.at("count_step", count, {"alt": ["paragraph", "list", "lheading"]})
    monkeypatch.setattr(rendering, "MARKDOWN", markdown)
    assert render_markdown(text)


def test_a_text_that_is_too_complex_is_shown_as_it_was_typed() -> None:
    text = "[<&" * 6_000
    assert render_markdown(text) == "<pre>" + "[&lt;&amp;" * 6_000 + "</pre>"


def test_a_table_that_would_be_too_large_is_shown_as_it_was_typed() -> None:
    text = "|a" * 90 + "\n" + "|-" * 90 + "\n" + "|\n" * 1_000
    assert render_markdown(text).startswith("<pre>|a|a")


def test_a_long_ordinary_note_is_rendered() -> None:
    paragraph = "Some **bold** text with `code` and [a link](https://example.org/x). " * 8
    text = (paragraph + "\n\n- a\n- b\n\n") * 35
    assert len(text) > NOTE_MAX_LENGTH - 1_000
    assert render_markdown(text).count("<li>") == 70


def test_headings_begin_at_the_level_that_the_page_needs() -> None:
    text = "## Zero\n\n### One\n\n#### Two"
    html = render_markdown(text, first_heading=4, shallowest=3)
    assert html == "<h4>Zero</h4>\n<h4>One</h4>\n<h5>Two</h5>\n"
