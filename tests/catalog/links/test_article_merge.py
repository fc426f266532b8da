"""Reports and checks of the links of two articles that are merged."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.models import User
from catalog.links.models import BrokenLink, Check, Report
from catalog.links.results import CheckResult
from catalog.merging import merge_articles
from catalog.models import Article

pytestmark = pytest.mark.usefixtures("playbook")

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def kept() -> Article:
    return Article.objects.get(slug="payment-wallet")


@pytest.fixture
def duplicate() -> Article:
    return Article.objects.get(slug="ticket-booking-system")


def report(user: User, article: Article, days: int = 0) -> Report:
    Report.objects.file(user.pk, article, NOW + timedelta(days=days))
    return Report.objects.latest("pk")


def visit(article: Article, result: CheckResult) -> Check | None:
    return Check.objects.record(article.pk, article.url, result, NOW)


def waiting() -> list[str]:
    return [link.slug for link in BrokenLink.objects.waiting()]


def test_reports_move_to_the_kept_article(learner: User, kept: Article, duplicate: Article) -> None:
    reports = [report(learner, kept), report(learner, duplicate, 1), report(learner, duplicate, 2)]
    reports[2].settled_at = NOW
    reports[2].save()
    merge_articles(kept, duplicate)
    after = Report.objects.values_list("pk", "article", "url", "settled_at")
    assert list(after) == [(r.pk, kept.pk, r.url, r.settled_at) for r in reports]
    assert waiting() == [kept.slug]


def test_reports_of_both_articles_on_one_day_are_kept_and_count_once(
    learner: User, editor: User, kept: Article, duplicate: Article
) -> None:
    mine, twin = report(learner, kept), report(learner, duplicate)
    other = report(editor, duplicate)
    merge_articles(kept, duplicate)
    after = dict(Report.objects.values_list("pk", "article"))
    assert after == {mine.pk: kept.pk, twin.pk: duplicate.pk, other.pk: kept.pk}
    assert waiting() == [kept.slug]


def test_the_queue_drops_findings_of_the_duplicate(
    learner: User, kept: Article, duplicate: Article
) -> None:
    report(learner, duplicate)
    visit(duplicate, CheckResult(200, new_url="https://example.org/moved"))
    assert waiting() == [duplicate.slug]
    merge_articles(kept, duplicate)
    assert waiting() == []


def test_findings_follow_the_link_to_the_kept_article(
    learner: User, kept: Article, duplicate: Article
) -> None:
    """The kept article has no check of its own."""
    visit(kept, CheckResult(404))
    kept.url = ""
    kept.save()
    report(learner, duplicate)
    visit(duplicate, CheckResult(200, new_url="https://example.org/moved"))
    merge_articles(kept, duplicate)
    link = BrokenLink.objects.waiting().with_findings().get()
    assert (link.pk, link.report_count, link.suggested_url) == (
        kept.pk,
        1,
        "https://example.org/moved",
    )
    assert Check.objects.count() == 1


@pytest.mark.parametrize("has_own", [True, False])
def test_the_latest_check_moves_unless_the_kept_article_has_one(
    kept: Article, duplicate: Article, has_own: bool
) -> None:
    own = visit(kept, CheckResult(200)) if has_own else None
    other = visit(duplicate, CheckResult(404))
    assert other is not None
    merge_articles(kept, duplicate)
    assert Check.objects.get(article=kept) == (own or other)
    assert Check.objects.filter(article=duplicate).exists() is has_own
