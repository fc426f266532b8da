"""The outcome of checks over several days."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from catalog.links.models import Check, Outcome
from catalog.links.results import CheckResult, Fault
from catalog.models import Article

pytestmark = pytest.mark.usefixtures("playbook")

FIRST_DAY = datetime(2026, 3, 1, 4, tzinfo=UTC)
OK, MISSING, GONE_FOR_GOOD = CheckResult(200), CheckResult(404), CheckResult(410)


@pytest.fixture
def article() -> Article:
    return Article.objects.exclude(url="").order_by("pk")[0]


def note(article: Article, visit: CheckResult, day: float = 0) -> Check:
    at = FIRST_DAY + timedelta(days=day)
    check = Check.objects.record(article.pk, article.url, visit, at)
    assert check
    check.refresh_from_db()
    return check


@pytest.mark.parametrize(
    ("visit", "outcome", "reason"),
    [
        (CheckResult(200), Outcome.OK, "it answered 200"),
        (CheckResult(403), Outcome.UNKNOWN, "it answered 403"),
        (CheckResult(429), Outcome.UNKNOWN, "it answered 429"),
        (CheckResult(503), Outcome.UNKNOWN, "it answered 503"),
        (CheckResult(404), Outcome.UNKNOWN, "it answered 404"),
        (CheckResult(fault=Fault.TIMEOUT), Outcome.UNKNOWN, "it timed out"),
        (CheckResult(fault=Fault.NO_HOST), Outcome.UNKNOWN, "the host does not exist"),
        (CheckResult(403, new_url="https://example.org/new"), Outcome.UNKNOWN, "it answered 403"),
        (CheckResult(200, new_url="https://example.org/new"), Outcome.MOVED, "it answered 200"),
    ],
)
def test_a_check_stores_its_outcome(
    article: Article, visit: CheckResult, outcome: Outcome, reason: str
) -> None:
    check = note(article, visit)
    assert (check.outcome, check.reason) == (outcome, reason)
    assert check.new_url == (visit.new_url if outcome == Outcome.MOVED else "")
    assert check.checked_at == FIRST_DAY


@pytest.mark.parametrize(
    ("days", "outcomes"),
    [
        ([0, 1, 2, 3, 4], "???xx"),
        ([0, 0.1, 0.2, 0.3, 0.4], "?????"),
        ([0, 3], "??"),
        ([0, 0.5, 3, 3.5, 4], "????x"),
        ([0, 7, 14], "??x"),
    ],
)
def test_a_link_missing_on_three_days_is_gone(
    article: Article, days: list[float], outcomes: str
) -> None:
    check_results = [MISSING, GONE_FOR_GOOD] * len(days)
    results = [
        note(article, check_result, day).outcome
        for check_result, day in zip(check_results, days, strict=False)
    ]
    assert "".join("x" if outcome == Outcome.GONE else "?" for outcome in results) == outcomes


@pytest.mark.parametrize("between", [OK, CheckResult(403), CheckResult(fault=Fault.TIMEOUT)])
def test_a_different_result_restarts_the_count_of_missing_days(
    article: Article, between: CheckResult
) -> None:
    for day, visit in enumerate([MISSING, MISSING, between, MISSING, MISSING, MISSING]):
        assert note(article, visit, day).outcome != Outcome.GONE
    assert note(article, MISSING, 6).outcome == Outcome.GONE


def test_a_new_address_restarts_the_count_of_missing_days(article: Article) -> None:
    for day in range(4):
        check = note(article, MISSING, day)
    assert check.outcome == Outcome.GONE
    assert [*Check.objects.waiting()] == [check]
    article.url = "https://example.org/another"
    article.save()
    assert not Check.objects.waiting().exists()
    check = note(article, MISSING, 4)
    assert (check.outcome, check.missing_days) == (Outcome.UNKNOWN, 1)


def test_results_of_a_replaced_address_are_discarded(article: Article) -> None:
    url = article.url
    Article.objects.filter(pk=article.pk).update(url="https://example.org/another")
    assert Check.objects.record(article.pk, url, OK, FIRST_DAY) is None
    assert not Check.objects.exists()


def test_a_dismissed_finding_returns_when_it_changes(article: Article) -> None:
    first, second = (CheckResult(200, new_url=f"https://example.org/{name}") for name in "ab")
    story = [(first, 1), ("dismiss", 0), (first, 0), (CheckResult(503), 0), (first, 0), (second, 1)]
    story += [("dismiss", 0), (OK, 0), (second, 1)]
    for day, (event, waiting) in enumerate(story):
        if isinstance(event, CheckResult):
            note(article, event, day)
        else:
            Check.objects.dismiss()
        assert Check.objects.waiting().count() == waiting, (day, event)
    assert all(one != other for one, other in pairwise(story))
