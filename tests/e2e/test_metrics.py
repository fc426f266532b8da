"""The public figures in a browser: full of data, on a phone and on a desk, light and dark."""

from datetime import timedelta

from django.conf import LazySettings
from django.core.management import call_command
from playwright.sync_api import Page, expect

from accounts.models import User
from catalog.models import Article, Status
from progress.models import State
from progress.project_metrics import visitors
from progress.project_metrics.models import RepositoryFigures, VisitorDay
from tests.e2e.test_accessibility import WIDTHS, look_at


def fill(learner: User) -> None:
    statuses = list(Status.objects.public())
    for number, article in enumerate(Article.objects.order_by("pk")):
        article.status = statuses[number % len(statuses)]
        article.save()
        State.objects.create(user=learner, article=article, state="done")
    for days_ago in range(1, 40):
        date = visitors.today() - timedelta(days=days_ago)
        VisitorDay.objects.create(date=date, count=days_ago * 1000)
    RepositoryFigures.objects.create(name="owner/name", stars=123_456, forks=12_345)
    call_command("refresh_metrics")


def test_the_page_works_without_figures(page: Page) -> None:
    look_at(page, "/metrics/")


def test_the_page_works_with_all_figures(page: Page, account: User, settings: LazySettings) -> None:
    settings.METRICS_REPOSITORY = "owner/name"
    fill(account)
    look_at(page, "/metrics/")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        # Nothing of a table is cut off, and every bar has a length.
        frames = page.locator(".metrics-frame")
        assert frames.evaluate_all("all => all.map(one => one.scrollWidth - one.clientWidth)") == [
            0,
            0,
        ]
        bars = page.locator(":is(.metrics-stack, .metrics-days) rect:not([fill])")
        sizes = bars.evaluate_all("all => all.map(one => one.getBoundingClientRect().width)")
        assert min(sizes) > 1
    page.locator(".metrics details summary").click()
    assert page.get_by_role("table", name="Visitors per day").locator("tbody tr").count() == 30


def test_numbers_link_to_the_items_they_count_without_javascript(plain_page: Page) -> None:
    plain_page.goto("/metrics/")
    table = plain_page.get_by_role("table", name="Entries by layer and status")
    row = table.get_by_role("row", name="Data Mastery")
    assert row.get_by_role("cell").all_inner_texts() == ["16", "0", "0", "16"]
    row.get_by_role("link", name="16").click()
    plain_page.wait_for_url("**/articles/?layer=data-mastery&status=published")
    expect(plain_page.locator("#result-count")).to_have_text("16 articles")
