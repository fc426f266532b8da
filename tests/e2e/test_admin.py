"""An editor's work in the admin, and what readers see of it."""

import pytest
from playwright.sync_api import Locator, Page, expect

from accounts.models import User
from catalog.models import Article, Entry, Section
from tests.e2e.conftest import leads_to_page, sign_in, wait_until
from tests.e2e.test_accessibility import WCAG, violations

CACHING = "Caching, Invalidation & Read Path Acceleration"
WALLET = "Payment Wallet"


pytestmark = pytest.mark.usefixtures("editor")


def open_admin(page: Page, model: str, name: str = "") -> None:
    page.goto(f"/admin/catalog/{model}/")
    if name:
        with leads_to_page(page):
            page.locator("#result_list").get_by_role("link", name=name).first.click()


def enter(page: Page) -> None:
    sign_in(page, "editor")


def save(page: Page) -> None:
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".messagelist")).to_contain_text("changed successfully")


def titles_on_the_site(page: Page, slug: str) -> list[str]:
    page.goto(f"/sections/{slug}/")
    return page.locator("tr[data-entry] a[id^=title-]").all_inner_texts()


def drag(page: Page, what: Locator, where: Locator) -> None:
    what.scroll_into_view_if_needed()
    held = what.element_handle()
    start, end = what.bounding_box(), where.bounding_box()
    assert start is not None
    assert end is not None
    # The dots of the handle are at its left edge.
    page.mouse.move(start["x"] + 8, start["y"] + start["height"] / 2)
    page.mouse.down()
    page.mouse.move(end["x"] + 8, end["y"] - 2, steps=30)
    page.mouse.move(end["x"] + 8, end["y"] + 2, steps=5)

    def is_there() -> bool:
        # The page ignores the pointer while rows are animated, so it has to move again afterwards.
        page.mouse.move(end["x"] + 8, end["y"] - 2)
        page.mouse.move(end["x"] + 8, end["y"] + 2)
        return bool(where.evaluate("(there, held) => there === held", held))

    # Release the row only when it has reached its target.
    wait_until(page, is_there)
    page.mouse.up()


def titles(slug: str) -> list[str]:
    return list(Section.objects.get(slug=slug).entries.current().values_list("title", flat=True))


def test_an_editor_signs_in_and_changes_an_article(page: Page) -> None:
    page.goto("/admin/")
    page.locator("[name=login]").fill("editor")
    page.locator("[name=password]").fill("an-editor's-password")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page).to_have_url("/admin/")
    open_admin(page, "article", WALLET)
    page.get_by_label("Title:").fill("Wallets <b>& ledgers</b>")
    page.get_by_label("Status:").select_option(label="In review")
    page.locator("[name=entries-0-title]").fill("A wallet")
    save(page)
    page.goto("/articles/payment-wallet/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Wallets <b>& ledgers</b>")
    expect(page.locator("main")).to_contain_text("In review")
    assert "A wallet" in titles_on_the_site(page, "domain-case-studies")


def test_entries_can_be_reordered_by_dragging(page: Page) -> None:
    first, second, third, fourth = titles("caching")
    enter(page)
    # All four entries are in sight.
    page.set_viewport_size({"width": 1280, "height": 1600})
    open_admin(page, "section", CACHING)
    handles = page.locator("#entries-group tr.has_original td.original p")
    drag(page, handles.nth(3), handles.nth(0))
    expect(page.locator("tr.has_original [name$=-number]").first).to_have_value("1")
    save(page)
    assert titles_on_the_site(page, "caching") == [fourth, first, second, third]
    assert list(Entry.objects.filter(section__slug="caching").values_list("number", flat=True)) == [
        1,
        2,
        3,
        4,
    ]


def test_sections_can_be_reordered_by_dragging(page: Page) -> None:
    enter(page)
    open_admin(page, "section")
    handles = page.locator("#result_list div.handle")
    with page.expect_response("**/adminsortable2_update/") as answer:
        drag(page, handles.nth(4), handles.nth(1))
    assert answer.value.status == 200
    page.goto("/layers/data-mastery/")
    headings = page.locator("main h2, main h3").all_inner_texts()
    moved, passed = "Distributed Query, Logging", "Database Design"
    places = [
        next(place for place, heading in enumerate(headings) if name in heading)
        for name in (moved, passed)
    ]
    assert places == sorted(places)


def test_an_article_is_listed_again_in_another_section(page: Page) -> None:
    enter(page)
    open_admin(page, "section", CACHING)
    article = page.get_by_label("Article – new").first
    offered = "field => [...field.list.options].map(option => option.value)"
    assert WALLET in article.evaluate(offered)
    article.fill(WALLET)
    page.get_by_label("Title – new").first.fill("A wallet, cached")
    save(page)
    assert titles_on_the_site(page, "caching")[-1] == "A wallet, cached"


