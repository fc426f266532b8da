"""Recall in a browser: by keyboard, on a phone, without JavaScript, on two devices."""

import re
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from accounts.models import User
from catalog.models import Article
from catalog.prompts.models import Prompt
from playbook.study_day import study_day
from progress.learner import LearnerProgress
from progress.models import Completion
from progress.recall.models import Card, CardKind, Rating, Review
from progress.sql import lock_learner
from progress.states import StateName
from tests.e2e.conftest import leads_to_page, sign_in
from tests.e2e.test_accessibility import WIDTHS, violations

RECALL = "/me/recall/"
DECK = "/me/recall/cards/"
ARTICLE = "/articles/payment-wallet/"
FIRST, SECOND = "Why does a retry charge once?", "What limits a hot account?"
RELOADED = "sessionStorage.getItem('reloaded-after')"
TARGETS = "#recall button, #recall a, .recall-ways a"
# The distance by which the tab bar or another element covers a target, and its smaller side.
COVERED_AND_SIDE = """element => {
  element.scrollIntoView({block: "nearest", behavior: "instant"});
  const {left, top, width, height} = element.getBoundingClientRect();
  const hit = document.elementFromPoint(left + width / 2, top + height - 2);
  return [!element.contains(hit), Math.min(width, height)];
}"""


@pytest.fixture
def article(account: User) -> Article:
    """Finish an article with two prompts."""
    article = Article.objects.get(slug="payment-wallet")
    Prompt.objects.all().delete()
    for number, question in enumerate((FIRST, SECOND), 1):
        Prompt.objects.create(article=article, number=number, question=question, answer="A key.")
    LearnerProgress(account).set(article, StateName.DONE)
    return article


@pytest.fixture
def learner(page: Page, account: User, article: Article) -> Page:
    sign_in(page, account.username)
    page.goto(RECALL)
    return page


def question(page: Page) -> Locator:
    return page.locator(".recall-question")


def ratings() -> list[int]:
    return list(Review.objects.lasting().values_list("rating", flat=True))


def test_recall_by_keyboard_alone(learner: Page) -> None:
    expect(question(learner)).to_have_text(FIRST)
    learner.keyboard.press("Space")
    expect(learner.locator(".recall-answer")).to_have_text("A key.")
    learner.keyboard.press("4")
    expect(question(learner)).to_have_text(SECOND)
    expect(question(learner)).to_be_focused()
    expect(learner.locator("#recall-status")).to_contain_text("Easy: back in 8 days")
    expect(learner.locator("#recall-count")).to_contain_text("1")
    learner.keyboard.press("z")
    expect(question(learner)).to_have_text(FIRST)
    expect(learner.locator("#recall-count")).to_contain_text("2")
    assert ratings() == []
    learner.keyboard.press("Space")
    learner.locator(".recall-answer").wait_for()
    learner.keyboard.press("1")
    expect(question(learner)).to_have_text(SECOND)
    learner.keyboard.press("Tab")
    expect(learner.locator("#recall-typed")).to_be_focused()
    learner.keyboard.type("1 2 3 z")  # no key acts in a field
    learner.keyboard.press("Control+Enter")
    expect(learner.locator(".recall-typed")).to_have_text("1 2 3 z")
    learner.keyboard.press("3")
    expect(question(learner)).to_have_text("Nothing is due today")
    assert ratings() == [Rating.AGAIN, Rating.GOOD]


def test_z_restores_the_card_that_was_just_dropped(learner: Page) -> None:
    learner.goto(DECK)
    with leads_to_page(learner):
        learner.get_by_role("button", name="Drop").first.click()
    expect(learner.locator("#announcement")).to_contain_text("dropped")
    learner.keyboard.press("z")
    expect(learner.locator(".messages")).to_contain_text("in the deck again")
    assert not Card.objects.exclude(dropped_at=None).exists()


def test_nothing_is_covered_or_too_small_on_a_phone(learner: Page) -> None:
    learner.set_viewport_size({"width": 390, "height": 600})
    for shows_answer in (False, True):
        if shows_answer:
            learner.get_by_role("button", name="Show answer").click()
            learner.locator(".ratings").wait_for()
        for target in learner.locator(TARGETS).all():
            is_covered, side = target.evaluate(COVERED_AND_SIDE)
            assert (is_covered, side >= 24) == (False, True), (target, side)
    assert learner.evaluate("document.documentElement.scrollWidth") == 390


