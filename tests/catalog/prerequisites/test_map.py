"""The map: the playbook as a graph and as a list, with the reader's states."""

import re
from collections.abc import Callable
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from catalog.models import Article, Section
from catalog.prerequisites.map_layout import LINE_LENGTH, PlaybookMap, lines_of
from catalog.prerequisites.models import Prerequisite
from catalog.prerequisites.shipped import load_prerequisites
from catalog.snapshot import current
from progress.learner import LearnerProgress
from progress.states import StateName
from tests.catalog.admin_pages import text_of
from tests.catalog.prerequisites.conftest import A, B, C, D, article

pytestmark = pytest.mark.same_everywhere
Require = Callable[..., Prerequisite]
MAP = reverse("prerequisites:map_detail")
NODE = re.compile(r'<a class="map-node([^"]*)" href="/articles/([\w-]+)/" data-stage="(\w+)"')
ITEM = re.compile(r'class="map-item-title">.*?href="/articles/([\w-]+)/"')


@pytest.fixture
def shipped(playbook: None) -> None:
    load_prerequisites()


@pytest.fixture
def progress(learner: User, client: Client) -> LearnerProgress:
    client.force_login(learner)
    return LearnerProgress(learner)


def html_of(client: Client, query: str = "") -> str:
    response = client.get(MAP + query)
    assert response.status_code == 200
    return unescape(response.content.decode())


def stages(client: Client, query: str = "") -> dict[str, str]:
    return {slug: stage for _classes, slug, stage in NODE.findall(html_of(client, query))}


def test_every_article_is_a_link_in_the_column_of_its_layer(client: Client, shipped: None) -> None:
    drawn = stages(client)
    assert set(drawn.values()) == {"not_started"}
    assert set(drawn) == set(Article.objects.values_list("slug", flat=True))
    columns = PlaybookMap.of(current(client.get("/").wsgi_request.user)).columns
    assert [column.layer.number for column in columns] == [1, 2, 3, 4]
    assert [len(column.nodes) for column in columns] == [3, 16, 10, 10]


def test_the_drawing_fits_and_no_two_nodes_overlap(client: Client, shipped: None) -> None:
    html_of(client)
    playbook_map = PlaybookMap.of(current(client.get("/").wsgi_request.user))
    places = {(node.left, node.top) for node in playbook_map.nodes}
    assert len(places) == len(playbook_map.nodes) == 39
    assert max(node.right for node in playbook_map.nodes) < playbook_map.width
    assert max(node.bottom for node in playbook_map.nodes) < playbook_map.height
    assert len(playbook_map.paths) == len(set(playbook_map.paths.values()))
    nodes = {node.article.pk: node for node in playbook_map.nodes}
    for edge, path in playbook_map.paths.items():
        first, then = nodes[edge.requires], nodes[edge.article]
        x, y, *_bends, end = map(int, re.findall(r"\d+", path))
        if first.column < then.column:
            assert (x, y) == (first.right, first.middle)
            assert path.endswith(f" {then.left} {then.middle}")
        elif abs(first.row - then.row) == 1:
            assert (y, end) in {(first.bottom, then.top), (first.top, then.bottom)}
        else:
            assert (x, y) == (first.right, first.middle)
            assert path.endswith(f" {then.right} {then.middle}")


def test_there_is_no_style_and_no_script_in_the_drawing(client: Client, shipped: None) -> None:
    html = html_of(client)
    drawing = html[html.index('<svg class="map-svg"') : html.index("</section>")]
    assert "style=" not in drawing
    assert "<script" not in drawing
    assert drawing.count("<path d=") == 1 + 53 + 7  # the arrow, all, those from the first


def test_states_are_the_learner_s_own(
    client: Client, shipped: None, progress: LearnerProgress
) -> None:
    progress.set(article(A), StateName.DONE)
    progress.set(article(B), StateName.READING)
    progress.set(article(C), StateName.SKIPPED)
    drawn = stages(client)
    assert (drawn[A], drawn[B], drawn[C], drawn[D]) == (
        "finished",
        "started",
        "excluded",
        "not_started",
    )
    assert set(stages(Client()).values()) == {"not_started"}
    progress.set(article(A), StateName.TODO)
    assert stages(client)[A] == "not_started"


def test_a_visitor_s_marks_are_shown(client: Client, shipped: None) -> None:
    client.post(reverse("progress:state_set", args=[A]), {"state": "done"})
    assert stages(client)[A] == "finished"
    assert stages(Client())[A] == "not_started"


def test_it_says_where_the_reader_is_and_what_that_opens(
    client: Client, require: Require, progress: LearnerProgress
) -> None:
    require(B, A)
    require(C, A)
    require(D, A)
    titles = {slug: article(slug).title for slug in (A, B, C, D)}
    text = text_of(client.get(MAP))
    expected = f"Next to read is {titles[A]} : it opens {titles[B]} , {titles[C]} and {titles[D]}"
    assert expected in text
    assert f"{titles[A]} To do Next" in text
    progress.set(article(C), StateName.READING)
    text = text_of(client.get(MAP))
    assert f"{titles[C]} Reading You are here" in text
    assert f"You are at {titles[C]} ." in text
    for latest in (D, B):  # the latest, wherever in the journey it is
        progress.set(article(latest), StateName.READING)
        assert f"You are at {titles[latest]} ." in text_of(client.get(MAP))
    assert re.findall(r'href="/articles/([\w-]+)/"[^>]*aria-current="location"', html_of(client))


