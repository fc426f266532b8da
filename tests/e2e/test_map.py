"""The map by keyboard, and as a list on a phone and without JavaScript."""

import re

import pytest
from playwright.sync_api import Page, expect

from catalog.prerequisites.shipped import load_prerequisites
from tests.e2e.conftest import leads_to_page
from tests.e2e.test_study import expect_state, mark

FIRST = "Unlocking Scalability: Building Blocks (p1)"


@pytest.fixture(autouse=True)
def prerequisites(shipped_playbook: None) -> None:
    load_prerequisites()


def test_the_keyboard_goes_through_the_articles_and_opens_one(page: Page) -> None:
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto("/")
    mark(page, FIRST, "done")
    expect_state(page, FIRST, "Done")
    page.locator(".roadmap-lead").get_by_role("link", name="Map").click()
    nodes = page.locator(".map-node")
    expect(nodes).to_have_count(39)
    expect(nodes.first).to_have_attribute("aria-label", f"{FIRST}: Done")
    frame = nodes.nth(1).locator("rect")
    width = frame.evaluate("rect => parseFloat(getComputedStyle(rect).strokeWidth)")
    nodes.first.focus()
    page.keyboard.press("Tab")
    expect(nodes.nth(1)).to_be_focused()
    assert frame.evaluate("rect => parseFloat(getComputedStyle(rect).strokeWidth)") > width
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/articles/unlocking-scalability-advanced-blocks-p2/"))
    expect(page.get_by_role("region", name="Before this")).to_contain_text(FIRST)


def test_only_what_can_be_read_next_stays_in_the_list(plain_page: Page) -> None:
    plain_page.goto("/map/")
    with leads_to_page(plain_page):
        plain_page.get_by_role("link", name="What I can read next").click()
    expect(plain_page).to_have_url(re.compile(r"/map/\?show=next$"))
    items = plain_page.locator(".map-item-title a")
    expect(items.first).to_have_text(FIRST)
    count = items.count()
    plain_page.get_by_role("link", name="All", exact=True).click()
    expect(items).to_have_count(39)
    assert count < 10


def test_a_phone_shows_the_list_alone(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/map/")
    expect(page.locator(".map-svg")).to_be_hidden()
    expect(page.get_by_role("heading", name="Foundation Layer")).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.locator(".map-list").get_by_role("link", name=FIRST).first.click()
    expect(page.get_by_role("region", name="Leads to")).to_be_attached()
