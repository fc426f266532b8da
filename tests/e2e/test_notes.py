"""Notes in a browser: no text is lost, whatever happens to the page, the tab or the connection."""

from collections.abc import Callable, Iterator
from time import monotonic
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Browser, Locator, Page, Route, expect

from accounts.models import User
from catalog.models import Article
from progress.notes.models import DroppedText, Note
from progress.notes.saving import save_note
from progress.texts.saving import Draft
from tests.e2e.conftest import WAITS, Watch, leads_to_page, open_window, sign_in
from tests.e2e.test_accessibility import WIDTHS, assert_accessible

ARTICLE = "/articles/payment-wallet/"
OTHER = "/articles/ticket-booking-system/"
DRAFTS = "Object.keys(localStorage).filter(key => key.startsWith('draft:')).length"


@pytest.fixture
def window(browser: Browser, browser_context_args: dict[str, Any]) -> Iterator[Page]:
    """Open a window for each test: a page sends what is not saved when the window leaves it."""
    with open_window(browser, **browser_context_args) as window:
        yield window


def text_of(page: Page) -> Locator:
    return page.get_by_role("textbox", name="My note")


def status_of(page: Page) -> Locator:
    return page.locator("#note-status")


def write(page: Page, text: str) -> None:
    """Type at the end of the text, as a person does."""
    text_of(page).press("Control+End")
    text_of(page).press_sequentially(text)


def stored() -> str:
    return Note.objects.values_list("text", flat=True).first() or ""


def eventually(page: Page, condition: Callable[[], bool]) -> None:
    """Wait for a state of the database, while the page and its routes go on."""
    end = monotonic() + WAITS
    while not condition():
        assert monotonic() < end
        page.wait_for_timeout(50)


@pytest.fixture
def writer(page: Page, account: User) -> Page:
    sign_in(page, "ada")
    page.goto(ARTICLE)
    return page


def test_a_note_is_saved_as_one_types_and_is_there_again(writer: Page) -> None:
    write(writer, "**Why** not")
    expect(status_of(writer).get_by_text("Saved")).to_be_visible()
    writer.get_by_text("Preview").click()
    expect(writer.locator("#note-preview strong")).to_have_text("Why")
    write(writer, " TTL")
    expect(writer.locator("#note-preview")).to_contain_text("Why not TTL")
    expect(text_of(writer)).to_be_focused()
    assert writer.evaluate(DRAFTS) == 0
    writer.goto("/sections/domain-case-studies/")
    writer.get_by_role("link", name="My note about Payment Wallet").click()
    expect(text_of(writer)).to_have_value("**Why** not TTL")
    expect(writer.get_by_role("heading", name="My notes")).to_be_in_viewport()


def test_what_is_typed_under_a_slow_answer_is_saved_in_order(writer: Page) -> None:
    held: list[Route] = []
    sent: list[str] = []

    def hold_first(route: Route) -> None:
        sent.append(route.request.post_data or "")
        held.append(route)
        if len(sent) > 1:
            route.continue_()

    writer.route("**/note/", hold_first)
    with writer.expect_request("**/note/"):
        write(writer, "one")
    write(writer, " two")
    expect(writer.locator("#note-form.htmx-request")).to_be_attached()
    write(writer, " three")
    held[0].continue_()
    eventually(writer, lambda: stored() == "one two three")
    expect(status_of(writer)).to_contain_text("Saved")
    expect(text_of(writer)).to_have_value("one two three")
    expect(text_of(writer)).to_be_focused()
    assert [Note.objects.get().version, DroppedText.objects.count()] == [len(sent), 0]


@pytest.mark.parametrize("text", ["typed and left", "語" * 20_000], ids=["short", "longest"])
def test_leaving_at_once_saves(writer: Page, text: str) -> None:
    text_of(writer).fill(text)
    writer.goto(OTHER)
    eventually(writer, lambda: stored() == text)
    writer.goto(ARTICLE)
    expect(text_of(writer)).to_have_value(text)
    expect(writer.get_by_role("button", name="Restore the draft")).to_be_hidden()


@pytest.mark.parametrize(
    ("choice", "text", "dropped"),
    [
        ("Keep mine", "start mine", ["start theirs"]),
        ("Use the saved one", "start theirs", ["start mine"]),
        ("Keep both", "start theirs\n\n---\n\nstart mine", []),
    ],
)
def test_two_tabs_are_shown_both_texts(
    writer: Page, watch: Watch, choice: str, text: str, dropped: list[str]
) -> None:
    watch.expect("409 (Conflict)")
    write(writer, "start")
    expect(status_of(writer)).to_contain_text("Saved")
    other = writer.context.new_page()
    other.goto(ARTICLE)
    write(other, " theirs")
    expect(status_of(other)).to_contain_text("Saved")
    eventually(writer, lambda: stored() == "start theirs")
    write(writer, " mine")
    expect(status_of(writer)).to_contain_text("changed in another tab")
    expect(writer.locator(".text-conflict ins")).to_have_text("mine")
    expect(writer.locator(".text-conflict del")).to_have_text("theirs")
    write(writer, " ")  # Saving pauses.
    text_of(writer).press("Backspace")
    writer.get_by_role("button", name=choice, exact=True).click()
    expect(writer.locator(".text-conflict")).to_have_count(0)
    expect(text_of(writer)).to_have_value(text)
    expect(text_of(writer)).to_be_focused()
    assert stored() == text
    assert [*DroppedText.objects.values_list("text", flat=True)] == dropped
    write(writer, " on")
    eventually(writer, lambda: stored() == f"{text} on")


