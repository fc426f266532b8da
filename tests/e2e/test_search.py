"""Searching as one types, and filters that show their numbers."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.test_accessibility import UNDER_A_MENU, WIDTHS, assert_accessible
from tests.e2e.test_study import mark


def count(page: Page) -> Locator:
    return page.locator("#result-count")


def choice(page: Page, label: str) -> Locator:
    return page.locator(".pill").filter(has_text=label).locator(".pill-count")


def test_typing_narrows_and_announces_and_keeps_the_focus(page: Page) -> None:
    page.goto("/articles/")
    expect(count(page)).to_have_text("39 articles, listed 43 times")
    # A live region is read only if it was there before its text changed.
    assert count(page).get_attribute("role") == "status"
    count(page).evaluate("element => { window.region = element; }")
    field = page.locator("#filter-q")
    field.press_sequentially("distr")
    page.wait_for_url("**/articles/?q=distr")
    field.press_sequentially("ibuted cache")
    page.wait_for_url("**/articles/?q=distributed+cache")
    expect(count(page)).to_have_text("1 article")
    expect(page.locator("tr[data-entry]")).to_have_count(1)
    expect(choice(page, "Data Mastery")).to_have_text("1 entry")
    assert count(page).evaluate("element => element === window.region")
    expect(field).to_be_focused()
    expect(field).to_have_value("distributed cache")
    page.go_back()
    page.wait_for_url("**/articles/")
    expect(field).to_have_value("")
    expect(page.locator("tr[data-entry]")).to_have_count(43)
    page.go_forward()
    page.wait_for_url("**/articles/?q=distributed+cache")
    expect(field).to_have_value("distributed cache")
    expect(count(page)).to_have_text("1 article")


def test_a_typo_is_forgiven_and_the_nearest_word_offered(page: Page) -> None:
    page.goto("/articles/")
    page.locator("#filter-q").press_sequentially("cachng")
    expect(count(page)).to_contain_text("Nothing matches “cachng” exactly. Did you mean caching?")
    expect(page.locator("tr[data-entry]")).to_have_count(5)
    page.locator("#filter-q").fill("cahcng")
    expect(page.get_by_role("heading", name="Nothing matches “cahcng”")).to_be_visible()
    expect(page.get_by_role("link", name="Clear search")).to_be_visible()
    page.get_by_role("link", name="caching", exact=True).click()
    page.wait_for_url("**/articles/?q=caching")
    expect(page.locator("#filter-q")).to_have_value("caching")
    expect(count(page)).to_have_text("5 articles")
    expect(count(page)).to_be_focused()


def test_choosing_keeps_the_menu_open_and_the_focus(page: Page) -> None:
    page.goto("/articles/")
    page.get_by_label("Foundation Layer").check()
    page.wait_for_url("**/articles/?layer=foundation-layer")
    expect(page.get_by_label("Foundation Layer")).to_be_focused()
    page.locator(".filter-menu > summary", has_text="Section").click()
    sections = page.locator("#choices-section input")
    expect(sections).to_have_count(1)
    sections.check()
    page.wait_for_url("**/articles/?layer=foundation-layer&section=fundamentals")
    expect(sections).to_be_visible()
    expect(sections).to_be_focused()
    page.keyboard.press("Escape")
    expect(sections).to_be_hidden()
    page.get_by_label("Order").select_option("title")
    page.wait_for_url("**/?layer=foundation-layer&section=fundamentals&order=title")
    page.get_by_role("link", name="Layer: Foundation Layer").click()
    page.wait_for_url("**/articles/?section=fundamentals&order=title")
    expect(count(page)).to_be_focused()
    expect(sections).to_have_count(12)


def test_marking_an_article_updates_the_numbers_of_the_states(page: Page) -> None:
    page.goto("/articles/?layer=foundation-layer")
    page.locator("#filter-q").fill("blocks")
    page.wait_for_url("**/articles/?layer=foundation-layer&q=blocks")
    mark(page, "Unlocking Scalability: Building Blocks (p1)", "Done")
    expect(choice(page, "Done")).to_have_text("1 entry")
    expect(count(page)).to_have_text("3 articles")
    page.goto("/articles/?layer=foundation-layer&state=todo")
    mark(page, "Unlocking Scalability: Advanced Blocks (p2)", "Done")
    expect(choice(page, "Done")).to_have_text("2 entries")
    expect(count(page)).to_have_text("1 article Show results")


def test_search_and_filters_without_javascript(plain_page: Page) -> None:
    page = plain_page
    page.goto("/articles/")
    page.locator("#filter-q").fill("cahcng")
    page.get_by_label("Data Mastery").check()
    page.locator(".filter-menu > summary", has_text="Status").click()
    page.get_by_label("Published").check()
    page.locator(".filter-menu > summary", has_text="Status").click()
    page.get_by_role("button", name="Filter", exact=True).click()
    page.wait_for_url("**/articles/?layer=data-mastery&status=published&q=cahcng")
    expect(count(page)).to_contain_text("0 articles")
    page.get_by_role("link", name="caching", exact=True).click()
    page.wait_for_url("**/articles/?layer=data-mastery&status=published&q=caching")
    expect(page.locator("tr[data-entry]")).to_have_count(4)
    page.get_by_role("link", name="Search: caching").click()
    page.wait_for_url("**/articles/?layer=data-mastery&status=published")
    expect(page.get_by_label("Data Mastery")).to_be_checked()
    expect(count(page)).to_have_text("16 articles")


@pytest.mark.parametrize("menu", ["Section", "Status", "My state"])
def test_an_open_menu_fits_the_window_and_has_no_axe_violations(page: Page, menu: str) -> None:
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        page.goto("/articles/?layer=data-mastery&section=caching&q=cache")
        if page.locator(".filter-more > summary").is_visible():
            page.locator(".filter-more > summary").click()
        page.locator(".filter-menu > summary", has_text=menu).click()
        box = page.locator(".filter-menu[open] .choices").bounding_box()
        assert box
        assert 0 <= box["x"] < box["x"] + box["width"] <= width, width
        # Of each choice the whole label is the target; axe measures its checkbox alone, and against
        # the controls of the table that the menu covers.
        labels = page.locator(".filter-menu[open] label").all()
        assert min((label.bounding_box() or {"height": 0})["height"] for label in labels) >= 24
        assert_accessible(page, UNDER_A_MENU)
