"""My progress in a browser: every number follows, nothing that was open or focused is lost."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from catalog.models import Article
from progress.learner import LearnerProgress
from progress.models import Event
from progress.states import StateName
from tests.e2e.conftest import sign_in

WALLET, BOOKING = "payment-wallet", "ticket-booking-system"


@pytest.fixture
def my_progress(page: Page, account: User) -> Page:
    """Open the page of a learner who reads two articles, one of them since yesterday."""
    progress = LearnerProgress(account)
    for slug in (WALLET, BOOKING):
        progress.set(Article.objects.get(slug=slug), StateName.READING)
    first = Event.objects.filter(article__slug=WALLET)
    first.update(happened_at=timezone.now() - timedelta(days=1))
    sign_in(page, account.username)
    page.goto("/me/")
    return page


def choose(page: Page, title: str, state: str) -> None:
    row = page.locator("#reading-now li").filter(has_text=title)
    row.locator("summary").press("Enter")
    row.get_by_role("button", name=state, exact=True).press("Enter")


def expect_totals(page: Page, done: int, reading: int) -> None:
    """Check that the card, the last row of the table and the list agree."""
    expect(page.locator(".overall-facts")).to_contain_text(re.compile(rf"{done} of \d+ done"))
    cells = page.locator(".totals tfoot td[data-label]")
    expect(cells.nth(2)).to_have_text(str(done))
    expect(cells.nth(1)).to_have_text(str(reading))
    expect(page.locator("#reading-now li")).to_have_count(reading)


def test_every_number_follows_each_of_several_changes(my_progress: Page) -> None:
    page = my_progress
    expect_totals(page, done=0, reading=2)
    choose(page, "Payment Wallet", "Done")
    expect_totals(page, done=1, reading=1)
    choose(page, "Ticket Booking System", "Done")
    expect_totals(page, done=2, reading=0)
    page.locator("#recent").get_by_role("button", name="Undo").first.click()
    expect_totals(page, done=1, reading=1)
    page.locator("#announcement").get_by_text("Ticket Booking System: Reading").wait_for()
    page.reload()
    expect_totals(page, done=1, reading=1)


def test_open_details_and_focus_survive_a_refresh(my_progress: Page) -> None:
    page = my_progress
    page.locator("#study-table summary").click()
    choose(page, "Payment Wallet", "Done")
    expect_totals(page, done=1, reading=1)
    expect(page.locator("#study-table")).to_have_attribute("open", "")
    expect(page.get_by_role("heading", name="Reading now")).to_be_focused()
    page.locator("#recent").get_by_role("button", name="Undo").first.press("Enter")
    expect_totals(page, done=0, reading=2)
    expect(page.get_by_role("heading", name="Recent changes")).to_be_focused()


def test_a_page_refreshes_after_a_change_in_a_different_tab(my_progress: Page) -> None:
    page = my_progress
    other = page.context.new_page()
    other.goto("/me/")
    choose(other, "Payment Wallet", "Done")
    expect_totals(other, done=1, reading=1)
    choose(page, "Ticket Booking System", "Skipped")
    expect_totals(page, done=1, reading=0)


def test_the_history_follows_an_undo(my_progress: Page) -> None:
    page = my_progress
    page.goto("/me/history/")
    rows = page.locator("#events li")
    expect(rows).to_have_count(2)
    rows.first.get_by_role("button", name="Undo").press("Enter")
    expect(rows).to_have_count(3)
    expect(page.locator(".result-count")).to_have_text("3 changes")
    expect(page.locator("#events").get_by_text("(undone)")).to_have_count(1)
    expect(page.locator("#events h2").first).to_be_focused()


def test_the_phone_scrolls_the_heat_map_and_not_the_page(my_progress: Page) -> None:
    page = my_progress
    page.set_viewport_size({"width": 320, "height": 800})
    frame = page.locator(".heat-map-frame")
    assert frame.evaluate("element => element.scrollWidth > element.clientWidth")
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    # Today comes first into view, not a year ago.
    page.locator(".heat-legend").scroll_into_view_if_needed()
    expect(page.locator(".heat-map rect").last).to_be_in_viewport()
    expect(page.locator(".heat-map rect").first).not_to_be_in_viewport()


def test_the_numbers_of_a_phone_are_under_their_headings(my_progress: Page) -> None:
    page = my_progress
    page.set_viewport_size({"width": 390, "height": 844})
    table = page.locator(".totals")
    assert table.evaluate("element => element.offsetHeight") < 1200
    edges = "cells => cells.map(cell => Math.round(cell.getBoundingClientRect().right))"
    headings = table.locator("thead th").evaluate_all(edges)[2:]
    for row in table.locator("tr:has(td[data-label])").all():
        assert row.locator("td[data-label]").evaluate_all(edges) == headings


@pytest.mark.parametrize("with_javascript", [True, False])
def test_a_visitor_is_reminded_after_the_fifth_mark_and_can_dismiss_it(
    page: Page, plain_page: Page, with_javascript: bool
) -> None:
    visitor = page if with_javascript else plain_page
    slugs = Article.objects.listed().order_by("slug").values_list("slug", flat=True)[:5]
    for slug in slugs:
        visitor.goto(f"/articles/{slug}/")
        expect(visitor.locator(".visitor-reminder")).to_have_count(0)
        visitor.locator("#article-state summary").click()
        visitor.locator("#article-state").get_by_role("button", name="Done").click()
        expect(visitor.locator("#article-state summary")).to_contain_text("Done")
    expect(visitor.locator(".visitor-reminder")).to_contain_text("You have marked 5 articles")
    visitor.locator(".visitor-reminder").get_by_role("button", name="Dismiss").click()
    expect(visitor.locator(".visitor-reminder")).to_have_count(0)
    visitor.goto("/me/")
    expect(visitor.locator(".visitor-reminder")).to_have_count(0)
    expect(visitor.locator(".totals tfoot td[data-label]")).to_have_text(
        ["34", "0", "5", "0", "39"]
    )