def test_a_conflict_can_be_read_and_settled_on_a_phone(
    writer: Page, account: User, watch: Watch
) -> None:
    watch.expect("409 (Conflict)")
    write(writer, "mine")
    expect(status_of(writer)).to_contain_text("Saved")
    wallet = Article.objects.get(slug="payment-wallet")
    save_note(account, wallet, Draft("theirs " * 200, 1))
    write(writer, " too")
    writer.locator(".text-conflict").wait_for()
    for width in WIDTHS:
        writer.set_viewport_size({"width": width, "height": 844})
        assert writer.evaluate("document.documentElement.scrollWidth") <= width
        assert_accessible(writer)


def test_a_draft_survives_an_ended_session(writer: Page, watch: Watch) -> None:
    watch.expect("403 (Forbidden)")
    Session.objects.all().delete()
    write(writer, "typed after the end")
    expect(status_of(writer)).to_contain_text("you are signed out")
    sign_in(writer, "ada")
    writer.goto(ARTICLE)
    expect(text_of(writer)).to_have_value("")
    writer.get_by_role("button", name="Restore the draft").click()
    expect(text_of(writer)).to_have_value("typed after the end")
    expect(status_of(writer)).to_contain_text("Saved")
    assert (stored(), writer.evaluate(DRAFTS)) == ("typed after the end", 0)


def test_a_draft_is_offered_to_its_account_only(writer: Page, watch: Watch) -> None:
    watch.expect("403 (Forbidden)")
    User.objects.create_user("eve", "eve@example.org", "a-long-enough-secret")
    Session.objects.all().delete()
    write(writer, "private")
    expect(status_of(writer)).to_contain_text("you are signed out")
    sign_in(writer, "eve")
    writer.goto(ARTICLE)
    expect(text_of(writer)).to_have_value("")
    expect(writer.get_by_role("button", name="Restore the draft")).to_be_hidden()


def test_a_restored_draft_does_not_replace_a_newer_text(
    writer: Page, account: User, watch: Watch
) -> None:
    watch.expect("403 (Forbidden)")
    watch.expect("409 (Conflict)")
    Session.objects.all().delete()
    write(writer, "of the draft")
    expect(status_of(writer)).to_contain_text("you are signed out")
    wallet = Article.objects.get(slug="payment-wallet")
    save_note(account, wallet, Draft("of the phone", 0))
    sign_in(writer, "ada")
    writer.goto(ARTICLE)
    expect(text_of(writer)).to_have_value("of the phone")
    writer.get_by_role("button", name="Restore the draft").click()
    expect(writer.locator(".text-conflict ins")).to_have_text("draft")
    assert stored() == "of the phone"


def test_a_text_is_saved_when_the_connection_is_back(writer: Page, watch: Watch) -> None:
    watch.expect("ERR_INTERNET_DISCONNECTED")
    watch.expect("htmx:")
    writer.context.set_offline(True)
    write(writer, "typed offline")
    expect(status_of(writer)).to_contain_text("you are offline")
    expect(writer.locator("#announcement .toast")).to_have_count(0)
    assert writer.evaluate(DRAFTS) == 1
    writer.context.set_offline(False)
    expect(status_of(writer)).to_contain_text("Saved")
    assert (stored(), writer.evaluate(DRAFTS)) == ("typed offline", 0)


def test_signing_out_saves_the_text_and_clears_the_drafts(writer: Page) -> None:
    writer.evaluate(
        """() => {
            const { value } = document.querySelector("#note-form [name=reader]");
            const draft = JSON.stringify({ text: "old", version: "0", at: Date.now() });
            localStorage.setItem(`draft:${value}:/elsewhere/:0:x`, draft);
            localStorage.setItem("draft:0:/elsewhere/:0:x", draft);
        }"""
    )
    text_of(writer).fill("typed, then signed out")
    writer.locator("summary.account-button").click()
    writer.get_by_role("button", name="Sign out").click()
    writer.get_by_role("link", name="Sign in", exact=True).wait_for()
    assert (stored(), writer.evaluate(DRAFTS)) == ("typed, then signed out", 1)


def test_a_note_works_without_javascript(plain_page: Page, account: User, watch: Watch) -> None:
    watch.expect("409 (Conflict)")
    sign_in(plain_page, "ada")
    plain_page.goto(ARTICLE)
    text_of(plain_page).fill("**mine**")
    wallet = Article.objects.get(slug="payment-wallet")
    save_note(account, wallet, Draft("theirs", 0))
    plain_page.get_by_role("button", name="Save", exact=True).click()
    expect(text_of(plain_page)).to_have_value("**mine**")
    plain_page.get_by_role("button", name="Keep both").click()
    expect(plain_page.locator(".messages")).to_contain_text("Your note was saved.")
    plain_page.get_by_text("Preview").click()
    expect(plain_page.locator("#note-preview strong")).to_have_text("mine")
    assert stored() == "theirs\n\n---\n\n**mine**"


def test_notes_are_searched_while_one_types(page: Page, account: User) -> None:
    for slug, text in {"payment-wallet": "ledger", "ticket-booking-system": "sagas"}.items():
        save_note(account, Article.objects.get(slug=slug), Draft(text, 0))
    sign_in(page, "ada")
    page.goto("/me/")
    page.locator("summary.account-button").click()
    with leads_to_page(page):
        page.get_by_role("link", name="My notes").click()
    expect(page.get_by_role("status").filter(has_text="2 articles")).to_be_visible()
    page.get_by_role("searchbox", name="Search").last.press_sequentially("sagas")
    expect(page.get_by_role("status").filter(has_text="1 article")).to_be_visible()
    expect(page.locator("article.written h2")).to_have_text("Ticket Booking System")
    expect(page).to_have_url("/me/notes/?q=sagas")
    page.go_back()
    expect(page.locator("article.written")).to_have_count(2)
