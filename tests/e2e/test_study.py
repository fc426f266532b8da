"""The learner's journey in a browser: read, filter, mark, undo and sign up."""

import re

from playwright.sync_api import Locator, Page, Route, expect

from accounts.models import User
from catalog.models import Article, Entry, Status
from progress.models import Event, State
from tests.e2e.conftest import PASSWORD, Watch, fill_in_sign_in, sign_in

DEEP_DIVE = "Deep Dive into 1M RPS API Design"
SEPARATION = "High Throughput Reads/Writes (Read-Write Separation)"


def row(page: Page, title: str) -> Locator:
    return page.locator("tr[data-entry]").filter(
        has=page.get_by_role("link", name=title, exact=True)
    )


def round_button(page: Page, title: str) -> Locator:
    return row(page, title).locator(".state-button")


def mark(page: Page, title: str, state: str) -> None:
    """Set the state of a row: with its round button if that sets it, or else with its menu."""
    button = round_button(page, title)
    expect(button).to_be_attached()
    if button.get_attribute("value") == state.lower():
        button.click()
    else:
        row(page, title).locator(".row-menu > summary").click()
        row(page, title).get_by_role("button", name=state, exact=True).click()


def expect_state(page: Page, title: str, state: str) -> None:
    expect(round_button(page, title)).to_have_accessible_name(f"{title} {state}")


def expect_figures(page: Page, **figures: str) -> None:
    for name, figure in figures.items():
        expect(page.locator(f"#{name.replace('_', '-')}")).to_contain_text(
            re.compile(rf"(?<!\d){figure}(?!\d)".replace(" ", r"\s+"))
        )


def test_every_total_follows_a_mark(page: Page) -> None:
    page.goto("/")
    mark(page, DEEP_DIVE, "Done")
    expect_state(page, DEEP_DIVE, "Done")
    expect_state(page, SEPARATION, "Done")
    expect_figures(
        page,
        overall="1 of 39 done",
        tab_figure_data_mastery="1 of 16",
        tab_figure_scale_reliability="1 of 12",
        section_database_design="1 of 4 done",
        section_load_balancing="1 of 3 done",
        outline_database_design="1/4",
        outline_load_balancing="1/3",
        tab_figure_foundation_layer="0 of 3",
    )
    page.reload()
    expect_figures(page, overall="1 of 39 done", tab_figure_scale_reliability="1 of 12")


def test_marks_in_quick_succession_are_all_kept(page: Page) -> None:
    page.goto("/")
    titles = list(Entry.objects.in_journey_order().values_list("title", flat=True)[:6])
    for title in titles:
        mark(page, title, "Done")
    expect_figures(page, overall="6 of 39 done", tab_figure_foundation_layer="3 of 3")
    page.reload()
    expect_figures(page, overall="6 of 39 done")


def test_the_next_article_is_updated_after_a_mark(page: Page) -> None:
    page.goto("/")
    expect(page.locator("#overall .next-title")).to_have_text(
        "Unlocking Scalability: Building Blocks (p1)"
    )
    mark(page, "Unlocking Scalability: Building Blocks (p1)", "Skipped")
    expect(page.locator("#overall .next-title")).to_have_text(
        "Unlocking Scalability: Advanced Blocks (p2)"
    )


def test_keys_mark_the_focused_row_and_the_focus_stays(page: Page) -> None:
    page.goto("/sections/caching/")
    page.keyboard.press("j")
    page.keyboard.press("d")
    expect_state(page, "Distributed Cache Invalidation Service", "Done")
    page.keyboard.press("j")
    page.keyboard.press("r")
    expect_state(page, "Client-Side Caching with ETag Validation", "Reading")
    page.keyboard.press("s")
    expect_state(page, "Client-Side Caching with ETag Validation", "Skipped")
    page.keyboard.press("k")
    page.keyboard.press("u")
    expect_state(page, "Distributed Cache Invalidation Service", "To do")
    title = page.get_by_role("link", name="Distributed Cache Invalidation Service", exact=True)
    expect(title).to_be_focused()
    expect_figures(page, section_caching="0 of 3 done")


