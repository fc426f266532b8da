"""axe-core over every page: light and dark, on a phone and on a desk."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django import Settings

from accounts.models import User
from catalog.cases.models import Case
from catalog.cases.shipped import load_cases
from catalog.cases.stages import StageOrder
from catalog.links.models import Report
from catalog.models import Article, Entry, Section
from catalog.playbook_file.models import OpenQuestion
from catalog.playbook_file.revisions.applying import apply
from catalog.playbook_file.revisions.planning import prepare, prepare_undo
from catalog.playbook_file.writing.formats import write
from catalog.prerequisites.shipped import load_prerequisites
from catalog.stored_catalog import stored
from catalog.suggestions.models import Decision, Suggestion, SuggestionKind
from progress.learner import LearnerProgress
from progress.notes.saving import save_note
from progress.planner.models import OwnItem, Plan, Reminder
from progress.planner.reminders.unsubscribing import address_of
from progress.practice.models import PracticeSession
from progress.practice.running import ask
from progress.practice.stage_plan import planned_stages
from progress.practice.starting import start_session
from progress.sql import lock_learner
from progress.states import StateName
from progress.texts.saving import Draft
from tests.e2e.conftest import PASSWORD, Watch, sign_in

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
OURS = [*WCAG, "best-practice"]
# The size of targets is not checked under an open menu, where only a strip of them is left.
UNDER_A_MENU = [tag for tag in OURS if tag != "wcag22aa"]

PUBLIC = [
    "/",
    "/practice/",
    "/?layer=data-mastery&layer=nope",
    "/articles/",
    "/articles/?layer=scale-reliability&state=todo&q=fan",
    "/articles/?status=planned&q=cache",
    "/articles/?q=cachng",
    "/articles/?q=cahcng",
    "/articles/distributed-task-scheduling-service/",
    "/sections/feeds-fan-out/",
    "/layers/domain-expertise/",
    "/contributing/",
    "/changes/",
    "/metrics/",
    "/estimates/",
    "/estimates/?users=many&figures=1",
    "/map/",
    "/map/?show=next",
    "/today/",
    "/me/",
    "/accounts/login/",
    "/accounts/signup/",
    "/accounts/password/reset/",
    "/accounts/password/reset/done/",
    "/accounts/password/reset/key/done/",
    "/accounts/confirm-email/",
    "/accounts/inactive/",
]
SIGNED_IN = [
    "/",
    "/map/",
    "/today/",
    "/me/plan/edit/",
    "/me/plans/",
    "/me/items/",
    "/me/items/add/",
    "/articles/",
    "/articles/payment-wallet/",
    "/me/",
    "/me/history/",
    "/me/notes/",
    "/me/notes/?q=nothing",
    "/me/notes/print/",
    "/me/calendar/",
    "/articles/payment-wallet/note/earlier/",
    "/articles/payment-wallet/finish/",
    "/contributing/?article=payment-wallet",
    "/accounts/preferences/",
    "/accounts/sessions/",
    "/accounts/password/change/",
    "/accounts/delete/",
    "/accounts/logout/",
    "/accounts/reauthenticate/",
]
PLANNED = ["/today/", "/me/plan/", "/me/plan/edit/", "/me/plans/", "/me/items/"]
BEHIND_THE_PASSWORD = ["/accounts/email/", "/me/export/"]
EDITING = [
    "/admin/",
    "/admin/catalog/article/",
    "/admin/catalog/article/add/",
    "/admin/catalog/article/{article}/change/",
    "/admin/catalog/article/{article}/history/",
    "/admin/catalog/article/merge/?kept={article}&find_gone=design",
    "/admin/links/brokenlink/",
    "/admin/links/brokenlink/{article}/change/",
    "/admin/playbook_file/revision/",
    "/admin/playbook_file/revision/add/",
    "/admin/playbook_file/revision/{revision}/change/",
    "/admin/playbook_file/openquestion/",
    "/admin/catalog/section/",
    "/admin/catalog/section/{section}/change/",
    "/admin/catalog/section/{section}/delete/",
    "/admin/catalog/section/add/",
    "/admin/catalog/entry/",
    "/admin/catalog/entry/add/",
    "/admin/catalog/entry/{entry}/change/",
    "/admin/catalog/status/",
    "/admin/catalog/layer/",
    "/admin/suggestions/suggestion/",
    "/admin/suggestions/suggestion/{suggestion}/change/",
    "/admin/suggestions/suggestion/{suggestion}/edit/",
    "/admin/suggestions/suggestion/{suggestion}/decline/",
    "/admin/cases/case/",
    "/admin/cases/case/{case}/change/",
    "/admin/cases/case/{case}/preview/",
]
COLOURS = ["color-contrast", "link-in-text-block"]
WIDTHS = (390, 1440)


def violations(page: Page, tags: Sequence[str] = OURS) -> list[str]:
    """Return what axe reports about the page, which has to be loaded: axe reads all of it."""
    page.wait_for_load_state()
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    # Preloading makes axe itself write inline styles, which the policy refuses and reports.
    options = "{runOnly: tags, resultTypes: ['violations'], preload: false}"
    run = f"tags => axe.run(document, {options})"
    faults = page.evaluate(run, tags)["violations"]
    return [
        f"{fault['id']}: {node['target']} {node['failureSummary']}"
        for fault in faults
        for node in fault["nodes"]
    ]


def assert_accessible(page: Page, tags: Sequence[str] = OURS) -> None:
    """Check the page in both themes. A theme changes nothing but colours."""
    page.emulate_media(color_scheme="light")
    assert violations(page, tags) == [], (page.url, page.viewport_size)
    page.emulate_media(color_scheme="dark")
    assert violations(page, COLOURS) == [], (page.url, page.viewport_size, "dark")


def look_at(page: Page, path: str) -> None:
    """Check the page on a phone, and again when its window has the width of a desk."""
    page.set_viewport_size({"width": WIDTHS[0], "height": 900})
    page.goto(path)
    assert page.url.endswith(path)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, (path, width)
        assert_accessible(page)


@pytest.fixture(autouse=True)
def prerequisites(shipped_playbook: None) -> None:
    """Fill the map, and what stands beside an article."""
    load_prerequisites()


@pytest.fixture
def learned(account: User) -> User:
    """Return a learner with articles in every state, so that no part of a page is empty."""
    progress = LearnerProgress(account)
    for number, article in enumerate(Article.objects.order_by("pk")):
        progress.set(article, list(StateName)[number % 4])
    wallet = Article.objects.get(slug="payment-wallet")
    progress.set(wallet, StateName.DONE)
    wallet.title, wallet.url = "The payment wallet", "https://example.org/the-wallet"
    wallet.save()
    text = "# Why\n\nA [link](https://example.org) and `code`.\n\n| a | b |\n|---|---|\n| 1 | 2 |"
    save_note(account, wallet, Draft(text, 0)).dropped_texts.create(text="An earlier text")
    new = Article.objects.create(title="A new one", status=wallet.status)
    Entry.objects.create(section=Section.objects.all()[0], article=new, title=new.title, number=9)
    for decision in Decision:
        decided_at = None if decision == Decision.WAITING else timezone.now()
        Suggestion.objects.create(
            learner=account,
            kind=SuggestionKind.ARTICLE,
            title="A lock",
            decision=decision,
            decided_at=decided_at,
            reason="It is behind a wall.",
        )
    return account


@pytest.mark.parametrize("path", PUBLIC)
def test_visitor_pages_have_no_axe_violations(page: Page, path: str) -> None:
    look_at(page, path)


@pytest.mark.parametrize("path", SIGNED_IN)
def test_learner_pages_have_no_axe_violations(page: Page, learned: User, path: str) -> None:
    sign_in(page, learned.username)
    look_at(page, path)


def plan_for(user: User) -> Plan:
    """Give a learner a plan that is late, one that ended, and own items, done and to do."""
    today = timezone.localdate()
    minutes = [30, 0, 60, 30, 30, 60, 60]
    Plan.objects.create(
        user=user, begins_on=today, minutes=minutes, archived_at=timezone.now(), outcome="A queue."
    )
    for title, done_at in (("A talk", None), ("A chapter", timezone.now())):
        OwnItem.objects.create(
            user=user, title=title, url="https://example.org/", minutes=5, done_at=done_at
        )
    in_a_week = today + timedelta(days=7)
    lock_learner(user)  # as every write does
    return Plan.objects.create(
        user=user, begins_on=today, interview_on=in_a_week, minutes=minutes, practice_per_week=2
    )


@pytest.mark.parametrize("path", PLANNED)
def test_pages_of_a_plan_have_no_axe_violations(page: Page, account: User, path: str) -> None:
    plan_for(account)
    sign_in(page, account.username)
    look_at(page, path)


@pytest.mark.parametrize("days", [0, 1])
def test_today_has_no_axe_violations_when_the_plan_is_over(
    page: Page, account: User, days: int
) -> None:
    plan = plan_for(account)
    plan.interview_on = timezone.localdate() - timedelta(days=days)
    plan.save()
    sign_in(page, account.username)
    look_at(page, "/today/")


@pytest.mark.parametrize("path", BEHIND_THE_PASSWORD)
def test_pages_behind_the_password_have_no_axe_violations(
    page: Page, learned: User, path: str
) -> None:
    sign_in(page, learned.username)
    page.goto(path)
    page.locator("main [name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()
    expect(page).to_have_url(path)
    look_at(page, path)


@pytest.fixture
def practising(account: User) -> PracticeSession:
    """Return a session after its twist, with texts and an answer."""
    load_cases()
    case = Case.objects.get(slug="ticket-booking")
    stages = planned_stages(case.stages, StageOrder.CLASSIC, 45)
    practice_session = start_session(account, case, StageOrder.CLASSIC, stages, uuid4())
    ask(account, practice_session.uuid, 0)
    practice_session.started_at = timezone.now() - timedelta(minutes=30)
    practice_session.save(update_fields=["started_at"])
    practice_session.scratches.update(text="client -> gateway", version=2)
    return practice_session


@pytest.mark.parametrize(
    "path",
    [
        "/practice/",
        "/practice/ticket-booking/start/",
        "/practice/payment-wallet/start/?length=20&order=classic&minutes-design=3",
        "/me/practice/{uuid}/?stage=2",
        "/me/practice/{uuid}/scratches/1/earlier/",
    ],
)
def test_practice_pages_have_no_axe_violations(
    page: Page, account: User, practising: PracticeSession, path: str
) -> None:
    sign_in(page, account.username)
    look_at(page, path.format(uuid=practising.uuid))


def test_a_paused_session_and_open_menus_have_no_axe_violations(
    page: Page, account: User, practising: PracticeSession
) -> None:
    sign_in(page, account.username)
    page.goto(practising.get_absolute_url())
    for summary in ("Ask a question", "1 asked"):
        page.get_by_text(summary).click()
        assert violations(page) == []
    page.get_by_text("Pause", exact=True).click()
    assert violations(page, UNDER_A_MENU) == []
    page.get_by_role("button", name="Pause the clock").click()
    page.get_by_role("button", name="Resume").wait_for()
    assert violations(page) == []


def test_reminders_and_the_address_of_a_calendar_have_no_axe_violations(
    page: Page, account: User, settings: Settings
) -> None:
    settings.HAS_EMAIL = True
    reminder = Reminder.objects.create(user=account, weekdays=[0])
    look_at(page, urlsplit(address_of(reminder)).path)
    page.get_by_role("button", name="Send no more reminders").click()
    page.get_by_role("heading", name="No more reminders are sent").wait_for()
    assert_accessible(page)
    sign_in(page, account.username)
    look_at(page, "/me/reminders/")
    page.goto("/me/calendar/")
    page.get_by_role("button", name="Make an address").click()
    page.get_by_label("Address", exact=True).wait_for()
    assert_accessible(page)


def exposed_roles(page: Page) -> Counter[str]:
    """Count the roles that the browser gives to assistive technology, CSS considered."""
    session = page.context.new_cdp_session(page)
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    session.detach()
    return Counter(node["role"]["value"] for node in nodes if not node["ignored"])


@pytest.mark.parametrize("path", ["/articles/", "/sections/feeds-fan-out/", "/me/"])
def test_tables_keep_their_roles_in_a_grid(page: Page, learned: User, path: str) -> None:
    sign_in(page, learned.username)
    page.goto(path)
    table = page.locator("table:is(.entries, .totals)")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        roles = exposed_roles(page)
        assert roles["table"] == table.count() == 1, width
        assert roles["row"] == table.locator("tr").count(), width
        assert roles["columnheader"] == table.locator("th[scope=col]").count(), width
        assert roles["rowheader"] == table.locator("th[scope=row]").count(), width
        assert roles["cell"] == table.locator("td").count(), width


@pytest.mark.parametrize("path", ["/nope/", "/articles/nope/", "/articles/payment-wallet/state/"])
def test_error_pages_have_no_axe_violations(page: Page, watch: Watch, path: str) -> None:
    look_at(page, path)
    watch.faults.clear()  # the browser reports the status itself


def test_open_menus_and_the_shortcuts_dialog_have_no_axe_violations(
    page: Page, learned: User
) -> None:
    sign_in(page, learned.username)
    page.goto("/")
    page.locator("summary.account-button").click()
    assert violations(page, UNDER_A_MENU) == []
    page.keyboard.press("Escape")
    page.locator(".site-header summary.icon-button").click()
    assert violations(page, UNDER_A_MENU) == []
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    assert violations(page) == []


def test_the_page_after_a_change_of_state_has_no_axe_violations(page: Page) -> None:
    page.goto("/")
    page.locator('tr[data-entry] [value="done"]').first.click()
    page.locator("#announcement .toast").wait_for()
    assert violations(page) == []


def test_zoomed_to_four_hundred_percent_nothing_scrolls_sideways(page: Page, learned: User) -> None:
    sign_in(page, learned.username)
    page.set_viewport_size({"width": 320, "height": 256})
    for path in ("/", "/articles/", "/articles/payment-wallet/", "/me/"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, path


@pytest.mark.parametrize("path", EDITING)
def test_editor_pages_have_no_axe_violations(page: Page, path: str) -> None:
    edith = User.objects.create_superuser("edith", "edith@example.org", PASSWORD)
    sign_in(page, "edith")
    entry = Entry.objects.listed()[0]
    details = {
        "kind": SuggestionKind.CORRECTION,
        "article": entry.article,
        "notes": "A word is wrong.",
    }
    suggestion = Suggestion.objects.create(learner=edith, url="https://example.org/", **details)
    Report.objects.file(edith.pk, entry.article, timezone.now())
    text = write(stored(), "markdown").replace("-5b7901edee81", "-000000000abc")
    revision = prepare(text.replace("**Payment", "**The Payment").encode(), "a.md", edith)
    revision.save()
    question = OpenQuestion.objects.create(revision=revision, article=entry.article)
    question.candidates.set(Article.objects.exclude(pk=entry.article_id)[:2])
    load_cases()
    path = path.format(
        article=entry.article_id,
        entry=entry.pk,
        section=entry.section_id,
        suggestion=suggestion.pk,
        revision=revision.pk,
        case=Case.objects.in_order()[0].pk,
    )
    look_at(page, path)


def test_the_preview_of_an_undo_has_no_axe_violations(page: Page) -> None:
    edith = User.objects.create_superuser("edith", "edith@example.org", PASSWORD)
    text = write(stored(), "markdown").replace("**Payment", "**The Payment")
    revision = prepare(text.encode(), "a.md", edith)
    revision.save()
    apply(revision)
    section = Section.objects.all()[0]
    section.title = "Changed later"
    section.save()
    undo = prepare_undo(revision, edith)
    undo.save()
    sign_in(page, "edith")
    path = undo.get_absolute_url()
    look_at(page, path)
    expect(page.locator("#later-warning")).to_contain_text("later change of 1 row")
