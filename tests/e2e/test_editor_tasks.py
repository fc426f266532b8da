"""Editors work through their queues, revert an article, resolve a conflict and merge articles."""

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from accounts.models import User
from catalog.links.models import BrokenLink, Check, Report
from catalog.links.results import CheckResult
from catalog.models import Article, Section
from catalog.playbook_file.models import OpenQuestion, Revision
from catalog.suggestions.models import Suggestion
from tests.e2e.conftest import leads_to_page, sign_in
from tests.e2e.test_accessibility import WIDTHS, assert_accessible

pytestmark = pytest.mark.usefixtures("editor")

WALLET, TICKETS = "payment-wallet", "ticket-booking-system"


def enter(page: Page) -> None:
    sign_in(page, "editor")
    page.goto("/admin/")


def open_queue(page: Page, name: str, count: int) -> None:
    page.goto("/admin/")
    queue = page.locator(".queue", has_text=name)
    expect(queue.locator(".queue-count")).to_have_text(str(count))
    with leads_to_page(page):
        queue.get_by_role("link").click()


def press(page: Page, name: str, message: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()
    expect(page.locator(".messagelist")).to_contain_text(message)


def article(slug: str) -> Article:
    return Article.objects.get(slug=slug)


def test_uncertain_match_is_dismissed(page: Page, editor: User) -> None:
    revision = Revision.objects.create(
        made_by=editor, applied_at=timezone.now(), catalog_version="x"
    )
    for slug in (WALLET, TICKETS):
        question = OpenQuestion.objects.create(revision=revision, article=article(slug))
        question.candidates.add(article("counting-every-click-real-time-view-counters"))
    enter(page)
    open_queue(page, "Uncertain matches", 2)
    page.get_by_role("row", name="Payment Wallet").get_by_role("checkbox").check()
    page.get_by_label("Action:").select_option(label="Dismiss: they are different articles")
    press(page, "Go", "1 question dismissed.")
    assert [question.article.slug for question in OpenQuestion.objects.waiting()] == [TICKETS]
    open_queue(page, "Uncertain matches", 1)
    expect(page.locator("#result_list tbody tr")).to_have_count(1)
    expect(page.locator("#result_list")).to_contain_text("Ticket Booking System")


def test_broken_links_are_decided(page: Page, learner: User) -> None:
    moved, reported, gone = Article.objects.exclude(url="").order_by("pk")[:3]
    new = "https://example.org/the-new-one"
    Check.objects.record(moved.pk, moved.url, CheckResult(200, new_url=new), timezone.now())
    for each in (reported, gone):
        Report.objects.file(learner.pk, each, timezone.now())
    enter(page)
    open_queue(page, "Broken links", 3)
    page.get_by_role("link", name=moved.title).click()
    expect(page.get_by_label("New address:")).to_have_value(new)
    press(page, "Accept the new address", f"The address of “{moved.title}” was changed.")
    page.get_by_role("link", name=reported.title).click()
    press(
        page,
        "Dismiss",
        "1 link was dismissed. It returns if something new is found.",
    )
    page.get_by_role("link", name=gone.title).click()
    page.get_by_role("link", name="Retire", exact=True).click()
    press(page, "Retire", f"“{gone.title}” is retired.")
    open_queue(page, "Broken links", 0)
    assert not BrokenLink.objects.waiting().exists()
    for each in (moved, reported, gone):
        each.refresh_from_db()
    assert (moved.url, moved.is_retired) == (new, False)
    assert (reported.url != new, reported.is_retired) == (True, False)
    assert gone.is_retired


def test_suggestions_are_decided_with_a_reason_for_the_learner(
    page: Page, plain_page: Page, account: User
) -> None:
    for title in ("As it is", "To be edited", "Not for us"):
        url = f"https://example.org/{title.replace(' ', '-')}"
        Suggestion.objects.create(learner=account, kind="article", title=title, url=url)
    enter(page)
    open_queue(page, "Suggestions", 3)
    page.get_by_role("link", name="As it is").click()
    press(page, "Accept", "Accepted: As it is (Draft).")
    page.get_by_role("link", name="To be edited").click()
    page.get_by_role("link", name="Edit and accept").click()
    page.get_by_label("Title:").fill("Edited")
    page.get_by_label("Status:").select_option(label="Published")
    page.get_by_label("Section:").select_option(label=str(Section.objects.get(slug="caching")))
    page.get_by_label("What you’ll learn:").fill("Whatever it takes")
    press(page, "Accept", "Accepted: Edited (Published).")
    page.get_by_role("link", name="Not for us").click()
    page.get_by_role("link", name="Decline with a reason").click()
    page.get_by_label("Reason:").fill("It is an advertisement.")
    press(page, "Decline", "“Not for us” was declined.")
    open_queue(page, "Suggestions", 0)
    sign_in(plain_page, "ada")
    plain_page.goto("/me/")
    mine = plain_page.locator("#suggestions")
    expect(mine).to_contain_text("It is an advertisement.")
    plain_page.goto("/sections/caching/")
    expect(plain_page.get_by_role("row", name="Edited")).to_contain_text("Whatever it takes")
    assert plain_page.request.get("/articles/as-it-is/").status == 404


def test_article_is_reverted_to_an_earlier_record(page: Page) -> None:
    wallet = article(WALLET)
    wallet.title = "A purse"
    wallet.save()
    enter(page)
    page.goto(f"/admin/catalog/article/{wallet.pk}/change/")
    page.get_by_role("link", name="History").click()
    page.get_by_role("link", name="Revert to these values").click()
    expect(page.locator(".differences tbody")).to_contain_text("A purse")
    press(page, "Revert", "Reverted to the values of")
    expect(page.get_by_label("Title:")).to_have_value("Payment Wallet")
    page.goto(f"/articles/{WALLET}/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Payment Wallet")
    page.goto(f"/admin/catalog/article/{wallet.pk}/history/")
    expect(page.locator("#change-history .record")).to_have_count(3)


def test_conflict_over_the_title_of_an_article(page: Page, browser: Browser, base_url: str) -> None:
    wallet = article(WALLET)
    address = f"/admin/catalog/article/{wallet.pk}/change/"
    other = browser.new_page(base_url=base_url)
    for each in (page, other):
        enter(each)
        each.goto(address)
    other.get_by_label("Title:").fill("Theirs")
    other.get_by_role("button", name="Save", exact=True).click()
    expect(other.locator(".messagelist")).to_contain_text("changed successfully")
    page.get_by_label("Title:").fill("Mine")
    page.get_by_role("button", name="Save", exact=True).click()
    cells = page.locator(".differences tbody").first.get_by_role("cell")
    expect(cells).to_have_text(["Theirs", "Mine"])
    page.get_by_role("button", name="Save mine").click()
    expect(page.locator(".messagelist")).to_contain_text("changed successfully")
    wallet.refresh_from_db()
    assert wallet.title == "Mine"


def test_conflict_over_the_entries_of_an_article(
    page: Page, browser: Browser, base_url: str
) -> None:
    address = f"/admin/catalog/article/{article(WALLET).pk}/change/"
    section = Section.objects.get(slug="caching")
    other = browser.new_page(base_url=base_url)
    for each in (page, other):
        enter(each)
        each.goto(address)
    other.locator("[name=entries-0-what_you_learn]").fill("Theirs")
    other.get_by_role("button", name="Save", exact=True).click()
    expect(other.locator(".messagelist")).to_contain_text("changed successfully")
    other.close()
    page.locator("[name=entries-0-what_you_learn]").fill("Mine")
    page.get_by_role("button", name="Add another Entry").click()
    for number in (1, 2):
        page.locator(f"[name=entries-{number}-section]").select_option(str(section.pk))
        page.locator(f"[name=entries-{number}-title]").fill(f"A new place {number}")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("after you opened this page.")).to_have_count(1)
    tables = page.locator(".differences tbody")
    expect(tables.nth(0).get_by_role("cell")).to_have_text(["Theirs", "Mine"])
    for number in (1, 2):
        expect(tables.nth(number)).to_contain_text(f"A new place {number}")
    page.get_by_role("button", name="Save mine").click()
    expect(page.locator(".messagelist")).to_contain_text("changed successfully")
    places = article(WALLET).entries.order_by("pk").values_list("title", "what_you_learn")
    assert list(places) == [
        ("Payment Wallet", "Mine"),
        ("A new place 1", ""),
        ("A new place 2", ""),
    ]


