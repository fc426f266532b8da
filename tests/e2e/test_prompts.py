"""An editor writes the prompts of an article, and readers test themselves with them."""

import pytest
from playwright.sync_api import Locator, Page, expect

from catalog.models import Article
from catalog.prompts.models import Prompt
from tests.e2e.conftest import leads_to_page
from tests.e2e.test_accessibility import assert_accessible
from tests.e2e.test_admin import enter, save

SLUG = "payment-wallet"
SOURCE = "RFC 9110 https://www.rfc-editor.org/rfc/rfc9110"


def questions(page: Page) -> list[str]:
    page.goto(f"/articles/{SLUG}/")
    return page.locator(".prompt-question").all_inner_texts()


def row(page: Page, question: str) -> Locator:
    return page.locator("#prompts-group tr.has_original").filter(has_text=question)


def write(page: Page, number: int, question: str) -> None:
    page.locator(f"[name=prompts-{number}-question]").fill(question)
    page.locator(f"[name=prompts-{number}-answer]").fill(f"Because {question}")
    page.locator(f"[name=prompts-{number}-source_lines]").fill(SOURCE)


@pytest.mark.usefixtures("editor")
def test_an_editor_adds_orders_retires_and_reverts_prompts(page: Page) -> None:
    form = f"/admin/catalog/article/{Article.objects.get(slug=SLUG).pk}/change/"
    enter(page)
    page.goto(form)
    write(page, 0, "Why one?")
    page.get_by_role("button", name="Add another prompt").click()
    write(page, 1, "Why two?")
    page.get_by_role("button", name="Add another prompt").click()
    write(page, 2, "Why three?")
    save(page)
    assert questions(page) == ["Why one?", "Why two?", "Why three?"]

    page.goto(form)
    row(page, "Why three?").get_by_role("button", name="Move to the top").click()
    row(page, "Why one?").get_by_label("Retired").check()
    row(page, "Why two?").locator("[name$=-answer]").fill("So that.")
    save(page)
    assert questions(page) == ["Why three?", "Why two?"]

    page.goto(form)
    with leads_to_page(page):
        row(page, "Why two?").get_by_role("link", name="History").click()
    with leads_to_page(page):
        page.get_by_role("link", name="Revert to these values").last.click()
    page.locator("#content input[type=submit], #content button[type=submit]").first.click()
    expect(page.locator(".messagelist")).to_contain_text("Reverted to the values of")
    assert Prompt.objects.get(question="Why two?").answer == "Because Why two?"

    page.goto(form)
    row(page, "Why one?").get_by_label("Retired").uncheck()
    save(page)
    assert sorted(questions(page)) == ["Why one?", "Why three?", "Why two?"]


def test_a_reader_tests_themselves_without_javascript(page: Page, plain_page: Page) -> None:
    article = Article.objects.get(slug=SLUG)
    Prompt.objects.create(
        article=article, question="Why one?", answer="Because.", source_lines=SOURCE
    )
    plain_page.goto(f"/articles/{SLUG}/")
    expect(plain_page.get_by_text("Because.")).to_be_hidden()
    plain_page.get_by_text("Why one?").click()
    expect(plain_page.get_by_text("Because.")).to_be_visible()
    expect(plain_page.get_by_role("link", name="RFC 9110")).to_be_visible()

    page.goto(f"/articles/{SLUG}/")
    page.locator(".prompt summary").press("Enter")
    expect(page.get_by_text("Because.")).to_be_visible()
    assert_accessible(page)