def test_a_row_that_is_added_to_the_form_offers_the_same_articles(page: Page) -> None:
    enter(page)
    open_admin(page, "section", CACHING)
    page.get_by_role("button", name="Add another entry").click()
    page.locator("[name=entries-5-article]").fill("payment wallet")
    page.locator("[name=entries-5-title]").fill("A wallet, cached")
    save(page)
    assert titles_on_the_site(page, "caching")[-1] == "A wallet, cached"


def test_without_scripts_an_article_is_typed(plain_page: Page) -> None:
    enter(plain_page)
    open_admin(plain_page, "section", CACHING)
    plain_page.locator("[name=entries-4-article]").fill("wallet")
    plain_page.locator("[name=entries-4-title]").fill("A wallet, cached")
    plain_page.get_by_role("button", name="Save", exact=True).click()
    expect(plain_page.locator(".errorlist").last).to_contain_text(f"Similar ones: “{WALLET}”")
    plain_page.locator("[name=entries-4-article]").fill(WALLET)
    save(plain_page)
    assert titles_on_the_site(plain_page, "caching")[-1] == "A wallet, cached"


def test_an_article_is_added_in_a_popup(page: Page) -> None:
    enter(page)
    open_admin(page, "section", CACHING)
    with page.expect_popup() as opened:
        page.locator("#add_id_entries-4-article").click()
    popup = opened.value
    popup.get_by_label("Title:").fill("Quite new")
    popup.get_by_label("Status:").select_option(label="Planned")
    with popup.expect_event("close"):
        popup.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("[name=entries-4-article]")).to_have_value("Quite new")
    page.locator("[name=entries-4-title]").fill("Quite new")
    save(page)
    assert titles_on_the_site(page, "caching")[-1] == "Quite new"


def test_a_retired_article_can_be_restored(page: Page) -> None:
    enter(page)
    open_admin(page, "article", WALLET)
    page.get_by_role("link", name="Retire", exact=True).click()
    expect(page.locator("#content")).to_contain_text("Learners lose nothing")
    page.get_by_role("link", name="Cancel").click()
    expect(page.get_by_label("Title:")).to_have_value(WALLET)
    page.get_by_role("link", name="Retire", exact=True).click()
    page.get_by_role("button", name="Retire", exact=True).click()
    expect(page.locator(".messagelist")).to_contain_text("is retired")
    assert WALLET not in titles_on_the_site(page, "domain-case-studies")
    page.goto("/admin/catalog/article/?retired=yes")
    page.locator("#result_list").get_by_role("link", name=WALLET).click()
    page.get_by_role("button", name="Save and restore").click()
    expect(page.locator(".messagelist")).to_contain_text("Restored: 1 article.")
    assert WALLET in titles_on_the_site(page, "domain-case-studies")


def test_other_admin_pages_report_no_error(page: Page) -> None:
    """The fixtures fail the test if a page reports anything to the console."""
    enter(page)
    article, entry = Article.objects.get(slug="payment-wallet"), Entry.objects.first()
    assert entry is not None
    for path in (
        "",
        "catalog/",
        "catalog/layer/",
        "catalog/layer/add/",
        "catalog/status/",
        "catalog/entry/",
        "catalog/entry/add/",
        f"catalog/entry/{entry.pk}/change/",
        f"catalog/section/{entry.section_id}/delete/",
        f"catalog/layer/{entry.section.layer_id}/delete/",
        f"catalog/article/{article.pk}/history/",
        "catalog/article/?_facets=True",
        "password_change/",
    ):
        response = page.goto(f"/admin/{path}")
        assert response is not None
        assert response.status == 200, path


def test_a_superuser_picks_a_day_and_a_time(page: Page, editor: User) -> None:
    editor.is_superuser = True
    editor.save()
    enter(page)
    page.goto(f"/admin/accounts/user/{editor.pk}/change/")
    page.get_by_label("Your password").fill("an-editor's-password")
    page.get_by_role("button", name="Continue").click()
    page.locator(".field-last_login .date-icon").click()
    page.locator(".calendarbox.module:visible td a").first.click()
    page.locator(".field-last_login .clock-icon").click()
    page.locator(".clockbox:visible a").first.click()
    assert page.locator("[name=last_login_0]").input_value()


