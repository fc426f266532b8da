"""The parts of the roadmap: rows that are shown at first, and the strip of layers."""

import re

import pytest
from django.test import Client

from catalog.models import Article, Entry, Section, Status
from catalog.roadmap import ROWS_AT_FIRST

pytestmark = [pytest.mark.usefixtures("playbook"), pytest.mark.same_everywhere]


@pytest.fixture
def big() -> Section:
    """Return a section with 120 entries, in the first layer."""
    section, published = Section.objects.order_by("number")[0], Status.objects.get(slug="published")
    articles = Article.objects.bulk_create(
        Article(title=f"Big {number}", slug=f"big-{number}", status=published)
        for number in range(120)
    )
    Entry.objects.bulk_create(
        Entry(section=section, article=article, number=number + 10, title=article.title)
        for number, article in enumerate(articles)
    )
    section.save()
    return section


def rows_in(html: str, section: Section) -> int:
    card = html.partition(f'id="{section.slug}"')[2].partition("</article>")[0]
    return card.count("data-entry")


@pytest.mark.parametrize("path", ["/", "/layers/foundation-layer/", "/?layer=foundation-layer"])
def test_rows_beyond_the_first_hundred_open_on_demand(
    client: Client, big: Section, path: str
) -> None:
    html = client.get(path).content.decode()
    assert html.count("<tr id=") == ROWS_AT_FIRST
    assert rows_in(html, big) == ROWS_AT_FIRST
    more = re.search(rf'<a href="{big.get_absolute_url()}" hx-get[^>]*>(.*?)<span', html)
    assert more
    assert more[1] == "Show 23 more articles"
    assert client.get(big.get_absolute_url()).content.decode().count("<tr id=") == 123


def test_folded_sections_keep_their_contents_and_numbers(client: Client, big: Section) -> None:
    html = client.get("/").content.decode()
    for section in Section.objects.exclude(pk=big.pk):
        assert rows_in(html, section) == 0
        assert f'id="outline-{section.slug}"' in html
        assert f'id="section-{section.slug}"' in html
    assert "0 of 159 done" in html
    assert "Show 4 articles<span" in html


def test_a_roadmap_of_the_shipped_size_shows_every_row(client: Client) -> None:
    assert 'class="folded"' not in client.get("/").content.decode()


def contents(html: str) -> list[str]:
    return re.findall(r'<li><a href="([^"]+)">', html.partition('class="outline"')[2])


def test_contents_link_to_the_sections_of_the_page(client: Client) -> None:
    sections = list(Section.objects.order_by("layer__number", "number").select_related("layer"))
    html = client.get("/").content.decode()
    assert contents(html)[: len(sections)] == [f"#{section.slug}" for section in sections]
    html = client.get("/?layer=foundation-layer").content.decode()
    assert contents(html)[: len(sections)] == [
        f"#{section.slug}"
        if section.layer.slug == "foundation-layer"
        else section.get_absolute_url()
        for section in sections
    ]


@pytest.mark.parametrize("path", ["/sections/caching/", "/layers/data-mastery/"])
def test_a_section_and_a_layer_are_marked_from_their_own_page(client: Client, path: str) -> None:
    html = client.get(path).content.decode()
    head = html.partition('class="page-head"')[2].partition("</details>")[0]
    form_action = re.search(r'formaction="([^?]+)\?spot=([^"]+)" name="state" value="done"', head)
    assert form_action
    assert f'id="{form_action[2]}"' in html
    assert "Open on its own page" not in head
    response = client.post(form_action[1], {"state": "done", "spot": form_action[2], "next": path})
    assert response["Location"] == f"{path}#{form_action[2]}"
    marked = client.get(path).content.decode()
    assert "0 of" not in marked.partition('class="page-head"')[2].partition("bar")[0]