def test_ratings_are_in_sight_under_a_long_answer(learner: Page) -> None:
    Prompt.objects.update(answer="A key, and what it is for. " * 40)
    learner.set_viewport_size({"width": 390, "height": 700})
    learner.reload()
    learner.keyboard.press("Space")
    rating = learner.get_by_role("button", name="Good")
    expect(rating).to_be_in_viewport(ratio=1)
    rating.click()
    expect(question(learner)).to_have_text(SECOND)


def test_recall_without_javascript(plain_page: Page, account: User, article: Article) -> None:
    sign_in(plain_page, account.username)
    plain_page.goto(RECALL)
    plain_page.get_by_label("My answer (optional)").fill("An idempotency key")
    plain_page.get_by_role("button", name="Show answer").click()
    expect(plain_page.locator(".recall-typed")).to_have_text("An idempotency key")
    plain_page.get_by_role("button", name="Good").click()
    expect(question(plain_page)).to_have_text(SECOND)
    assert ratings() == [Rating.GOOD]
    plain_page.get_by_role("button", name="Undo").first.click()
    expect(question(plain_page)).to_have_text(FIRST)
    plain_page.get_by_role("link", name="Deck").click()
    plain_page.get_by_role("link", name=FIRST).click()
    plain_page.get_by_label("Question").fill("In my words?")
    plain_page.get_by_role("button", name="Save the card").click()
    expect(plain_page.locator(".deck-question").first).to_have_text("In my words?")
    plain_page.get_by_role("row", name=SECOND).get_by_role("button", name="Drop").click()
    expect(plain_page.locator(".deck-question")).to_have_text(["In my words?"])
    plain_page.get_by_role("button", name="Restore").first.click()
    expect(plain_page.locator(".deck-question")).to_have_text(["In my words?", SECOND])


def test_two_devices_rate_the_same_card_once(
    learner: Page, browser: Browser, base_url: str, account: User
) -> None:
    other = browser.new_page(base_url=base_url)
    sign_in(other, account.username)
    other.goto(RECALL)
    for device in (learner, other):
        device.keyboard.press("Space")
        device.locator(".ratings").wait_for()
    learner.keyboard.press("3")
    expect(question(learner)).to_have_text(SECOND)
    other.keyboard.press("1")
    expect(other.locator("#recall-status")).to_contain_text("That card is no longer due.")
    expect(question(other)).to_have_text(SECOND)
    other.close()
    assert ratings() == [Rating.GOOD]


def test_a_review_that_is_sent_twice_counts_once(learner: Page) -> None:
    learner.keyboard.press("Space")
    learner.locator(".ratings").wait_for()
    with learner.expect_request(re.compile("/review/$")) as waiting:
        learner.keyboard.press("3")
    expect(question(learner)).to_have_text(SECOND)
    sent = waiting.value
    headers = {**sent.headers, "origin": learner.url.removesuffix(RECALL)}
    again = learner.request.post(sent.url, data=sent.post_data or "", headers=headers)
    assert SECOND in again.text()
    assert ratings() == [Rating.GOOD]


def test_a_card_is_written_from_a_selection_in_the_note(learner: Page) -> None:
    learner.goto(ARTICLE)
    note = learner.get_by_role("textbox", name="My note")
    note.fill("Retries repeat. A key makes them safe.")
    expect(learner.locator("#note-status")).to_contain_text("Saved")
    note.evaluate("field => { field.focus(); field.setSelectionRange(16, 38); }")
    learner.get_by_role("link", name="Write a card from the selection").click()
    expect(learner.get_by_label("Answer")).to_have_value("A key makes them safe.")
    assert "safe" not in learner.url
    expect(learner.locator(".note-beside")).to_contain_text("Retries repeat.")
    learner.get_by_label("Question").fill("What makes a retry safe?")
    learner.get_by_role("button", name="Add the card").click()
    expect(learner.get_by_role("link", name="What makes a retry safe?")).to_be_visible()
    assert Card.objects.get().answer == "A key makes them safe."
    learner.get_by_role("link", name="Write a card of your own").click()
    expect(learner.get_by_label("Question")).to_be_visible()
    expect(learner.get_by_label("Answer")).to_have_value("")


