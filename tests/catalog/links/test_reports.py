"""Reports of broken links by learners."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from django.contrib.auth import get_user_model
from django.db import IntegrityError, connection
from django.test import Client
from django.urls import reverse

from accounts.models import User
from catalog.links.models import BrokenLink, Report
from catalog.models import Article, Status

pytestmark = pytest.mark.usefixtures("playbook")

NOW = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)


@pytest.fixture
def article() -> Article:
    return Article.objects.get(slug="payment-wallet")


def report(client: Client, article: Article, **data: str) -> list[str]:
    """Report the link, and return the messages of the page that follows."""
    address = reverse("links:report_create", args=[article.slug])
    response = client.post(address, data or {"url": article.url}, follow=True)
    assert response.redirect_chain == [(article.get_absolute_url(), 302)]
    return [str(message) for message in response.context["messages"]]


def test_a_visitor_is_sent_to_sign_in_and_a_learner_gets_the_form(
    client: Client, learner: User, article: Article
) -> None:
    address, page = reverse("links:report_create", args=[article.slug]), article.get_absolute_url()
    as_visitor = client.get(page).content.decode()
    sign_in = f'<a href="{reverse("account_login")}?next={page}" rel="nofollow">'
    assert f"{sign_in}Sign in to report a broken link</a>" in as_visitor
    assert address not in as_visitor
    client.force_login(learner)
    form = client.get(page).content.decode().partition(f'action="{address}"')[2]
    form = form.partition("</form>")[0]
    assert f'<input type="hidden" name="url" value="{article.url}">' in form
    assert "Report a broken link" in form


def test_a_learner_can_report_a_link_once_a_day(
    client: Client, learner: User, article: Article
) -> None:
    client.force_login(learner)
    assert report(client, article) == ["Thank you. The broken link was reported to the editors."]
    assert report(client, article) == ["You already reported this link today. Thank you."]
    stored = Report.objects.get()
    assert (stored.learner, stored.article, stored.url) == (learner, article, article.url)
    other = get_user_model().objects.create_user("other", "", "an-other's-password")
    client.force_login(other)
    report(client, article)
    assert Report.objects.count() == 2


def test_days_of_reports_are_in_utc(learner: User, article: Article) -> None:
    times = [NOW, NOW + timedelta(minutes=29), NOW + timedelta(minutes=30), NOW]
    filed = [Report.objects.file(learner.pk, article, at) for at in times]
    assert filed == [True, False, True, False]


def test_the_database_refuses_a_second_report_on_one_day(learner: User, article: Article) -> None:
    Report.objects.file(learner.pk, article, NOW)
    with pytest.raises(IntegrityError):
        Report.objects.create(learner=learner, article=article, day=NOW.date())


@pytest.mark.django_db(transaction=True)
def test_simultaneous_reports_are_stored_once(learner: User, article: Article) -> None:
    together = Barrier(2)

    def file(_number: int) -> bool:
        together.wait()
        try:
            return Report.objects.file(learner.pk, article, NOW)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(file, range(2))) == [False, True]
    assert Report.objects.count() == 1


def test_a_visitor_is_asked_to_sign_in(client: Client, article: Article) -> None:
    response = client.post(
        reverse("links:report_create", args=[article.slug]), {"url": article.url}, follow=True
    )
    login = f"{reverse('account_login')}?next={article.get_absolute_url()}"
    assert response.redirect_chain == [(login, 302)]
    assert "Sign in to report a broken link." in response.content.decode()
    assert not Report.objects.exists()


@pytest.mark.parametrize("who", ["visitor", "learner", "editor"])
def test_a_draft_cannot_be_reported(
    client: Client, learner: User, editor: User, article: Article, who: str
) -> None:
    article.status = Status.objects.get(slug="draft")
    article.save()
    if who != "visitor":
        client.force_login({"learner": learner, "editor": editor}[who])
    for slug in (article.slug, "never-was"):
        address = reverse("links:report_create", args=[slug])
        assert client.post(address, {"url": article.url}).status_code == 404
    assert not Report.objects.exists()
    page = client.get(article.get_absolute_url()).content.decode()
    assert "Report a broken link" not in page
    assert (article.title in page) == (who == "editor")


def spoiled(article: Article) -> Iterator[tuple[str, Article]]:
    old_url = article.url
    article.url = "https://example.org/another"
    article.save()
    yield old_url, article
    article.url = ""
    article.save()
    yield "", article
    article.url = old_url
    article.save()
    article.retire()
    yield old_url, article


def test_a_link_that_changed_is_not_reported(
    client: Client, learner: User, article: Article
) -> None:
    client.force_login(learner)
    for url, changed in spoiled(article):
        shown_messages = report(client, changed, url=url)
        assert shown_messages == ["That link has changed in the meantime. Nothing was reported."]
    assert not Report.objects.exists()


def test_a_report_does_not_count_for_a_new_address(learner: User, article: Article) -> None:
    Report.objects.file(learner.pk, article, NOW)
    assert [link.pk for link in BrokenLink.objects.waiting()] == [article.pk]
    article.url = "https://example.org/another"
    article.save()
    assert not BrokenLink.objects.waiting().exists()


def test_reports_are_deleted_with_the_account(learner: User, article: Article) -> None:
    Report.objects.file(learner.pk, article, NOW)
    learner.delete()
    assert not Report.objects.exists()


def test_a_get_changes_nothing(client: Client, learner: User, article: Article) -> None:
    client.force_login(learner)
    assert client.get(reverse("links:report_create", args=[article.slug])).status_code == 405
    assert not Report.objects.exists()


def test_the_reporter_is_shown_to_nobody(
    client: Client, learner: User, editor: User, article: Article
) -> None:
    learner.username, learner.email = "a-name-to-find", "found@example.net"
    learner.save()
    Report.objects.file(learner.pk, article, NOW)
    public = client.get(article.get_absolute_url()).content.decode()
    client.force_login(editor)
    addresses = [
        article.get_absolute_url(),
        reverse("admin:index"),
        reverse("admin:links_brokenlink_changelist"),
        reverse("admin:links_brokenlink_change", args=[article.pk]),
        reverse("admin:links_brokenlink_delete", args=[article.pk]),
    ]
    pages = [client.get(address).content.decode() for address in addresses]
    for page in (public, *pages):
        assert "a-name-to-find" not in page
        assert "found@example.net" not in page
    assert "1 (1 Mar 2026)" in pages[2]