def test_the_focus_stays_on_the_button_that_was_pressed(page: Page) -> None:
    page.goto("/sections/caching/")
    button = round_button(page, "Client-Side Caching with ETag Validation")
    button.focus()
    page.keyboard.press("Enter")
    expect_state(page, "Client-Side Caching with ETag Validation", "Done")
    expect(button).to_be_focused()
    page.keyboard.press("Enter")
    expect_state(page, "Client-Side Caching with ETag Validation", "To do")


def test_a_menu_closes_when_a_state_is_chosen_and_the_focus_returns(page: Page) -> None:
    page.goto("/sections/caching/")
    mark(page, "Client-Side Caching with ETag Validation", "Reading")
    expect_state(page, "Client-Side Caching with ETag Validation", "Reading")
    menu = row(page, "Client-Side Caching with ETag Validation").locator(".row-menu")
    expect(menu).not_to_have_attribute("open", "")
    expect(menu.locator("summary")).to_be_focused()


def test_keyboard_shortcuts_can_be_listed_and_disabled(page: Page) -> None:
    page.goto("/sections/caching/")
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    dialog.get_by_role("checkbox").uncheck()
    dialog.get_by_role("button", name="Close").click()
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method))
    page.get_by_role("link", name="Cluster-Wide Cache Warm-Up Service", exact=True).focus()
    page.keyboard.press("d")
    # A shortcut would have sent its request before this one.
    mark(page, "Distributed Cache Invalidation Service", "Done")
    expect_state(page, "Distributed Cache Invalidation Service", "Done")
    assert sent.count("POST") == 1
    page.reload()
    expect_state(page, "Cluster-Wide Cache Warm-Up Service", "To do")


def test_the_slash_key_focuses_the_search(page: Page) -> None:
    page.goto("/articles/")
    page.keyboard.press("/")
    expect(page.locator("#filter-q")).to_be_focused()


def test_a_letter_typed_in_a_field_is_only_a_letter(page: Page) -> None:
    page.goto("/")
    page.keyboard.press("/")
    page.keyboard.type("drsu?")
    expect(page.locator("#site-search")).to_have_value("drsu?")
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_the_announcement_undoes_a_change_and_returns_the_focus(page: Page) -> None:
    page.goto("/")
    mark(page, DEEP_DIVE, "Done")
    announcement = page.locator("#announcement")
    expect(announcement).to_contain_text("Done")
    announcement.get_by_role("button", name="Undo").press("Enter")
    expect_state(page, DEEP_DIVE, "To do")
    expect(round_button(page, SEPARATION)).to_be_focused()
    expect_state(page, SEPARATION, "To do")
    expect_figures(page, overall="0 of 39 done", tab_figure_data_mastery="0 of 16")


def test_undo_works_by_keyboard(page: Page) -> None:
    page.goto("/sections/caching/")
    page.keyboard.press("j")
    page.keyboard.press("d")
    expect_state(page, "Distributed Cache Invalidation Service", "Done")
    page.keyboard.press("z")
    expect_state(page, "Distributed Cache Invalidation Service", "To do")


def test_an_announcement_can_be_dismissed(page: Page) -> None:
    page.goto("/sections/caching/")
    toast = page.locator("#announcement .toast")
    mark(page, "Distributed Cache Invalidation Service", "Done")
    page.get_by_role("button", name="Dismiss").click()
    expect(toast).to_have_count(0)
    mark(page, "Distributed Cache Invalidation Service", "Reading")
    expect(toast).to_contain_text("Reading")
    page.keyboard.press("Escape")
    expect(toast).to_have_count(0)


def test_the_announcement_has_the_title_that_was_pressed(page: Page) -> None:
    page.goto("/sections/load-balancing/")
    mark(page, DEEP_DIVE, "Done")
    expect(page.locator("#announcement")).to_contain_text(f"{DEEP_DIVE}: Done")


def test_signing_out_in_another_tab_is_noticed(page: Page, account: User, watch: Watch) -> None:
    sign_in(page, "ada")
    page.goto("/sections/caching/")
    other = page.context.new_page()
    other.goto("/")
    other.locator("summary.account-button").click()
    other.get_by_role("button", name="Sign out").click()
    other.get_by_role("link", name="Sign in", exact=True).wait_for()
    mark(page, "Distributed Cache Invalidation Service", "Done")
    expect(page.locator("#announcement")).to_contain_text("out of date. Nothing was changed")
    expect_state(page, "Distributed Cache Invalidation Service", "To do")
    watch.faults.clear()  # the browser reports the refusal itself


