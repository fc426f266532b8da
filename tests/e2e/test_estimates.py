"""The estimates page as one types, by keyboard, and without JavaScript."""

from playwright.sync_api import Locator, Page, expect


def answer(page: Page, slug: str) -> Locator:
    return page.locator(f"#{slug} .estimate-value")


def test_answers_follow_the_keyboard_and_the_focus_stays(page: Page) -> None:
    page.goto("/estimates/")
    expect(answer(page, "writes")).to_have_text("1,157 writes/s")
    headline = page.locator("#estimate-headline")
    # A live region is read only if it was there before its text changed.
    headline.evaluate("element => { window.region = element; }")
    users = page.get_by_label("Daily users")
    users.focus()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("250M")
    page.wait_for_url("**/estimates/?users=250M")
    expect(answer(page, "peak-writes")).to_have_text("86,806 writes/s")
    expect(headline).to_contain_text("more than one PostgreSQL primary did")
    assert headline.evaluate("element => element === window.region")
    expect(users).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_label("Reads", exact=True)).to_be_focused()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("some")
    error = page.locator("#reads-error")
    expect(error).to_contain_text("“some” is not a number.")
    assert error.get_attribute("role") == "status"
    expect(answer(page, "reads")).to_have_text("289,352 reads/s")
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("2k")
    page.wait_for_url("**/estimates/?users=250M&reads=2000")
    expect(error).to_have_text("")
    figures = page.get_by_label("One significant figure")
    figures.focus()
    page.keyboard.press("Space")
    page.wait_for_url("**/estimates/?users=250M&reads=2000&figures=1")
    expect(answer(page, "peak-writes")).to_have_text("90,000 writes/s")
    expect(figures).to_be_focused()
    page.reload()
    expect(users).to_have_value("250M")
    expect(answer(page, "peak-writes")).to_have_text("90,000 writes/s")


def test_one_button_calculates_without_javascript(plain_page: Page) -> None:
    plain_page.goto("/estimates/")
    plain_page.get_by_label("Daily users").fill("1,000,000")
    plain_page.get_by_label("Copies").fill("none")
    plain_page.get_by_role("button", name="Calculate").click()
    expect(answer(plain_page, "writes")).to_have_text("115.7 writes/s")
    expect(plain_page.locator("#copies-error")).to_have_text(
        "“none” is not a number. Write it like 10M, 2,500 or 0.5. Calculated with 3."
    )
    plain_page.get_by_label("Copies").fill("1")
    plain_page.get_by_label("Copies").press("Enter")
    plain_page.wait_for_url("**/estimates/?users=1M&copies=1")
    expect(answer(plain_page, "stored")).to_have_text("18.25 TB")


def test_nothing_overflows_at_any_width(page: Page) -> None:
    page.goto("/estimates/?users=many&days=36500&writes=1G&bytes_in=1TB")
    for width in (360, 390, 768, 1440):
        page.set_viewport_size({"width": width, "height": 800})
        overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert overflow <= 0, f"{width} px"
