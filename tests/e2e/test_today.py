"""Today in a browser: a plan by keyboard, a day of it, and six weeks in which it is kept."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TypeAlias
from uuid import UUID, uuid4

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from catalog.models import Article
from catalog.prompts.models import Prompt
from progress.learner import LearnerProgress
from progress.planner.models import Plan
from progress.planner.plan_parts import PartKind
from progress.planner.planning import Planning
from progress.planner.saving import tick
from progress.planner.today import Today
from progress.recall.deck import Deck
from progress.recall.models import Rating
from progress.recall.reviewing import review_card
from progress.states import StateName
from tests.e2e.conftest import leads_to_page, sign_in

TODAY = "/today/"
MONDAY = datetime(2030, 11, 4, 12, tzinfo=UTC)
WEEKS = 6

SetDay: TypeAlias = Callable[[int], None]


@pytest.fixture
def set_day(monkeypatch: pytest.MonkeyPatch) -> SetDay:
    """Return a function that sets the clock of the site to noon of a day from a Monday."""

    def set_to(day: int) -> None:
        now = MONDAY + timedelta(days=day)
        monkeypatch.setattr(timezone, "now", lambda: now)

    set_to(0)
    return set_to


@pytest.fixture
def learner(page: Page, account: User) -> Page:
    sign_in(page, account.username)
    return page


def test_a_plan_is_made_and_a_day_of_it_is_done_by_keyboard(learner: Page) -> None:
    learner.goto(TODAY)
    learner.get_by_role("link", name="Make a plan").press("Enter")
    learner.get_by_label("Monday").fill("40")
    learner.get_by_role("button", name="Make the plan").press("Enter")
    expect(learner).to_have_url(TODAY)
    rows = learner.locator(".today-row")
    expect(rows.first).to_be_visible()
    done = learner.locator(".today-progress b")
    expect(done).to_have_text("0")
    learner.locator("button.today-round").first.press("Enter")
    expect(done).not_to_have_text("0")
    expect(learner.locator("button.today-round").first).to_be_focused()
    learner.get_by_role("button", name="Enough for today").press("Enter")
    expect(rows).to_have_count(1)


def test_a_plan_works_on_a_phone(learner: Page, account: User) -> None:
    learner.set_viewport_size({"width": 390, "height": 844})
    today = timezone.localdate()
    Plan.objects.create(
        user=account,
        begins_on=today,
        interview_on=today + timedelta(days=30),
        minutes=[60] * 7,
    )
    for address in (TODAY, "/me/plan/", "/me/plan/edit/", "/me/items/add/"):
        learner.goto(address)
        assert learner.evaluate("document.documentElement.scrollWidth") == 390
    learner.goto(TODAY)
    tab = learner.get_by_role("navigation", name="Main").get_by_role("link", name="Today")
    assert tab.get_attribute("aria-current") == "page"


def do_everything(user: User) -> int:
    """Do each part of today's list, and return the number of parts."""
    progress = LearnerProgress(User.objects.get(pk=user.pk))
    planning = Planning(Plan.objects.get(user=user), progress)
    rows = Today(planning).rows
    for row in rows:
        part = row.listed.part
        if part.kind is PartKind.RECALL:
            review_everything(user)
        elif part.kind is PartKind.READ and part.is_last:
            assert row.article
            LearnerProgress(user).set(row.article, StateName.DONE)
        else:
            tick(planning, row.listed.id, is_ticked=True)
    return len(rows)


def due(user: User) -> set[UUID]:
    """Return the cards that are due, as far as the day's limits allow."""
    return {card.key for card in Deck(LearnerProgress(User.objects.get(pk=user.pk))).due}


def review_everything(user: User) -> None:
    progress = LearnerProgress(User.objects.get(pk=user.pk))
    for card in Deck(progress).due:
        review_card(progress, card.key, Rating.GOOD, uuid4())


def test_six_weeks_of_an_hour_a_day_finish_the_playbook_before_the_interview(
    learner: Page, account: User, set_day: SetDay
) -> None:
    plan = Plan.objects.create(
        user=account,
        begins_on=MONDAY.date(),
        interview_on=MONDAY.date() + timedelta(weeks=WEEKS),
        minutes=[60] * 7,
    )
    User.objects.filter(pk=account.pk).update(recall_aims_at=plan.interview_on)
    Prompt.objects.bulk_create(
        Prompt(article=article, number=number, question=f"Why {number}?", answer="Because.")
        for article in Article.objects.all()
        for number in (1, 2, 3)
    )
    for day in range(WEEKS * 7):
        set_day(day)
        if day % 7 == 0:
            learner.context.clear_cookies()
            sign_in(learner, account.username)
        learner.goto(TODAY)
        shown = learner.locator(".today-row").count()
        assert shown or learner.locator(".empty").inner_text().strip(), day
        due_in_the_morning = due(account)
        assert do_everything(account) == shown
        assert due_in_the_morning.isdisjoint(due(account)), day
    fresh = LearnerProgress(User.objects.get(pk=account.pk))
    assert Deck(fresh).active
    unread = Article.objects.public().filter(retired_at=None, status__is_countable=True)
    assert [each for each in unread.exclude(url="") if fresh.state_of(each.pk) != "done"] == []
    set_day(WEEKS * 7)
    learner.goto(TODAY)
    expect(learner.get_by_role("heading", name="Good luck today")).to_be_visible()


def test_without_javascript_a_plan_is_made_done_changed_and_ended(
    plain_page: Page, account: User
) -> None:
    page = plain_page
    sign_in(page, account.username)
    page.goto("/me/plan/edit/")
    page.get_by_label("Practice interviews a week").fill("0")
    for weekday in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"):
        page.get_by_label(weekday).fill("40")
    page.get_by_role("button", name="Make the plan").click()
    expect(page).to_have_url(TODAY)
    done = page.locator(".today-progress b")
    expect(done).to_have_text("0")
    expect(page.locator(".today-minutes").first).to_have_text("about 15 min")
    page.locator("button.today-round").first.click()
    expect(done).to_have_text("15")
    page.get_by_text("More or less time today").click()
    page.get_by_label("Minutes today").fill("20")
    page.get_by_role("button", name="Change today").click()
    expect(page.locator(".today-progress")).to_contain_text("of 20 min done")
    page.get_by_role("button", name="Enough for today").click()
    with leads_to_page(page):
        page.get_by_role("button", name="15 minutes more").click()
    page.get_by_role("link", name="My own items").click()
    page.get_by_role("link", name="Add an item").click()
    page.get_by_label("Title").fill("A talk")
    page.get_by_role("button", name="Add the item").click()
    page.get_by_role("button", name="A talk: to do. Set to done").click()
    expect(page.get_by_role("button", name="A talk: done. Set to to do")).to_be_visible()
    page.goto("/me/plan/edit/")
    page.get_by_role("button", name="End the plan").click()
    expect(page.get_by_role("link", name="Make a plan")).to_be_visible()