def test_marking_an_article_removed_from_the_playbook_is_refused(page: Page, watch: Watch) -> None:
    page.goto("/sections/caching/")
    draft = Status.objects.get(slug="draft")
    Article.objects.filter(title="Cluster-Wide Cache Warm-Up Service").update(status=draft)
    mark(page, "Cluster-Wide Cache Warm-Up Service", "Done")
    expect(page.locator("#announcement")).to_contain_text("no longer in the playbook")
    watch.faults.clear()  # the browser reports the refusal itself


def test_keys_and_their_help_after_going_back(page: Page) -> None:
    page.goto("/articles/")
    page.get_by_label("Data Mastery").check()
    page.wait_for_url("**/articles/?layer=data-mastery")
    page.go_back()
    expect(page.get_by_label("Data Mastery")).not_to_be_checked()
    page.get_by_role("button", name="Keyboard shortcuts").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()


def test_the_count_of_a_table_by_state_follows_a_mark(page: Page) -> None:
    page.goto("/articles/?section=caching&state=todo")
    expect(page.locator("#result-count")).to_contain_text("4 articles")
    mark(page, "Cluster-Wide Cache Warm-Up Service", "Done")
    expect(page.locator("#result-count")).to_contain_text("3 articles")
    expect_state(page, "Cluster-Wide Cache Warm-Up Service", "Done")
    page.get_by_role("link", name="Show results").click()
    expect(page.locator("tr[data-entry]")).to_have_count(3)


def test_going_back_restores_the_filters_one_by_one(page: Page) -> None:
    page.goto("/articles/")
    page.get_by_label("Data Mastery").check()
    page.wait_for_url("**/articles/?layer=data-mastery")
    expect(page.locator(".result-count")).to_have_text("16 articles")
    page.locator("#filter-q").press_sequentially("cache")
    page.wait_for_url("**/articles/?layer=data-mastery&q=cache")
    expect(page.locator(".result-count")).to_have_text("3 articles")
    expect(page.locator("#filter-q")).to_be_focused()
    page.get_by_role("link", name="Layer: Data Mastery").click()
    page.wait_for_url("**/articles/?q=cache")
    expect(page.get_by_label("Data Mastery")).not_to_be_checked()
    page.go_back()
    page.wait_for_url("**/articles/?layer=data-mastery&q=cache")
    expect(page.get_by_label("Data Mastery")).to_be_checked()
    expect(page.locator("#filter-q")).to_have_value("cache")
    expect(page.locator(".result-count")).to_have_text("3 articles")


def test_marks_work_after_filtering(page: Page) -> None:
    page.goto("/articles/")
    page.get_by_label("Foundation Layer").check()
    expect(page.locator(".result-count")).to_have_text("3 articles")
    mark(page, "Unlocking Scalability: Advanced Blocks (p2)", "Done")
    expect_state(page, "Unlocking Scalability: Advanced Blocks (p2)", "Done")
    page.locator(".filter-menu > summary", has_text="My state").click()
    page.get_by_role("checkbox", name="Done").check()
    expect(page.locator(".result-count")).to_have_text("1 article")


def test_an_empty_result_offers_a_way_back(page: Page) -> None:
    page.goto("/articles/?status=planned&q=cache")
    page.locator(".empty").get_by_role("link", name="Status").click()
    expect(page.locator(".result-count")).to_contain_text("articles")
    page.wait_for_url("**/articles/?q=cache")


def test_the_chosen_layers_of_the_roadmap_survive_a_mark(page: Page) -> None:
    page.goto("/")
    page.locator("#tab-scale-reliability").click()
    page.wait_for_url("**/?layer=scale-reliability")
    expect(page.locator("tr[data-entry]")).to_have_count(13)
    expect(page.locator("#tab-scale-reliability")).to_be_focused()
    mark(page, DEEP_DIVE, "Done")
    expect_figures(page, overall="1 of 39 done", tab_figure_data_mastery="1 of 16")
    page.go_back()
    expect(page.locator("tr[data-entry]")).to_have_count(43)
    expect_state(page, SEPARATION, "Done")


