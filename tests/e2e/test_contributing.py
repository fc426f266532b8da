"""The form for suggestions, as a browser without JavaScript shows it."""

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from tests.e2e.conftest import sign_in


@pytest.mark.parametrize(
    ("kind", "address"),
    [
        ("article", "Required. The address where the article can be read."),
        ("case-study", "Required. The address where the case study can be read."),
        ("correction", "Optional. The correct address."),
    ],
)
def test_only_fields_of_the_chosen_kind_are_shown(
    plain_page: Page, account: User, kind: str, address: str
) -> None:
    sign_in(plain_page, account.username)
    plain_page.goto("/contributing/")
    plain_page.locator("#id_kind").select_option(kind)
    expect(plain_page.locator("#id_article")).to_be_visible(visible=kind == "correction")
    hints = plain_page.locator("#id_url_helptext [data-kind]").filter(visible=True)
    expect(hints).to_have_text(address, use_inner_text=True)
    for name in ("title", "url", "section", "notes"):
        hint = plain_page.locator(f"#id_{name}_helptext [data-kind]").filter(visible=True)
        expect(hint).to_have_count(1)


def test_an_invalid_address_gets_the_sites_own_error(plain_page: Page, account: User) -> None:
    sign_in(plain_page, account.username)
    plain_page.goto("/contributing/")
    plain_page.locator("#id_title").fill("How a lock works")
    plain_page.locator("#id_url").fill("foo")
    plain_page.get_by_role("button", name="Send suggestion").click()
    expect(plain_page.locator("#id_url_error")).to_have_text(
        "Enter a web address, such as https://example.org/article."
    )
