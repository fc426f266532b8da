"""The editors' queue of broken links."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from catalog.links.models import BrokenLink, Check, Report
from catalog.links.results import CheckResult
from catalog.models import Article, Entry, Section
from tests.catalog.admin_pages import errors, filled_in, listed, messages, text_of
from tests.catalog.test_editor_queues import queues

pytestmark = pytest.mark.usefixtures("playbook")

QUEUE = "/admin/links/brokenlink/"
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
NEW = "https://example.org/the-new-one"


def with_links(count: int) -> list[Article]:
    return list(Article.objects.listed().exclude(url="").order_by("title", "pk")[:count])


def find(article: Article, visit: CheckResult, *, days: int = 1) -> None:
    for day in range(days):
        Check.objects.record(article.pk, article.url, visit, NOW + timedelta(days=day))


def act(client: Client, action: str, *chosen: Article, **more: Any) -> Any:
    data = {"action": action, "_selected_action": [article.pk for article in chosen], **more}
    return client.post(QUEUE, data, follow=True)


def page_of(article: Article) -> str:
    return reverse("admin:links_brokenlink_change", args=[article.pk])


def accept(client: Client, article: Article, **changes: Any) -> Any:
    path = page_of(article)
    return client.post(path, {**filled_in(client.get(path)), **changes}, follow=True)


def waiting() -> list[str]:
    return [link.title for link in BrokenLink.objects.waiting().order_by("title")]


@pytest.fixture(autouse=True)
def signed_in(client: Client, editor: User) -> None:
    client.force_login(editor)


@pytest.fixture
def second(db: None) -> User:
    return User.objects.create_user("second", "second@example.org", "a-second's-password")


def test_the_queue_holds_reported_gone_and_moved_links(
    client: Client, learner: User, second: User
) -> None:
    reported, gone, moved, both, fine, unknown, retired, dismissed = with_links(8)
    for who, article, days in [
        (learner, reported, 0),
        (learner, reported, 1),
        (second, reported, 1),
        (learner, both, 0),
        (learner, retired, 0),
        (learner, dismissed, 0),
    ]:
        Report.objects.file(who.pk, article, NOW + timedelta(days=days))
    find(gone, CheckResult(404), days=4)
    find(moved, CheckResult(200, new_url=NEW))
    find(both, CheckResult(403))
    find(fine, CheckResult(200))
    find(unknown, CheckResult(404), days=2)
    find(dismissed, CheckResult(404), days=4)
    BrokenLink.objects.get(pk=dismissed.pk).settle()
    retired.retire()
    assert queues(client)["Broken links"] == (4, QUEUE)
    response = client.get(QUEUE)
    assert response.context["cl"].result_count == 4
    assert listed(response) == [reported.title, both.title, *sorted([gone.title, moved.title])]
    text = text_of(response)
    assert "3 (1 Mar 2026 – 2 Mar 2026) not checked yet" in text
    assert "1 (1 Mar 2026) Unknown: it answered 403 (checked 1 Mar 2026)" in text
    assert "none Gone, missing since 1 Mar 2026 (checked 4 Mar 2026)" in text
    assert f"none Moved (checked 1 Mar 2026) {NEW} " in text


@pytest.mark.parametrize("size", [1, 12])
def test_the_number_of_queries_does_not_grow_with_the_queue(
    client: Client, learner: User, django_assert_num_queries: DjangoAssertNumQueries, size: int
) -> None:
    for article in with_links(size):
        Report.objects.file(learner.pk, article, NOW)
        find(article, CheckResult(200, new_url=f"{NEW}/{article.pk}"))
    client.get(QUEUE)
    with django_assert_num_queries(7):
        assert len(listed(client.get(QUEUE))) == size


def test_accepting_stores_the_new_address(client: Client, learner: User) -> None:
    [article] = with_links(1)
    Report.objects.file(learner.pk, article, NOW)
    find(article, CheckResult(200, new_url=NEW))
    assert filled_in(client.get(page_of(article)))["url"] == NEW
    response = accept(client, article)
    assert response.redirect_chain == [(QUEUE, 302)]
    assert messages(response) == [f"The address of “{article.title}” was changed."]
    changed = Article.objects.get(pk=article.pk)
    assert (changed.url, changed.slug, changed.uuid) == (NEW, article.slug, article.uuid)
    assert {alias.key for alias in changed.aliases.all()} >= {article.key, changed.key}
    assert waiting() == []
    history = client.get(reverse("admin:catalog_article_history", args=[article.pk]))
    assert NEW in text_of(history)
    by_its_page = client.get(reverse("admin:links_brokenlink_history", args=[article.pk]))
    assert by_its_page.headers["Location"] == history.request["PATH_INFO"]


def test_a_simultaneous_change_of_title_is_kept(client: Client) -> None:
    [article] = with_links(1)
    find(article, CheckResult(200, new_url=NEW))
    form = filled_in(client.get(page_of(article)))
    article.title = "Theirs"
    article.save()
    response = client.post(page_of(article), form, follow=True)
    assert messages(response) == ["The address of “Theirs” was changed."]
    changed = Article.objects.get(pk=article.pk)
    assert (changed.title, changed.url) == ("Theirs", NEW)


def test_a_simultaneous_change_of_address_is_not_overwritten(client: Client) -> None:
    [article] = with_links(1)
    find(article, CheckResult(200, new_url=NEW))
    form = filled_in(client.get(page_of(article)))
    article.url = "https://example.org/theirs"
    article.save()
    response = client.post(page_of(article), form, follow=True)
    assert response.redirect_chain == [(QUEUE, 302)]
    assert messages(response) == [
        "That link is no longer in the queue: somebody has dealt with it."
    ]
    assert Article.objects.get(pk=article.pk).url == "https://example.org/theirs"


def test_an_editor_can_enter_a_different_address(client: Client) -> None:
    [article] = with_links(1)
    find(article, CheckResult(200, new_url=NEW))
    accept(client, article, url="https://example.org/better")
    assert Article.objects.get(pk=article.pk).url == "https://example.org/better"


@pytest.mark.parametrize("action", ["page", "list"])
def test_the_address_of_another_article_is_refused(client: Client, action: str) -> None:
    article, other = with_links(2)
    find(article, CheckResult(200, new_url=f"{other.url}?source=elsewhere"))
    if action == "page":
        text = " ".join(errors(accept(client, article)))
    else:
        text = " ".join(messages(act(client, "accept_selected", article)))
    link = reverse("admin:catalog_article_change", args=[other.pk])
    assert f'This is already the article <a href="{link}">' in text
    assert Article.objects.get(pk=article.pk).url == article.url
    assert waiting() == [article.title]
    assert not LogEntry.objects.exists()


@pytest.mark.parametrize(
    ("url", "error"),
    [
        ("", "Enter the new address."),
        ("ftp://example.org/a", "Enter a valid URL."),
        (
            "https://me:secret@example.org/",
            "The address must not contain a user name or a password.",
        ),
        ("https://example.org:99999/", "The port must be 65535 or less."),
        ("the old one", "Enter a valid URL."),
    ],
)
def test_an_invalid_address_is_refused(client: Client, url: str, error: str) -> None:
    [article] = with_links(1)
    find(article, CheckResult(404), days=4)
    response = accept(client, article, url=url)
    assert errors(response) == [error]
    assert article.url in text_of(response)
    assert Article.objects.get(pk=article.pk).url == article.url


def test_the_present_address_is_refused(client: Client) -> None:
    [article] = with_links(1)
    find(article, CheckResult(404), days=4)
    assert errors(accept(client, article, url=article.url)) == [
        "The article already has that address. If it works, dismiss the reports."
    ]


def test_several_addresses_are_accepted_at_once(client: Client) -> None:
    first, second, without = with_links(3)
    find(first, CheckResult(200, new_url=f"{NEW}/1"))
    find(second, CheckResult(200, new_url=f"{NEW}/2"))
    find(without, CheckResult(404), days=4)
    response = act(client, "accept_selected", first, second, without)
    assert messages(response) == [
        f"{without.title}: no new address is known. Open the article here to enter one.",
        "The addresses of 2 articles were changed.",
    ]
    urls = [Article.objects.get(pk=article.pk).url for article in (first, second, without)]
    assert urls == [f"{NEW}/1", f"{NEW}/2", without.url]
    assert waiting() == [without.title]


def numbers(section: Section) -> list[int]:
    return [entry.number for entry in section.entries.current()]


@pytest.mark.parametrize("action", ["page", "list"])
def test_retiring_works_as_in_the_article_admin(client: Client, action: str) -> None:
    section = Section.objects.listed()[0]
    article = section.entries.current().exclude(article__url="")[0].article
    count = len(numbers(section))
    find(article, CheckResult(404), days=4)
    if action == "page":
        path = reverse("admin:links_brokenlink_delete", args=[article.pk])
        assert "Affected learners" in text_of(client.get(path))
        response = client.post(path, {"post": "yes"}, follow=True)
        assert response.redirect_chain == [(QUEUE, 302)]
    else:
        assert "Affected learners" in text_of(act(client, "retire_selected", article))
        response = act(client, "retire_selected", article, confirmed="yes")
        assert messages(response) == ["Retired: 1 broken link."]
    article.refresh_from_db()
    assert article.is_retired
    assert numbers(section) == list(range(1, count))
    assert Entry.objects.filter(article=article).exists()
    assert waiting() == []
    history = client.get(reverse("admin:catalog_article_history", args=[article.pk]))
    assert "by editor Field Before After Retired at" in text_of(history)


@pytest.mark.parametrize("action", ["page", "list"])
def test_a_dismissed_link_returns_with_a_new_finding(
    client: Client, learner: User, second: User, action: str
) -> None:
    [article] = with_links(1)
    Report.objects.file(learner.pk, article, NOW)
    find(article, CheckResult(404), days=4)
    if action == "page":
        response = client.post(page_of(article), {"_dismiss": "Dismiss", "url": "no address"})
        assert response.headers["Location"] == QUEUE
    else:
        shown_messages = messages(act(client, "dismiss_selected", article))
        assert shown_messages == ["1 link was dismissed. It returns if something new is found."]
    assert waiting() == []
    find(article, CheckResult(404), days=5)
    assert waiting() == []
    Report.objects.file(second.pk, article, NOW + timedelta(days=5))
    assert waiting() == [article.title]
    assert "1 (6 Mar 2026)" in text_of(client.get(QUEUE))
    BrokenLink.objects.get(pk=article.pk).settle()
    find(article, CheckResult(200, new_url=NEW))
    assert waiting() == [article.title]
    assert Article.objects.get(pk=article.pk).url == article.url


def test_the_queue_needs_permission_to_change_articles(client: Client, learner: User) -> None:
    [article] = with_links(1)
    find(article, CheckResult(404), days=4)
    learner.is_staff = True
    learner.save()
    learner.user_permissions.add(Permission.objects.get(codename="view_article"))
    client.force_login(learner)
    assert "Broken links" not in queues(client)
    assert "brokenlink" not in client.get(reverse("admin:index")).content.decode()
    assert client.get(QUEUE).status_code == 403
    assert client.get(page_of(article)).status_code == 403
    assert client.post(page_of(article), {"_dismiss": "yes"}).status_code == 403
    assert act(client, "dismiss_selected", article).status_code == 403
    assert waiting() == [article.title]
    learner.user_permissions.add(Permission.objects.get(codename="change_article"))
    assert client.get(QUEUE).status_code == 200
    assert act(client, "retire_selected", article, confirmed="yes").status_code == 200
    assert not Article.objects.get(pk=article.pk).is_retired


def test_broken_links_cannot_be_added(client: Client) -> None:
    assert client.get(f"{QUEUE}add/").status_code == 403


def test_findings_of_a_replaced_address_are_not_shown(client: Client, learner: User) -> None:
    [article] = with_links(1)
    find(article, CheckResult(200, new_url=NEW))
    article.url = "https://example.org/another"
    article.save()
    Report.objects.file(learner.pk, article, NOW)
    assert "1 (1 Mar 2026) not checked yet" in text_of(client.get(QUEUE))
    page = client.get(page_of(article))
    assert page.context["adminform"].form["url"].value() == ""
    assert NEW not in page.content.decode()


@pytest.mark.parametrize("new_url", ["", NEW])
def test_the_page_suggests_only_a_known_new_address(client: Client, new_url: str) -> None:
    [article] = with_links(1)
    find(article, CheckResult(200, new_url=new_url) if new_url else CheckResult(404), days=4)
    page = client.get(page_of(article))
    assert page.context["adminform"].form["url"].value() == new_url
    assert ("Leads to:" in text_of(page)) is bool(new_url)
    assert errors(client.post(page_of(article), filled_in(page) | {"url": ""})) == [
        "Enter the new address."
    ]


def test_accepting_is_the_primary_button_and_retiring_the_last_and_red_one(
    client: Client,
) -> None:
    """Test also that nothing is required that dismissing does not need."""
    [article] = with_links(1)
    find(article, CheckResult(404), days=4)
    html = client.get(page_of(article)).content.decode()
    line = html.split('class="submit-row"')[1].split("</form>")[0]
    ways = re.findall(r"<(?:input|a) [^>]*>", line)
    assert len(ways) == 3
    classes = [re.findall(r'class="([^"]*)"', way) for way in ways]
    assert classes == [["default"], [], ["deletelink"]]
    assert [way for way in ways if "formnovalidate" in way] == [ways[1]]
    assert 'name="_dismiss"' in ways[1]
    assert 'class="required"' not in html


def test_accepting_settles_the_reports_permanently(client: Client, learner: User) -> None:
    [article] = with_links(1)
    Report.objects.file(learner.pk, article, NOW)
    accept(client, article, url=NEW)
    assert Article.objects.get(pk=article.pk).url == NEW
    article.save()
    assert Report.objects.get().url == Article.objects.get(pk=article.pk).url
    assert waiting() == []
