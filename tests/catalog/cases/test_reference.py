"""The reference of a case is rendered for readers, with articles that they find."""

import re
from collections.abc import Callable

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory
from django.urls import reverse

from catalog import snapshot
from catalog.cases.case_index import CaseIndex
from catalog.cases.fragments import case_markdown, case_reference
from catalog.cases.models import Case
from catalog.merging import merge_articles
from catalog.models import Article, Status

pytestmark = pytest.mark.same_everywhere
Add = Callable[..., Case]
HEADINGS = [
    "Requirements", "Estimates", "Interface", "Data model", "High-level design", "Deep dives",
    "Holding a seat", "A full queue", "Failure modes", "Trade-offs", "Articles",
]  # fmt: skip


def index() -> CaseIndex:
    return CaseIndex.of(snapshot.current(AnonymousUser()))


def slugs(case: Case) -> list[str]:
    return [article.slug for article in index().articles_of(case)]


def rendered(case: Case, rf: RequestFactory) -> str:
    request = rf.get(reverse("catalog:roadmap"))  # Its first call imports the URLs.
    request.snapshot = snapshot.current(AnonymousUser())  # type: ignore[attr-defined]  # read by the page
    return case_reference(request, case)


def test_every_part_stands_under_its_heading(add: Add, rf: RequestFactory) -> None:
    html = rendered(add(), rf)
    headings = re.findall(r"<h([34])[^>]*>(.+?)</h", html)
    assert [title for _level, title in headings] == HEADINGS
    assert [title for level, title in headings if level == "4"] == HEADINGS[6:8]
    row = '<th scope="row">Holds a second</th><td>60,000 seats ÷ 600 s</td>'
    assert row in html
    assert 'href="/estimates/"' in html
    assert html.count("<svg") == 1
    assert 'href="/articles/payment-wallet/"' in html
    assert "style=" not in html


def test_empty_parts_are_left_out(add: Add, rf: RequestFactory) -> None:
    empty = dict.fromkeys(
        (
            "requirements", "estimate_input_lines", "estimate_lines", "interface", "data_model",
            "diagram", "deep_dives", "failure_modes", "trade_offs", "article_lines",
        ),
        "",
    )  # fmt: skip
    assert rendered(add(**empty), rf).split() == ["<div", 'class="case-reference">', "</div>"]


def test_a_reference_is_rendered_once_for_each_catalog_version(
    add: Add, rf: RequestFactory
) -> None:
    case = add()
    first = rendered(case, rf)
    assert rendered(Case.objects.get(), rf) is first
    case.requirements = "Only this."
    case.save()
    assert "<p>Only this.</p>" in rendered(case, rf)


def test_inputs_go_along_to_the_estimates(add: Add, rf: RequestFactory) -> None:
    html = rendered(add(estimate_input_lines="users: 500k\nhot: 5%"), rf)
    assert 'href="/estimates/?users=500000&amp;hot=5"' in html


def test_wide_code_and_tables_are_scrolled_with_the_keyboard() -> None:
    html = case_markdown("```\n<pre>\n```\n\n|a|\n|-|\n|1|")
    assert html.count('tabindex="0"') == 2
    assert '<pre tabindex="0"><code>&lt;pre&gt;' in html


def test_markdown_of_editors_cannot_run_anything() -> None:
    html = case_markdown("<script>x</script> [a](javascript:x) <p style='a'>")
    assert not re.search(r"<script|javascript:|<p style", html.replace("[a](javascript:x)", ""))


def test_the_articles_of_a_case_are_those_that_readers_find(add: Add) -> None:
    case = add()
    assert slugs(case) == ["ticket-booking-system", "payment-wallet"]
    wallet = Article.objects.get(slug="payment-wallet")
    wallet.retire()
    assert slugs(case) == ["ticket-booking-system"]
    wallet.restore()
    wallet.status = Status.objects.get(slug="draft")
    wallet.save()
    assert slugs(case) == ["ticket-booking-system"]
    with_drafts = CaseIndex.of(snapshot.CatalogSnapshot("any", with_drafts=True))
    assert [article.slug for article in with_drafts.articles_of(case)] == ["ticket-booking-system"]


def test_a_case_shows_the_article_that_is_kept(add: Add) -> None:
    case, other = add(), add("Other", article_lines="payment-wallet")
    kept, duplicate = (
        Article.objects.get(slug=slug) for slug in ("ticket-booking-system", "payment-wallet")
    )
    duplicate.status = Status.objects.get(slug="draft")
    duplicate.save()
    merge_articles(kept, duplicate)
    assert slugs(case) == slugs(other) == ["ticket-booking-system"]


def test_the_index_has_current_cases_in_order(add: Add) -> None:
    one, two, three = add("One"), add("Two"), add("Three")
    two.retire()
    assert index().cases == [one, three]
    assert index().by_slug == {"one": one, "three": three}
    assert index().by_uuid[three.uuid] == three