def test_going_back_shows_later_marks(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="Payment Wallet", exact=True).click()
    page.wait_for_url("**/articles/payment-wallet/")
    page.locator("#article-state summary").click()
    page.locator("#article-state").get_by_role("button", name="Done").click()
    expect(page.locator("#article-history")).to_contain_text("To do → Done")
    page.go_back()
    expect_state(page, "Payment Wallet", "Done")
    expect_figures(page, overall="1 of 39 done")


def test_a_visitors_marks_join_the_new_account(page: Page) -> None:
    page.goto("/sections/caching/")
    mark(page, "Distributed Cache Invalidation Service", "Done")
    mark(page, "Client-Side Caching with ETag Validation", "Reading")
    expect_figures(page, section_caching="1 of 4 done")
    page.get_by_role("link", name="Sign up").first.click()
    page.locator("[name=username]").fill("grace")
    page.locator("[name=password1]").fill(PASSWORD)
    page.locator("[name=password2]").fill(PASSWORD)
    page.get_by_role("button", name="Sign up").click()
    page.wait_for_url("**/sections/caching/")
    expect(page.locator(".messages")).to_contain_text("2 articles you marked in this browser")
    expect_state(page, "Distributed Cache Invalidation Service", "Done")
    states = State.objects.filter(user__username="grace").values_list("article__slug", "state")
    assert dict(states) == {
        "distributed-cache-invalidation-service": "done",
        "client-side-caching-with-etag-validation": "reading",
    }


def test_the_further_state_wins_at_sign_in(page: Page, account: User) -> None:
    article = Article.objects.get(slug="payment-wallet")
    State.objects.create(user=account, article=article, state="done")
    page.goto("/articles/payment-wallet/")
    page.locator("#article-state summary").click()
    page.locator("#article-state").get_by_role("button", name="Reading").click()
    expect(page.locator("#announcement")).to_contain_text("Reading")
    fill_in_sign_in(page, "ada")
    expect(page.locator(".messages")).to_contain_text("already had everything")
    expect_state(page, "Payment Wallet", "Done")


def test_marks_in_two_tabs_are_both_kept(page: Page) -> None:
    page.goto("/sections/caching/")
    mark(page, "Distributed Cache Invalidation Service", "Done")
    expect_figures(page, section_caching="1 of 4 done")
    other = page.context.new_page()
    other.goto("/sections/caching/")
    mark(other, "Client-Side Caching with ETag Validation", "Done")
    expect_figures(other, section_caching="2 of 4 done")
    mark(page, "Cluster-Wide Cache Warm-Up Service", "Done")
    expect_figures(page, section_caching="3 of 4 done")


def test_opening_the_link_marks_as_reading_where_wanted(page: Page, account: User) -> None:
    account.marks_reading_on_open = True
    account.save()
    own = "http://127.0.0.1:9/nowhere"
    Article.objects.filter(slug="payment-wallet").update(url=own)
    page.context.route(own, lambda route: route.fulfill(body="the article"))
    sign_in(page, "ada")
    page.goto("/sections/domain-case-studies/")
    page.evaluate("window.open = (...opened) => { window.opened = opened; }")
    row(page, "Payment Wallet").get_by_role("button", name=re.compile("^Read ")).click()
    expect_state(page, "Payment Wallet", "Reading")
    assert page.evaluate("window.opened") == [own, "_blank", "noopener"]
    page.goto("/")
    page.evaluate("window.open = () => null")
    page.locator("#overall [data-open]").click()
    expect_state(page, "Unlocking Scalability: Building Blocks (p1)", "Reading")


def test_the_theme_is_remembered(page: Page) -> None:
    page.goto("/")
    page.locator(".site-header summary.icon-button").click()
    with page.expect_response("**/theme/"):
        page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_a_lost_connection_is_reported_and_changes_nothing(page: Page, watch: Watch) -> None:
    page.goto("/sections/caching/")
    page.context.set_offline(True)
    mark(page, "Cluster-Wide Cache Warm-Up Service", "Done")
    expect(page.locator("#announcement")).to_contain_text("Nothing was changed")
    expect_state(page, "Cluster-Wide Cache Warm-Up Service", "To do")
    page.context.set_offline(False)
    mark(page, "Cluster-Wide Cache Warm-Up Service", "Done")
    expect_state(page, "Cluster-Wide Cache Warm-Up Service", "Done")
    watch.faults.clear()  # the lost connection itself


