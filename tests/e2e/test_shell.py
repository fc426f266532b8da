"""The frame of every page and the density of the roadmap, in a browser."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import wait_until
from tests.e2e.test_study import expect_figures, expect_state, mark, round_button, row

FIRST = "Unlocking Scalability: Building Blocks (p1)"
TAB_STOPS = """() => [...document.querySelectorAll(
    "a[href], button, summary, input, select, textarea, [tabindex]")].filter(
    (element) => element.tabIndex >= 0 && !element.disabled && element.getClientRects().length
        && element.checkVisibility() && element.closest("dialog:not([open])") === null
        && (element.matches("summary") || element.closest("details:not([open])") === null
            || element.closest(".outline"))).length"""


def height_of(page: Page, selector: str) -> float:
    height: float = page.locator(selector).evaluate("e => e.getBoundingClientRect().height")
    return height


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 844)])
def test_the_first_article_is_in_sight_without_scrolling(
    page: Page, width: int, height: int
) -> None:
    page.set_viewport_size({"width": width, "height": height})
    page.goto("/")
    button = round_button(page, FIRST)
    expect(button).to_be_in_viewport(ratio=1)
    box = button.bounding_box()
    navigation = page.locator(".site-nav").bounding_box()
    assert box
    assert navigation
    if width == 390:
        assert box["y"] + box["height"] < navigation["y"]


def test_the_roadmap_has_at_most_200_tab_stops(page: Page) -> None:
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto("/")
    assert 100 < page.evaluate(TAB_STOPS) <= 200


def test_tab_reaches_every_control_of_a_row(page: Page) -> None:
    page.goto("/sections/caching/")
    first = row(page, "Distributed Cache Invalidation Service")
    first.locator(".state-button").focus()
    for selector in (".entry-title a", ".read", ".row-menu > summary"):
        page.keyboard.press("Tab")
        expect(first.locator(selector)).to_be_focused()
    page.keyboard.press("Tab")
    second = row(page, "Client-Side Caching with ETag Validation")
    expect(second.locator(".state-button")).to_be_focused()


def test_the_roadmap_on_a_phone_is_at_most_5500_pixels_long(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/")
    assert 3000 < page.evaluate("document.documentElement.scrollHeight") <= 5500


@pytest.mark.parametrize("path", ["/", "/articles/", "/articles/payment-wallet/", "/practice/"])
def test_the_header_is_one_row_and_nothing_is_wider_than_the_page(page: Page, path: str) -> None:
    page.goto(path)
    for width in (360, 390, 768, 820, 970, 1100, 1440):
        page.set_viewport_size({"width": width, "height": 800})
        assert height_of(page, ".site-header") == 56, width
        tops = page.evaluate(
            "[...document.querySelectorAll('.site-header > :not(nav)')].filter("
            "e => e.getClientRects().length).map(e => e.getBoundingClientRect())"
            ".map(box => [box.top >= 0, box.bottom <= 56])"
        )
        assert tops, width
        assert all(starts and ends for starts, ends in tops), width
        assert page.evaluate("document.documentElement.scrollWidth") == width


def test_a_whole_section_is_marked_and_undone_at_once(page: Page) -> None:
    page.goto("/")
    mark(page, "Client-Side Caching with ETag Validation", "Skipped")
    expect_state(page, "Client-Side Caching with ETag Validation", "Skipped")
    page.locator("#bulk-caching").click()
    page.locator("#caching").get_by_role("button", name="Mark all as done").click()
    expect_figures(page, section_caching="4 of 4 done", overall="4 of 39 done")
    expect_state(page, "Client-Side Caching with ETag Validation", "Done")
    page.locator("#announcement").get_by_role("button", name="Undo").click()
    expect_figures(page, section_caching="0 of 3 done", overall="0 of 38 done")
    expect_state(page, "Client-Side Caching with ETag Validation", "Skipped")
    expect_state(page, "Cluster-Wide Cache Warm-Up Service", "To do")


def test_a_whole_layer_is_marked_without_javascript(plain_page: Page) -> None:
    page = plain_page
    page.goto("/")
    page.locator("#bulk-foundation-layer").click()
    band = page.locator("#layer-band-foundation-layer")
    band.get_by_role("button", name="Mark all as done").first.click()
    expect_figures(page, overall="3 of 39 done")
    expect(row(page, FIRST)).to_be_hidden()
    page.get_by_role("button", name="Undo").click()
    expect_figures(page, overall="0 of 39 done")
    expect(row(page, FIRST)).to_be_visible()


def test_a_finished_section_comes_folded_and_opens(page: Page) -> None:
    page.goto("/")
    page.locator("#bulk-fundamentals").or_(page.locator("#bulk-foundation-layer")).first.click()
    page.get_by_role("button", name="Mark all as done").locator("visible=true").click()
    expect_figures(page, overall="3 of 39 done")
    expect(row(page, FIRST)).to_be_visible()
    page.reload()
    expect(row(page, FIRST)).to_be_hidden()
    page.locator(".section-fold summary").click()
    expect(row(page, FIRST)).to_be_visible()


def wait_until_scrolled(page: Page) -> None:
    """Wait until the page stands still from one frame to the next."""
    stands = """() => new Promise(stands => {
      const before = scrollY;
      requestAnimationFrame(() => requestAnimationFrame(() => stands(scrollY === before)));
    })"""
    wait_until(page, lambda: bool(page.evaluate(stands)))


def test_j_starts_at_the_first_row_in_view_and_may_be_held(page: Page) -> None:
    page.goto("/#database-design")
    # The browser is on its way to the section: the row must not be left behind.
    wait_until(page, lambda: bool(page.evaluate("scrollY > 0")))
    page.keyboard.press("j")
    focused = page.locator("tr[data-entry]:focus-within")
    expect(focused).to_be_in_viewport()
    wait_until_scrolled(page)
    # In one step: the page must not scroll between two measurements.
    above = focused.evaluate(
        "focused => [...document.querySelectorAll('tr[data-entry]')].map("
        "e => e.getBoundingClientRect().top)"
        ".filter(top => top >= 0 && top < focused.getBoundingClientRect().top).length"
    )
    assert above == 0
    before = focused.get_attribute("id")
    page.keyboard.down("j")
    page.keyboard.down("j")
    page.keyboard.down("j")
    page.keyboard.up("j")
    ids = page.evaluate("[...document.querySelectorAll('tr[data-entry]')].map(e => e.id)")
    now = page.evaluate("document.activeElement.closest('tr').id")
    assert ids.index(now) == ids.index(before) + 3


@pytest.mark.parametrize("width", [390, 1440])
def test_a_menu_opens_upwards_where_it_does_not_fit_below(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    page.goto("/")
    wallet = row(page, "Payment Wallet")
    wallet.evaluate("e => e.scrollIntoView({block: 'end', behavior: 'instant'})")
    wallet.locator("summary").click()
    items = wallet.locator(".menu-items")
    expect(items).to_be_in_viewport(ratio=1)
    for button in items.get_by_role("button").all():
        button.click(trial=True)


def test_the_row_that_is_used_stays_in_its_place(page: Page) -> None:
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto("/")
    rows = page.locator("tr[data-entry]")
    for number in range(5):
        button = rows.nth(number).locator(".state-button")
        before = rows.nth(number).bounding_box()
        button.click()
        expect(button).to_have_attribute("data-stage", "finished")
        after = rows.nth(number).bounding_box()
        assert before
        assert after
        assert after["y"] == pytest.approx(before["y"], abs=1.5)
    expect(page.locator("#visitor-note")).to_contain_text("5")


def test_the_announcement_never_covers_its_row(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/")
    button = round_button(page, "Payment Wallet")
    button.evaluate("e => e.closest('tr').scrollIntoView({block: 'end', behavior: 'instant'})")
    button.click()
    toast = page.locator(".toast")
    expect(toast).to_be_visible()
    covered, announced = row(page, "Payment Wallet").bounding_box(), toast.bounding_box()
    assert covered
    assert announced
    is_above = announced["y"] + announced["height"] <= covered["y"]
    is_below = announced["y"] >= covered["y"] + covered["height"]
    assert is_above or is_below


def test_how_to_use_is_one_press_from_the_first_screen(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="How to use it").click()
    expect(page.get_by_role("heading", name="How to use this playbook")).to_be_in_viewport()


@pytest.mark.parametrize("width", [390, 1440])
def test_j_and_k_keep_the_focused_row_clear_of_the_announcement(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 700})
    page.emulate_media(reduced_motion="reduce")
    page.goto("/")
    page.keyboard.press("j")
    page.keyboard.press("d")
    toast = page.locator(".toast")
    expect(toast).to_be_visible()
    covered = toast.bounding_box()
    assert covered
    for key in "j" * 12 + "k" * 6:
        page.keyboard.press(key)
        focused = page.locator("tr[data-entry]:focus-within").bounding_box()
        assert focused
        is_above = focused["y"] + focused["height"] <= covered["y"]
        assert is_above or focused["y"] >= covered["y"] + covered["height"]
