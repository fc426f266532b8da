"""Import a new version of the playbook: preview, decide, apply and undo."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from catalog.models import Article
from catalog.playbook_file.writing.formats import write
from catalog.stored_catalog import stored
from progress.models import State
from tests.e2e.conftest import sign_in

pytestmark = pytest.mark.usefixtures("editor")

OLD, NEW = "payment-wallet-g-pay-5b7901edee81", "payment-wallet-000000000abc"


def enter(page: Page) -> None:
    sign_in(page, "editor")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Export the playbook, with a new title and address for the wallet and without one article."""
    text = write(stored(), "markdown").replace(OLD, NEW)
    text = text.replace("**Payment Wallet**", "**Digital Payment Wallet**")
    path = tmp_path / "playbook.md"
    path.write_text(re.sub(r"\n.*Counting Every Click.*", "", text))
    return path


def test_import_is_previewed_decided_applied_and_undone(
    page: Page, file: Path, learner: User
) -> None:
    wallet = Article.objects.get(slug="payment-wallet")
    State.objects.create(user=learner, article=wallet, state="done")
    enter(page)
    page.goto("/admin/playbook_file/revision/add/")
    page.get_by_label("A Markdown or JSON file").set_input_files(file)
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("#summary")).to_contain_text("2 retired")
    page.get_by_label("It is “Payment Wallet” (1 learner)").check()
    page.get_by_role("button", name="Preview with these decisions").click()
    expect(page.locator("#summary")).to_contain_text("1 new address")
    expect(page.locator("#summary")).to_contain_text("1 learner affected")
    page.get_by_role("button", name="Apply").click()
    expect(page.locator(".messagelist")).to_contain_text("Applied")
    wallet.refresh_from_db()
    assert wallet.url.endswith(NEW)
    assert State.objects.get(user=learner).article == wallet
    page.goto("/changes/")
    expect(page.locator("main")).to_contain_text("Digital Payment Wallet")
    page.goto("/admin/playbook_file/revision/")
    page.locator("#result_list tbody a").first.click()
    page.get_by_role("button", name="Undo").click()
    page.get_by_role("button", name="Apply").click()
    expect(page.locator(".messagelist")).to_contain_text("Applied")
    wallet.refresh_from_db()
    assert wallet.url.endswith(OLD)
    assert State.objects.get(user=learner).article == wallet