@pytest.mark.parametrize("has_scripts", [True, False])
def test_two_articles_are_found_and_merged(page: Page, plain_page: Page, has_scripts: bool) -> None:
    page = page if has_scripts else plain_page
    enter(page)
    page.goto(f"/admin/catalog/article/{article(WALLET).pk}/change/")
    page.get_by_role("link", name="Merge another into it").click()
    page.get_by_label("Find the article to merge into it:").fill("booking")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="Ticket Booking System").click()
    heading = "Merge “Ticket Booking System” into “Payment Wallet”"
    expect(page.get_by_role("heading", name=heading)).to_be_visible()
    press(page, "Merge permanently", "“Ticket Booking System” is merged into “Payment Wallet”.")
    page.goto(f"/articles/{TICKETS}/")
    assert page.url.endswith(f"/articles/{WALLET}/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Payment Wallet")


def test_wide_list_scrolls_in_its_frame_on_a_phone(page: Page) -> None:
    """The list scrolls within a visible border; the page itself does not scroll."""
    enter(page)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/admin/catalog/article/")
    frame = page.locator("#changelist-form .results")
    expect(frame).to_have_css("overflow-x", "auto")
    expect(frame).to_have_css("border-right-width", "1px")
    assert frame.evaluate("frame => frame.scrollWidth > frame.clientWidth")
    assert page.evaluate("document.documentElement.scrollWidth") == 390