def look_again_at(page: Page, moment: int) -> None:
    """Return to the tab at a time, in seconds since 1970."""
    page.clock.set_fixed_time(moment)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def test_a_page_is_loaded_again_on_the_next_study_day_of_the_account(
    learner: Page, account: User
) -> None:
    """Whatever the time zone of the browser is."""
    account.time_zone = "Pacific/Kiritimati"
    account.save()
    learner.goto("/articles/")
    ends_at = int(learner.locator("#recall-count").get_attribute("data-day-ends-at") or 0)
    assert datetime.fromtimestamp(ends_at, ZoneInfo(account.time_zone)).time() == time(4)
    learner.evaluate("document.body.dataset.old = 'true'")
    look_again_at(learner, ends_at - 1)
    assert learner.evaluate(RELOADED) is None
    look_again_at(learner, ends_at + 1)
    expect(learner.locator("body[data-old]")).to_have_count(0)
    assert learner.evaluate(RELOADED) == f"{ends_at} {learner.url}"


def test_a_page_on_which_something_is_typed_stays_on_the_next_study_day(learner: Page) -> None:
    ends_at = int(learner.locator("#recall-count").get_attribute("data-day-ends-at") or 0)
    learner.locator("#recall-typed").fill("half a sentence")
    look_again_at(learner, ends_at + 1)
    learner.get_by_role("button", name="Show answer").click()
    expect(learner.locator(".recall-typed")).to_have_text("half a sentence")
    look_again_at(learner, ends_at + 2)
    assert learner.evaluate(RELOADED) is None


def test_marking_on_the_page_of_an_article_brings_its_cards(learner: Page) -> None:
    learner.goto(ARTICLE)
    cards = learner.locator(".article-card-question")
    expect(cards).to_have_count(2)
    learner.locator("#article-state summary").click()
    learner.locator("#article-state").get_by_role("button", name="Reading", exact=True).click()
    expect(cards).to_have_count(0)
    expect(learner.get_by_role("heading", name="Test yourself")).to_be_visible()


def test_pages_of_recall_have_no_axe_violations(
    learner: Page, account: User, article: Article
) -> None:
    Completion.objects.create(user=account, article=article, key_points="A point")
    today = study_day()
    own = [
        Card(
            user=account,
            article=article,
            kind=CardKind.OWN,
            question=f"Own {number}?",
            answer="Yes",
            stability=10,
            difficulty=5,
            due_on=today + timedelta(days=number),
            first_reviewed_on=today - timedelta(days=9),
            last_reviewed_on=today - timedelta(days=9),
            lapse_count=number,
        )
        for number in range(5)
    ]
    lock_learner(account)  # as every write does
    own = Card.objects.bulk_create(own)
    Review.objects.bulk_create(
        Review(
            user=account,
            card=card,
            rating=3,
            reviewed_on=today - timedelta(days=number),
            due_on=today - timedelta(days=number),
            predicted_recall=0.9,
            retention=90,
        )
        for card in own
        for number in range(1, 6)
    )
    forgotten = f"{DECK}{own[4].uuid}/"
    paths = [RECALL, DECK, f"{DECK}?standing=new&kind=none", f"{DECK}?kind=own&standing=dropped"]
    paths += [forgotten, f"{forgotten}split/", f"{ARTICLE}cards/add/"]
    for path in [*paths, "/me/recall/statistics/", ARTICLE]:
        learner.goto(path)
        check_at_each_width(learner)
    learner.goto(RECALL)
    learner.get_by_role("button", name="Show answer").click()
    learner.locator(".ratings").wait_for()
    check_at_each_width(learner)


def check_at_each_width(page: Page) -> None:
    for width in (320, 641):  # zoomed to 400 per cent, and just above a breakpoint
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, (page.url, width)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, (page.url, width)
        assert violations(page) == [], (page.url, width)
