"""New and changed articles of a learner in a browser."""

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from catalog.models import Article
from catalog.playbook_file.revisions.applying import apply
from catalog.playbook_file.revisions.planning import prepare
from catalog.playbook_file.writing.formats import write
from catalog.stored_catalog import stored
from progress.learner import LearnerProgress
from progress.states import StateName
from tests.e2e.conftest import sign_in

SLUG = "ticket-booking-system"
ROW = (
    "| 9 | **A tale of two queues** | [Read](https://example.org/two-queues) | Order | Published |"
)


@pytest.fixture
def account(shipped_playbook: None, account: User) -> User:
    """Return a learner who comes back after the article they read was changed by an import."""
    LearnerProgress(account).set(Article.objects.get(slug=SLUG), StateName.DONE)
    text = write(stored(), "markdown")
    text = text.replace("**Ticket Booking System**", "**Ticket Booking at Scale**")
    before, separator, after = text.partition("|:-----:|\n")
    apply(prepare(f"{before}{separator}{ROW}\n{after}".encode(), "playbook.md", None))
    return account


def read_the_news(page: Page) -> None:
    """Follow a change from the roadmap to its difference and dismiss it."""
    page.goto("/")
    expect(page.locator("#overall")).to_contain_text(
        "1 new article; you finished 1 of the 39 that were here when you joined"
    )
    new = page.locator(".entry").filter(has_text="New since your last visit")
    expect(new).to_have_count(1)
    expect(new).to_contain_text("A tale of two queues")
    page.get_by_role("link", name="Changed since you read it").click()
    changes = page.locator("#article-changes")
    expect(changes).to_be_in_viewport()
    expect(changes.locator("del")).to_have_text("System")
    expect(changes.locator("ins")).to_have_text("at Scale")
    changes.get_by_role("button", name="Dismiss").click()
    expect(page.get_by_role("heading", name="Ticket Booking at Scale")).to_be_visible()
    expect(page.locator("#article-changes")).to_be_hidden()
    page.goto("/me/")
    expect(page.locator("#news")).to_contain_text("1 new article since you joined")
    expect(page.locator("#news")).not_to_contain_text("changed since")


def test_changes_are_dismissed_with_javascript(page: Page, account: User) -> None:
    sign_in(page, account.username)
    read_the_news(page)


def test_changes_are_dismissed_without_javascript(plain_page: Page, account: User) -> None:
    sign_in(plain_page, account.username)
    read_the_news(plain_page)


def test_an_unfinished_article_is_not_reported_as_changed(page: Page, account: User) -> None:
    sign_in(page, account.username)
    page.goto(f"/articles/{SLUG}/")
    expect(page.locator("#article-changes")).to_be_visible()
    menu = page.locator("#article-state")
    for state in ("Reading", "Done"):
        menu.locator("summary").click()
        menu.get_by_role("button", name=state, exact=True).click()
        expect(menu.locator("summary")).to_contain_text(state)
        expect(page.locator("#article-changes")).to_be_hidden()