def test_without_scripts_entries_are_ordered_by_number(plain_page: Page) -> None:
    first, second, third, fourth = titles("caching")
    enter(plain_page)
    open_admin(plain_page, "section", CACHING)
    plain_page.locator("[name=entries-0-number]").fill("3")
    save(plain_page)
    assert titles_on_the_site(plain_page, "caching") == [second, third, first, fourth]


def test_without_scripts_a_row_is_retired(plain_page: Page) -> None:
    first, _second, third, fourth = titles("caching")
    enter(plain_page)
    open_admin(plain_page, "section", CACHING)
    plain_page.locator("[name=entries-1-retire]").check()
    save(plain_page)
    assert titles_on_the_site(plain_page, "caching") == [first, third, fourth]


def test_without_scripts_the_theme_applies_and_there_is_no_drag_handle(plain_page: Page) -> None:
    enter(plain_page)
    plain_page.goto("/admin/catalog/section/")
    colours = [
        plain_page.locator(where).evaluate("(it) => getComputedStyle(it).backgroundColor")
        for where in ("#header", "body")
    ]
    plain_page.emulate_media(color_scheme="dark")
    dark = plain_page.locator("#header").evaluate("(it) => getComputedStyle(it).backgroundColor")
    assert [*colours, dark] == [
        "oklch(0.955 0.006 95)",
        "oklch(0.985 0.004 95)",
        "oklch(0.255 0.01 260)",
    ]
    handle = plain_page.locator("#result_list .handle").nth(3)
    assert handle.evaluate("(it) => getComputedStyle(it, '::before').display") == "none"
    assert handle.evaluate("(it) => getComputedStyle(it, '::after').content") == '"4"'


def test_a_long_title_without_a_space_does_not_widen_a_section(
    page: Page, plain_page: Page
) -> None:
    article = Article.objects.get(slug="payment-wallet")
    article.title = "W" * 240
    article.save()
    for each in (page, plain_page):
        enter(each)
        open_admin(each, "section", "Domain Case Studies")
        for width in (390, 768, 1100, 1280, 1440):
            each.set_viewport_size({"width": width, "height": 900})
            assert each.locator("html").evaluate("html => html.scrollWidth") <= width


def test_lists_and_merging_fit_a_phone(page: Page) -> None:
    enter(page)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/admin/catalog/section/")
    title = page.locator("#result_list tbody th").first
    assert title.evaluate("cell => cell.clientWidth") >= ROOM_FOR_WORDS
    page.goto("/admin/catalog/article/")
    status = page.locator("#result_list select").first
    assert status.evaluate("select => select.getBoundingClientRect().right") <= 390
    page.get_by_role("link", name="Filters", exact=True).click()
    expect(page.locator("#changelist-filter")).to_be_in_viewport()
    kept, gone = Article.objects.all()[:2]
    page.goto(f"/admin/catalog/article/merge/?kept={kept.pk}&gone={gone.pk}")
    frame = page.locator(".merge-compared")
    assert frame.evaluate("frame => frame.scrollWidth <= frame.clientWidth")


ROOM_FOR_WORDS = 150


@pytest.mark.parametrize("choice", ["Save mine", "Keep theirs"])
@pytest.mark.parametrize("has_scripts", [True, False])
def test_an_edit_conflict_is_decided_for_the_whole_form(
    page: Page, plain_page: Page, has_scripts: bool, choice: str
) -> None:
    page = page if has_scripts else plain_page
    section = Section.objects.get(slug="caching")
    first, second = section.entries.current()[:2]
    enter(page)
    open_admin(page, "section", CACHING)
    first.retire()
    section.title = "Theirs"
    section.save()
    page.get_by_label("Title:").fill("W" * 100)
    page.locator("[name=entries-0-what_you_learn]").fill("Typed for a long time")
    page.locator("[name=entries-1-what_you_learn]").fill("Mine")
    with leads_to_page(page):
        page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("heading", name=f"“{first.title}” was retired")).to_be_visible()
    expect(page.locator("#content")).to_contain_text("Typed for a long time")
    for width in (390, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        if has_scripts:
            assert violations(page, WCAG) == []
        assert page.locator("html").evaluate("html => html.scrollWidth") <= width
    page.locator(".conflict-choices").get_by_text(choice).click()
    if choice == "Save mine":
        expect(page.locator(".messagelist")).to_contain_text("changed successfully")
    else:
        expect(page.get_by_label("Title:")).to_have_value("Theirs")
    # The page shows the result only after the server has stored it.
    section.refresh_from_db()
    second.refresh_from_db()
    if choice == "Save mine":
        assert (section.title, second.what_you_learn) == ("W" * 100, "Mine")
    else:
        assert (section.title, second.what_you_learn != "Mine") == ("Theirs", True)
