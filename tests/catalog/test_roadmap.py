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
