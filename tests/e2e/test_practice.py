"""A whole practice session: started, written, asked, paused, twisted and finished."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone
from playwright.sync_api import Browser, Locator, Page, Route, expect

from accounts.models import User
from catalog.cases.shipped import load_cases
from progress.practice.models import Pause, PracticeSession, Scratch
from tests.e2e.conftest import Watch, leads_to_page, open_window, sign_in, wait_until
from tests.e2e.test_notes import eventually

START = "/practice/ticket-booking/start/"


@pytest.fixture
def window(browser: Browser, browser_context_args: dict[str, Any]) -> Iterator[Page]:
    """Open a window for each test: a page sends what is not saved when the window leaves it."""
    with open_window(browser, **browser_context_args) as window:
        yield window


def started(minutes: float) -> None:
    """Let the session have started so many minutes ago."""
    PracticeSession.objects.update(started_at=timezone.now() - timedelta(minutes=minutes))


def scratch(page: Page) -> Locator:
    return page.locator(".scratch:not(.drawing) textarea[name=text]")


def drawing(page: Page) -> Locator:
    return page.locator(".drawing textarea[name=text]")


def face(page: Page) -> Locator:
    return page.locator("[data-face]")


def texts() -> dict[str, str]:
    return dict(Scratch.objects.exclude(text="").values_list("stage", "text"))


def seconds(text: str) -> int:
    minutes, _colon, rest = text.partition(":")
    return int(minutes) * 60 + int(rest)


def look(page: Page) -> None:
    """Return to the tab, as after another one. What the page shows then has to be waited for."""
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


@pytest.fixture(autouse=True)
def shipped_cases(shipped_playbook: None) -> None:
    load_cases()


@pytest.fixture
def learner_page(page: Page, account: User) -> Page:
    sign_in(page, "ada")
    return page


@pytest.fixture
def session_page(learner_page: Page) -> Page:
    learner_page.goto(START)
    with leads_to_page(learner_page):
        learner_page.get_by_role("button", name="Start the clock").click()
    expect(face(learner_page)).to_be_visible()
    return learner_page


def test_an_interview_by_keyboard(learner_page: Page) -> None:
    page = learner_page
    page.goto("/practice/")
    page.get_by_role("radio", name="20 minutes").focus()
    page.keyboard.press("Space")
    with leads_to_page(page):
        page.get_by_role("button", name="Practise Ticket booking").press("Enter")
    design = page.get_by_label("High-level design")
    before = int(design.input_value())
    design.fill(str(before + 2))
    expect(page.locator("#start-sum")).to_contain_text("2 minutes too many.")
    page.get_by_role("button", name="Scale to fit").press("Enter")
    expect(page.locator("#start-sum")).to_contain_text("The stages have 20 minutes.")
    expect(page.get_by_text("a popular one sells 60,000 seats")).to_have_count(0)
    with leads_to_page(page):
        page.get_by_role("button", name="Start the clock").press("Enter")

    expect(page.get_by_text("a popular one sells 60,000 seats")).to_be_visible()
    page.get_by_text("Ask a question").press("Enter")
    question = page.locator(".questions button").first
    asked = question.inner_text()
    question.press("Enter")
    expect(page.locator("#asked dt")).to_have_text(asked)
    expect(page.locator("#asked summary")).to_be_focused()
    expect(page.locator("#asked dd")).to_be_visible()

    scratch(page).focus()
    page.keyboard.type("seats are numbered")
    expect(page.locator("#scratch-1-status")).to_contain_text("Saved")
    drawing(page).focus()
    page.keyboard.type("client -> gateway")
    page.locator(".session-foot").get_by_role("link", name="Next: core entities").press("Enter")
    expect(page.locator(".stage-list [aria-current]")).to_contain_text("Core entities")
    assert texts() == {"requirements": "seats are numbered", "drawing": "client -> gateway"}
    expect(drawing(page)).to_have_value("client -> gateway")
    expect(page.locator(".diagram-svg .diagram-box")).to_have_count(2)

    page.get_by_text("Pause", exact=True).press("Enter")
    page.get_by_label("Reason").fill("the door")
    page.keyboard.press("Enter")
    expect(page.locator(".clock-line")).to_contain_text("(the door)")
    page.get_by_role("button", name="Resume").press("Enter")
    expect(page.get_by_text("Pause", exact=True)).to_be_visible()

    scratch(page).focus()
    page.keyboard.type("written at the last moment")
    page.get_by_role("button", name="Finish and score").press("Enter")
    page.wait_for_url("**/score/")
    assert texts()["entities"] == "written at the last moment"
    assert PracticeSession.objects.exclude(finished_at=None).count() == 1


def test_another_length_shows_its_minutes_at_once(learner_page: Page) -> None:
    page = learner_page
    page.goto(f"{START}?length=20")
    page.get_by_role("radio", name="60 minutes").focus()
    page.keyboard.press("Space")
    expect(page.locator("#start-sum")).to_contain_text("The stages have 60 minutes.")
    expect(page.get_by_role("radio", name="60 minutes")).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#start-sum")).to_contain_text("The stages have 45 minutes.")
    expect(page).to_have_url(re.compile(r"length=45&order=interview$"))


def test_an_interview_on_a_phone(learner_page: Page) -> None:
    page = learner_page
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/practice/")
    page.locator(".site-nav").get_by_role("link", name="Practice").click()
    page.get_by_role("button", name="One I have not practised lately").click()
    with leads_to_page(page):
        page.get_by_role("button", name="Start the clock").click()
    scratch(page).fill("on a phone")
    drawing(page).fill("client -> gateway")
    expect(page.locator(".diagram-svg .diagram-box")).to_have_count(2)
    page.get_by_role("link", name="Next:").scroll_into_view_if_needed()
    expect(face(page)).to_be_in_viewport(ratio=1)
    with leads_to_page(page):
        page.get_by_role("link", name="Next:").click()
    expect(scratch(page)).to_have_value("")
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.get_by_text("Pause", exact=True).click()
    expect(page.locator(".pause-form")).to_be_in_viewport(ratio=1)
    page.get_by_role("button", name="Pause the clock").click()
    page.get_by_role("button", name="Resume").click()
    expect(page.get_by_text("Pause", exact=True)).to_be_visible()
    page.get_by_role("button", name="Finish and score").click()
    page.wait_for_url("**/score/")
    assert texts() == {"requirements": "on a phone", "drawing": "client -> gateway"}
    page.goto("/practice/")
    expect(page.locator(".case-practised time")).to_have_count(1)


def test_an_interview_without_javascript(plain_page: Page, account: User, watch: Watch) -> None:
    watch.expect("422 (Unprocessable Entity)")
    page = plain_page
    sign_in(page, "ada")
    page.goto(f"{START}?length=45")
    page.get_by_label("Requirements").fill("7")
    page.get_by_role("button", name="Start the clock").click()
    expect(page.locator("#start-sum")).to_contain_text("2 minutes too many.")
    page.get_by_role("button", name="Scale to fit").click()
    expect(page.locator("#start-sum")).to_contain_text("The stages have 45 minutes.")
    page.get_by_role("button", name="Start the clock").click()
    expect(page.locator(".stage-until").first).to_contain_text("until")
    page.get_by_text("Ask a question").click()
    page.locator(".questions button").first.click()
    expect(page.locator("#asked summary")).to_be_focused()
    expect(page.locator("#asked dd")).to_be_visible()
    scratch(page).fill("saved with the button")
    with leads_to_page(page):
        page.locator(".scratch:not(.drawing)").get_by_role("button", name="Save").click()
    drawing(page).fill("client -> gateway")
    page.locator(".drawing").get_by_role("button", name="Save").click()
    expect(page.locator(".diagram-svg .diagram-box")).to_have_count(2)
    expect(page).to_have_url(re.compile(r"stage=1$"))
    page.get_by_role("button", name="Save, next: core entities").click()
    expect(page).to_have_url(re.compile(r"stage=2$"))
    scratch(page).fill("saved on the way")
    page.get_by_role("button", name="Save, next:").click()
    expect(page).to_have_url(re.compile(r"stage=3$"))
    started(44.5)
    page.get_by_text("Pause", exact=True).click()
    page.get_by_role("button", name="Pause the clock").click()
    expect(face(page)).to_contain_text("0:")
    expect(page.locator(".twist-text")).to_be_visible()
    page.get_by_role("button", name="Resume").click()
    expect(page.get_by_text("Pause", exact=True)).to_be_visible()
    scratch(page).fill("saved at the end")
    drawing(page).fill("client -> gateway -> store")
    page.get_by_role("button", name="Save, finish and score").click()
    page.wait_for_url("**/score/")
    assert texts() == {
        "requirements": "saved with the button",
        "entities": "saved on the way",
        "interface": "saved at the end",
        "drawing": "client -> gateway -> store",
    }


def test_a_friend_without_an_account_sends_a_review(session_page: Page, plain_page: Page) -> None:
    page, friend = session_page, plain_page
    page.get_by_role("button", name="Finish and score").click()
    page.get_by_role("link", name="Cancel").click()
    page.get_by_role("button", name="Create a link").click()
    address = page.get_by_label("Link, valid until").input_value()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    row = page.locator(".copy-row")
    row.get_by_role("button", name="Copy", exact=True).click()
    expect(row.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == address
    friend.goto(urlsplit(address).path)
    for choice in friend.get_by_role("radio", name="2 Reasoned").all():
        choice.check()
    friend.get_by_label("Your name").fill("Grace")
    friend.get_by_role("button", name="Send the review").click()
    expect(friend.get_by_role("heading", level=1)).to_have_text("Thank you")
    page.reload()
    expect(page.locator(".sheet thead")).to_contain_text("Grace")
    expect(page.locator(".sheet tfoot")).to_contain_text("20 of 30")


def test_the_clock_runs_and_is_right_whatever_the_clock_of_the_machine_says(
    session_page: Page,
) -> None:
    started(10)
    page = session_page.context.new_page()
    page.add_init_script("const now = Date.now; Date.now = () => now() + 7 * 3600 * 1000")
    page.goto(session_page.url)
    shown = seconds(face(page).inner_text())
    assert 35 * 60 - 20 <= shown <= 35 * 60
    expect(face(page)).not_to_have_text(face(page).inner_text())


def test_stages_the_twist_and_the_end_come_by_themselves(session_page: Page) -> None:
    page = session_page
    announced = page.locator("#clock-announcement")
    scratch(page).fill("half a sent")
    started(4.97)
    look(page)
    expect(announced).to_have_text("Time for: Core entities")
    expect(page.locator(".stage-list li").first.locator("[data-stage=finished]")).to_be_visible()
    twist = PracticeSession.objects.get().copy.twist
    assert twist not in page.content()
    started(21.97)
    pause = page.get_by_text("Pause", exact=True)
    pause.focus()
    look(page)
    expect(face(page)).to_have_text(re.compile(r"^2[23]:"))
    expect(pause).to_be_focused()
    # The page is not replaced while somebody types why they pause.
    page.keyboard.press("Enter")
    expect(face(page)).to_have_text(re.compile(r"^22:([0-4]\d|5[0-8])$"))
    page.keyboard.press("Escape")
    expect(page.locator(".twist-text")).to_have_text(twist)
    expect(announced).to_contain_text(twist)
    started(39.97)
    look(page)
    expect(announced).to_have_text("Five minutes left.")
    started(44.97)
    look(page)
    expect(announced).to_have_text("Time is up. You may go on until you finish.")
    expect(page.locator(".clock-line")).to_contain_text("over: time is up")
    expect(scratch(page)).to_have_value("half a sent")


def test_a_second_device_shows_the_pause_of_the_first(session_page: Page) -> None:
    page = session_page
    other = page.context.new_page()
    other.goto(page.url)
    page.get_by_text("Pause", exact=True).click()
    page.get_by_role("button", name="Pause the clock").click()
    expect(page.get_by_role("button", name="Resume")).to_be_visible()
    look(other)
    expect(other.locator(".clock-line")).to_contain_text("paused since")
    other.get_by_role("button", name="Resume").click()
    expect(other.get_by_text("Pause", exact=True)).to_be_visible()
    look(page)
    expect(page.get_by_text("Pause", exact=True)).to_be_visible()
    assert Pause.objects.exclude(ended_at=None).count() == 1


def test_two_devices_that_write_are_shown_both_texts(session_page: Page, watch: Watch) -> None:
    watch.expect("409 (Conflict)")
    page = session_page
    other = page.context.new_page()
    other.goto(page.url)
    scratch(other).fill("theirs")
    eventually(other, lambda: texts() == {"requirements": "theirs"})
    scratch(page).fill("mine")
    expect(page.get_by_role("heading", name="Two versions")).to_be_visible()
    page.get_by_role("button", name="Keep both").click()
    expect(scratch(page)).to_have_value("theirs\n\n---\n\nmine")
    assert texts() == {"requirements": "theirs\n\n---\n\nmine"}


def test_signing_out_saves_both_texts(session_page: Page) -> None:
    page = session_page
    scratch(page).fill("the scratch")
    drawing(page).fill("a -> b")
    page.locator("summary.account-button").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.locator(".site-header").get_by_role("link", name="Sign in")).to_be_visible()
    assert texts() == {"requirements": "the scratch", "drawing": "a -> b"}


@pytest.mark.parametrize("script", ["text-saving", "htmx"])
def test_what_is_typed_before_the_scripts_come_is_saved_and_drawn(
    learner_page: Page, script: str
) -> None:
    page = learner_page
    page.goto(START)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route(f"**/{script}*.js", hold)
    page.get_by_role("button", name="Start the clock").click()
    scratch(page).fill("early")
    drawing(page).fill("a -> b")
    wait_until(page, lambda: bool(held))
    held[0].continue_()
    expect(page.locator(".diagram-svg .diagram-box")).to_have_count(2)
    eventually(page, lambda: texts() == {"requirements": "early", "drawing": "a -> b"})


def test_a_draft_that_is_restored_is_drawn(session_page: Page, watch: Watch) -> None:
    watch.expect("403 (Forbidden)")
    page, boxes = session_page, session_page.locator(".diagram-svg .diagram-box")
    address = page.url
    Session.objects.all().delete()
    drawing(page).fill("a -> b")
    expect(page.locator(".drawing .text-status")).to_contain_text("you are signed out")
    sign_in(page, "ada")
    page.goto(address)
    expect(boxes).to_have_count(0)
    page.get_by_role("button", name="Restore the draft").click()
    expect(boxes).to_have_count(2)
