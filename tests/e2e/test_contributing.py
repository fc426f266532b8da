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


@pytest.mark.parametrize("width", [390, 1440])
def test_the_answer_is_in_sight_after_a_suggestion(
    plain_page: Page, account: User, width: int
) -> None:
    plain_page.set_viewport_size({"width": width, "height": 844})
    sign_in(plain_page, account.username)
    plain_page.goto("/contributing/")
    plain_page.locator("#id_title").fill("How a lock works")
    plain_page.locator("#id_url").fill("https://example.org/locks")
    plain_page.get_by_role("button", name="Send suggestion").click()
    answer = plain_page.get_by_text("Thank you. An editor will review your suggestion.")
    expect(answer).to_be_in_viewport()
    answer.get_by_role("link", name="See your suggestions").click()
    expect(plain_page.get_by_role("heading", name="My suggestions")).to_be_in_viewport()