@pytest.mark.parametrize("has_scripts", [True, False])
def test_articles_move_to_another_section(page: Page, plain_page: Page, has_scripts: bool) -> None:
    page = page if has_scripts else plain_page
    old, new = Section.objects.get(slug="caching"), Section.objects.get(slug="feeds-fan-out")
    titles = [entry.title for entry in old.entries.current().order_by("number")[:2]]
    enter(page)
    page.goto("/admin/catalog/entry/?section__id__exact=" + str(old.pk))
    for title in titles:
        page.get_by_role("row", name=title).get_by_role("checkbox").check()
    page.get_by_label("Action:").select_option(label="Move selected entries to another section")
    with leads_to_page(page):
        page.get_by_role("button", name="Go").click()
    for width in WIDTHS if has_scripts else []:
        page.set_viewport_size({"width": width, "height": 900})
        assert_accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.get_by_label("Move to the section").select_option(value=str(new.pk))
    page.get_by_role("button", name="Move", exact=True).click()
    expect(page.locator(".messagelist")).to_contain_text("2 entries.")
    page.goto("/sections/feeds-fan-out/")
    assert page.locator("tr[data-entry] a[id^=title-]").all_inner_texts()[-2:] == titles


def test_a_hand_edit_is_on_what_changed(page: Page, plain_page: Page) -> None:
    enter(page)
    article = Article.objects.get(slug="payment-wallet")
    page.goto(f"/admin/catalog/article/{article.pk}/change/")
    page.get_by_label("Title:").first.fill("Digital wallet")
    press(page, "Save", "changed successfully")
    plain_page.goto("/changes/")
    changed = plain_page.get_by_role("listitem").filter(has_text="Digital wallet")
    expect(changed.get_by_role("heading")).to_have_text("Digital wallet Changed")
