from contextlib import ExitStack
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.template import engines
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from playbook.diagrams import layout, preview_limits
from playbook.diagrams.language import MAX_TEXT
from playbook.diagrams.preview_limits import AT_ONCE, limits


class Outline(HTMLParser):
    """The nested list of a page, as lists of texts and lists."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.stack: list[list[object]] = [[]]
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        is_outermost = ("class", "diagram-list") in attributes
        if tag == "ul" and (is_outermost or len(self.stack) > 1):
            items: list[object] = []
            self.stack[-1].append(items)
            self.stack.append(items)

    def handle_endtag(self, tag: str) -> None:
        if tag == "ul" and len(self.stack) > 1:
            self.stack.pop()

    def handle_data(self, text: str) -> None:
        if len(self.stack) > 1 and text.strip():
            self.stack[-1].append(" ".join(text.split()))


def outline(html: str) -> list[object]:
    (items,) = Outline(html).stack[0]
    assert isinstance(items, list)
    return items


def render(template: str, **context: object) -> str:
    return engines["django"].from_string(template).render(context)


def test_a_drawing_is_shown_as_a_nested_list_too() -> None:
    text = "client -> gateway\ngateway ..> cache: reads -> <all>\n[Payments & co]\nledger -> db\ndb"
    assert outline(render("{% diagram text %}", text=text)) == [
        "client",
        ["sends to gateway"],
        "gateway",
        ["sends to cache: reads -> <all> (dashed)"],
        "cache",
        "Group “Payments & co”",
        ["ledger", ["sends to db"], "db"],
    ]


def test_a_drawing_that_cannot_be_laid_out_says_so_and_is_shown_as_a_list(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    layout.arrange.cache_clear()
    monkeypatch.setattr(layout, "PROGRAM", tmp_path / "none")
    html = render("{% diagram text %}", text="a -> b")
    assert "The boxes and arrows cannot be shown at the moment." in html
    assert "<svg" not in html
    assert outline(html) == ["a", ["sends to b"], "b"]


def test_a_drawing_names_five_problems_and_counts_the_others() -> None:
    html = render("{% diagram text %}", text="a -> b\n" + "c ->\n" * 7)
    assert html.count("an arrow needs something after it.") == 5
    assert "Line 2: an arrow needs something after it." in html
    assert "And 2 more." in html
    assert "And" not in render("{% diagram text %}", text="a -> b\n" + "c ->\n" * 5)


def test_a_drawing_has_no_ids_so_that_a_page_can_have_several() -> None:
    html = render("{% diagram text label='One' %}", text="a -> b")
    assert "One: 2 boxes, 1 arrow." in html
    assert " id=" not in html


def test_an_editor_has_its_text_and_drawing() -> None:
    template = "{% diagram_editor text=text label='Design' id='design' name='drawing' %}"
    html = render(template, text="\na -> <b>")
    # HTML drops one line break after the tag, so the text keeps its own.
    assert '" aria-describedby="design-help">\n\na -&gt; &lt;b&gt;</textarea>' in html
    assert 'id="design" name="drawing"' in html
    assert "from:#design" in html
    assert "Design: 2 boxes, 1 arrow." in html
    assert outline(html) == ["a", ["sends to <b>"], "<b>"]


def test_a_preview_answers_with_the_drawing_and_asks_no_database(
    client: Client, db: None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    fields = {"field": "drawing", "drawing": "a -> b\nb ->", "label": "Design"}
    with django_assert_num_queries(0):
        response = client.post(reverse("diagrams:preview"), fields)
    html = response.content.decode()
    assert (response.status_code, response["Cache-Control"]) == (
        200,
        "max-age=0, no-cache, no-store, must-revalidate, private",
    )
    assert "Design: 2 boxes, 1 arrow." in html
    assert "Line 2: an arrow needs something after it." in html
    assert html.strip().startswith("<figure")


@pytest.mark.same_everywhere
def test_a_preview_replaces_the_list_on_its_own(client: Client, db: None) -> None:
    headers = {"HX-Request": "true", "HX-Target": "design-drawing"}
    response = client.post(reverse("diagrams:preview"), {"text": "a -> b"}, headers=headers)
    html = response.content.decode()
    assert '<div id="design-drawing-list" hx-swap-oob="innerHTML">' in html
    assert ("<figure" in html, "<details" in html) == (False, False)


@pytest.mark.same_everywhere
@pytest.mark.parametrize("text", ["", "\0", "a -> b\0", "😀" * MAX_TEXT, "x" * (MAX_TEXT + 1)])
def test_any_posted_text_is_answered(client: Client, db: None, text: str) -> None:
    response = client.post(reverse("diagrams:preview"), {"text": text})
    assert response.status_code == 200


@pytest.mark.same_everywhere
def test_a_preview_is_a_post_of_limited_size(client: Client, db: None) -> None:
    assert client.get(reverse("diagrams:preview")).status_code == 405
    assert client.post(reverse("diagrams:preview"), {"text": "x" * 70_000}).status_code == 413
    assert client.post(reverse("diagrams:preview")).status_code == 200


def test_previews_at_once_are_limited(client: Client, db: None) -> None:
    with ExitStack() as others:
        for _number in range(AT_ONCE):
            others.enter_context(limits.turn_of("192.0.2.1"))
        refused = client.post(reverse("diagrams:preview"), {"text": "a -> b"})
    assert (refused.status_code, refused["Retry-After"]) == (429, "2")
    assert client.post(reverse("diagrams:preview"), {"text": "a -> b"}).status_code == 200


def test_previews_of_a_network_address_are_limited(
    client: Client, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preview_limits, "A_MINUTE", 2)
    monkeypatch.setattr(preview_limits, "monotonic", lambda: 1e9)
    posts = [
        client.post(reverse("diagrams:preview"), REMOTE_ADDR=address).status_code
        for address in ["192.0.2.2", "192.0.2.2", "192.0.2.2", "192.0.2.3"]
    ]
    assert posts == [200, 200, 429, 200]