def test_it_counts_what_an_article_opens_beyond_three(
    client: Client, shipped: None, progress: LearnerProgress
) -> None:
    assert "and 4 more." in text_of(client.get(MAP))


def test_the_list_is_folded_by_layer_but_for_the_one_the_reader_is_in(
    client: Client, shipped: None, progress: LearnerProgress
) -> None:
    def layers(query: str = "") -> list[tuple[bool, str]]:
        html = html_of(client, query)
        found = re.findall(
            r'<details class="map-layer-list"([^>]*)>.*?"map-done">([^<]+)', html, re.DOTALL
        )
        return [("open" in attributes, done) for attributes, done in found]

    assert [is_open for is_open, _done in layers()] == [True, False, False, False]
    progress.set(article(A), StateName.DONE)
    progress.set(article("client-side-caching-with-etag-validation"), StateName.READING)
    assert layers()[:2] == [(False, "1 of 3 done"), (True, "0 of 16 done")]
    assert [is_open for is_open, _done in layers("?show=next")] == [True] * 4


def test_what_one_can_read_next(
    client: Client, require: Require, progress: LearnerProgress
) -> None:
    require(B, A)
    require(C, B)
    require(D, A)

    def ready() -> tuple[list[str], list[str]]:
        html = html_of(client, "?show=next")
        drawn = [slug for classes, slug, _stage in NODE.findall(html) if "map-dim" not in classes]
        return drawn, ITEM.findall(html)

    assert ready() == ([A], [A])
    progress.set(article(A), StateName.DONE)
    assert ready() == ([B, D], [B, D])
    progress.set(article(B), StateName.SKIPPED)
    assert ready() == ([C, D], [C, D])
    assert "Nothing to read next in this layer." in html_of(client, "?show=next")
    assert ITEM.findall(html_of(client, "?show=else")) == [A, B, C, D]


def test_the_list_says_what_the_drawing_says(client: Client, require: Require) -> None:
    require(B, A)
    require(C, B)
    text = text_of(client.get(MAP))
    titles = {slug: article(slug).title for slug in (A, B, C)}
    text = text[text.index("As a list", text.index("As a list") + 9) :]
    assert f"{titles[B]} To do Before this {titles[A]} To do Leads to {titles[C]} To do" in text


def test_only_articles_that_readers_see_and_that_count_are_on_the_map(
    client: Client, require: Require
) -> None:
    require(B, A)
    require(C, B)
    assert set(stages(client)) == {A, B, C}
    article(C).retire()
    assert set(stages(client)) == {A, B}
    Section.objects.get(entries__article__slug=A).retire()
    html = html_of(client)
    assert "Nothing here yet. The map shows which article to read before which" in html


def test_a_change_of_a_prerequisite_is_seen_by_the_next_visitor(
    client: Client, require: Require
) -> None:
    row = require(B, A)
    assert set(stages(client)) == {A, B}
    require(C, A)
    assert set(stages(client)) == {A, B, C}
    row.retire()
    assert set(stages(client)) == {A, C}
    page = client.get(MAP)
    assert client.get(MAP, headers={"If-None-Match": page["ETag"]}).status_code == 304


def test_the_map_is_in_the_sitemap_and_linked(
    client: Client, playbook: None, learner: User
) -> None:
    assert f"{MAP}</loc>" in client.get("/sitemap.xml").content.decode()
    assert client.get("/").content.decode().count(f'href="{MAP}"') == 2  # one for phones
    client.force_login(learner)
    assert client.get("/articles/").content.decode().count(f'href="{MAP}"') == 1


def test_it_takes_as_many_queries_for_many_prerequisites(
    client: Client, require: Require, progress: LearnerProgress
) -> None:
    def queries() -> int:
        client.get(MAP)
        with CaptureQueriesContext(connection) as captured:
            client.get(MAP)
        return len(captured)

    require(B, A)
    for_one = queries()
    Prerequisite.objects.all().delete()
    load_prerequisites()
    progress.set(article(B), StateName.READING)
    assert queries() == for_one


@pytest.mark.parametrize(
    "title",
    [
        "Payment Wallet",
        "The Blueprint: Modern System Design for the Agent Era (2025+)",
        "A" * 200,
        "A very long title of an article that has far more words than could be drawn in one node",
    ],
)
def test_a_title_is_drawn_on_three_lines_at_most(title: str) -> None:
    lines = lines_of(title)
    assert 1 <= len(lines) <= 3
    assert all(len(line) <= LINE_LENGTH for _y, line in lines)
    assert lines[-1][1].endswith("…") == (len(title) > 3 * LINE_LENGTH)
