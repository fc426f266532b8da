"""Pages on paper: light, without navigation and controls, with the addresses of links."""

from datetime import timedelta
from io import BytesIO

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from accounts.models import User
from tests.e2e.conftest import sign_in
from tests.e2e.test_accessibility import plan_for
from tests.e2e.test_study import expect_figures, mark

FIRST = "Unlocking Scalability: Building Blocks (p1)"
WALLET = "https://scalabrix.medium.com/system-architecture-payment-wallet-g-pay-5b7901edee81"
NOT_PRINTED = (
    ".site-header, .site-footer, .skip-link, .toast-region, .menu, .outline, .layer-filter,"
    " .breadcrumb, .neighbours, form, dialog"
)


def text_of_pdf(page: Page) -> str:
    reader = PdfReader(BytesIO(page.pdf(format="A4")))
    return " ".join(" ".join(sheet.extract_text() for sheet in reader.pages).split())


@pytest.mark.parametrize(
    "path", ["/", "/articles/payment-wallet/", "/me/", "/changes/", "/me/plan/", "/me/notes/print/"]
)
def test_a_page_prints_light_and_without_navigation_or_controls(
    page: Page, account: User, path: str
) -> None:
    page.emulate_media(color_scheme="dark")
    plan_for(account)
    sign_in(page, "ada")
    page.goto("/")
    mark(page, FIRST, "Reading")
    expect(page.locator(".toast")).to_be_visible()
    if path != "/":
        page.goto(path)
    page.emulate_media(media="print", color_scheme="dark")
    controls = page.evaluate(
        """selectors => [...document.querySelectorAll(selectors)]
            .filter(e => e.getClientRects().length).map(e => e.outerHTML.slice(0, 80))""",
        NOT_PRINTED,
    )
    assert controls == []
    assert page.locator("html").evaluate("e => getComputedStyle(e).colorScheme") == "light"
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_the_printed_roadmap_has_every_row_with_its_address(page: Page) -> None:
    page.goto("/")
    page.locator("#bulk-foundation-layer").click()
    page.get_by_role("button", name="Mark all as done").locator("visible=true").click()
    expect_figures(page, overall="3 of 39 done")
    page.reload()
    printed = text_of_pdf(page)
    # A section that is finished is folded on the screen only.
    assert FIRST in printed
    assert "Payment Wallet" in printed
    assert WALLET in printed.replace(" ", "")
    assert "Sign in" not in printed
    assert "Keyboard shortcuts" not in printed


def test_the_printed_plan_has_every_day_with_its_articles(page: Page, account: User) -> None:
    plan = plan_for(account)
    sign_in(page, "ada")
    page.goto("/me/plan/")
    printed = text_of_pdf(page)
    days = [plan.begins_on + timedelta(days=number) for number in range(7)]
    for day in days:
        assert (f"{day:%A}, {day.day} {day:%B}" in printed) == (plan.minutes[day.weekday()] > 0)
    assert FIRST in printed
    assert "What does not fit" in printed