def test_a_change_that_cannot_be_saved_now_is_sent_again(page: Page, watch: Watch) -> None:
    asked: list[str | None] = []

    def refuse_twice(route: Route) -> None:
        asked.append(route.request.post_data)
        if len(asked) > 2:
            return route.continue_()
        return route.fulfill(status=503, headers={"Retry-After": "1"})

    page.goto("/sections/caching/")
    page.route("**/state/*", refuse_twice)
    mark(page, "Cluster-Wide Cache Warm-Up Service", "Done")
    expect(page.locator("#announcement")).to_contain_text("It is sent again in 1 s")
    expect_state(page, "Cluster-Wide Cache Warm-Up Service", "Done")
    expect(page.locator("#announcement")).to_contain_text("Done")
    assert len(asked) == 3
    watch.faults.clear()  # the refusals themselves


def test_a_later_change_replaces_one_that_waits_to_be_sent_again(page: Page, watch: Watch) -> None:
    asked: list[str] = []

    def refuse_once(route: Route) -> None:
        asked.append(route.request.post_data or "")
        if len(asked) > 1:
            return route.continue_()
        return route.fulfill(status=503, headers={"Retry-After": "1"})

    page.goto("/sections/caching/")
    page.route("**/state/*", refuse_once)
    mark(page, "Cluster-Wide Cache Warm-Up Service", "Done")
    expect(page.locator("#announcement")).to_contain_text("It is sent again in 1 s")
    mark(page, "Cluster-Wide Cache Warm-Up Service", "Skipped")
    expect_state(page, "Cluster-Wide Cache Warm-Up Service", "Skipped")
    page.evaluate("new Promise((resolve) => setTimeout(resolve, 1500))")
    expect_state(page, "Cluster-Wide Cache Warm-Up Service", "Skipped")
    assert len(asked) == 2
    watch.faults.clear()  # the refusal itself


def test_the_whole_journey_works_without_javascript(plain_page: Page) -> None:
    page = plain_page
    page.goto("/")
    mark(page, DEEP_DIVE, "Done")
    expect(page).to_have_url(re.compile(r"/#entry-\d+$"))
    expect_state(page, SEPARATION, "Done")
    expect_figures(page, overall="1 of 39 done", tab_figure_data_mastery="1 of 16")
    page.get_by_role("button", name="Undo").click()
    expect_figures(page, overall="0 of 39 done")
    mark(page, "Payment Wallet", "Done")
    expect_state(page, "Payment Wallet", "Done")

    page.goto("/articles/")
    page.get_by_label("Domain Expertise").check()
    page.locator(".filter-menu > summary", has_text="My state").click()
    page.get_by_role("checkbox", name="Done").check()
    page.locator(".filter-menu > summary", has_text="My state").click()
    page.get_by_role("button", name="Filter", exact=True).click()
    page.wait_for_url("**/articles/?layer=domain-expertise&state=done")
    expect(page.locator(".result-count")).to_have_text("1 article")
    page.get_by_role("link", name="My state: Done").click()
    expect(page.locator(".result-count")).to_have_text("11 articles")

    page.get_by_role("link", name="Progress", exact=True).click()
    expect(page).to_have_url("/me/")
    page.get_by_role("link", name="Sign up").first.click()
    page.locator("[name=username]").fill("joan")
    page.locator("[name=password1]").fill(PASSWORD)
    page.locator("[name=password2]").fill(PASSWORD)
    page.get_by_role("button", name="Sign up").click()
    page.wait_for_url("**/me/")
    expect(page.locator(".messages")).to_contain_text("1 article you marked")
    expect_figures(page, overall="1 of 39 done")

    page.goto("/articles/payment-wallet/")
    page.locator("#article-state summary").click()
    page.locator("#article-state").get_by_role("button", name="To do").click()
    expect(page.locator(".history")).to_contain_text("Done → To do")
    page.goto("/me/")
    expect_figures(page, overall="0 of 39 done")
    page.locator("summary.account-button").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("link", name="Sign in", exact=True)).to_be_visible()
    assert Event.objects.filter(user__username="joan").count() == 2
