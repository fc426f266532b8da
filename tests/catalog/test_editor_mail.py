"""Editors who asked for it get mail about new suggestions and reports."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import Group
from django.core.mail import EmailMessage
from django.db import transaction
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from accounts.models import User
from catalog.links.models import Report
from catalog.models import Article, Section
from catalog.suggestions.models import Suggestion
from playbook.editor_mail import mail_editors

pytestmark = pytest.mark.usefixtures("playbook")

SUGGESTION = {
    "kind": "article",
    "title": "How a <lock> works & why",
    "url": "https://example.org/how-a-lock-works",
    "section": "caching",
    "notes": "It explains\nfencing tokens.",
}
Sending = Callable[[], None]


@pytest.fixture(autouse=True)
def site_with_mail(settings: Settings) -> None:
    settings.HAS_EMAIL = True
    settings.SITE_URL = "https://playbook.example.org"


@pytest.fixture
def wanting(editor: User) -> User:
    editor.wants_editor_mail = True
    editor.save()
    return editor


@pytest.fixture
def suggest(
    client: Client,
    learner: User,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> Sending:
    """Return a function that suggests an article, and commits."""

    def send() -> None:
        client.force_login(learner)
        with django_capture_on_commit_callbacks(execute=True):
            response = client.post("/contributing/", SUGGESTION)
        assert response.status_code == 302

    return send


@pytest.fixture
def report(
    client: Client, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> Callable[[User], None]:
    """Return a function that reports the link of an article, and commits."""
    article = Article.objects.get(slug="payment-wallet")

    def send(learner: User) -> None:
        client.force_login(learner)
        with django_capture_on_commit_callbacks(execute=True):
            client.post("/articles/payment-wallet/report/", {"url": article.url})

    return send


def test_a_suggestion_is_mailed(
    suggest: Sending, wanting: User, mailoutbox: list[EmailMessage]
) -> None:
    suggest()
    suggestion = Suggestion.objects.get()
    section = Section.objects.get(slug="caching")
    [mail] = mailoutbox
    assert mail.to == [wanting.email]
    assert mail.subject == "System Design Playbook: New suggestion: How a <lock> works & why"
    assert mail.body == (
        "learner suggested:\n\n"
        "An article: How a <lock> works & why\n"
        "Address: https://example.org/how-a-lock-works\n"
        f"Section: {section.title}\n"
        "Notes: It explains\nfencing tokens.\n\n"
        "Accept or decline it:\n"
        f"https://playbook.example.org/admin/suggestions/suggestion/{suggestion.pk}/change/\n\n"
        "--\n"
        "You get this mail because you asked for it in your preferences. Stop it there:\n"
        "https://playbook.example.org/accounts/preferences/\n\n"
    )


def test_the_first_report_of_a_link_is_mailed_without_the_learner(
    report: Callable[[User], None],
    learner: User,
    wanting: User,
    mailoutbox: list[EmailMessage],
) -> None:
    report(learner)
    report(learner)
    report(User.objects.create_user("another"))
    assert Report.objects.count() == 2
    [mail] = mailoutbox
    article = Article.objects.get(slug="payment-wallet")
    assert mail.subject == "System Design Playbook: Broken link: Payment Wallet"
    assert article.url in mail.body
    address = f"https://playbook.example.org/admin/links/brokenlink/{article.pk}/change/"
    assert address in mail.body.splitlines()
    assert learner.email not in mail.body
    assert "A learner reported that this link does not work:" in mail.body


def test_a_report_after_the_earlier_ones_are_settled_is_mailed(
    report: Callable[[User], None],
    learner: User,
    wanting: User,
    mailoutbox: list[EmailMessage],
) -> None:
    report(learner)
    Report.objects.all().settle()
    report(User.objects.create_user("another"))
    assert len(mailoutbox) == 2


@pytest.mark.parametrize(
    "change",
    [
        {"wants_editor_mail": False},
        {"is_staff": False},
        {"is_active": False},
        {"email": ""},
    ],
    ids=str,
)
def test_only_editors_who_want_it_get_mail(
    suggest: Sending, wanting: User, mailoutbox: list[EmailMessage], change: dict[str, object]
) -> None:
    User.objects.filter(pk=wanting.pk).update(**change)
    suggest()
    assert mailoutbox == []


def test_staff_without_the_permission_get_no_mail(
    suggest: Sending, wanting: User, mailoutbox: list[EmailMessage]
) -> None:
    wanting.groups.clear()
    suggest()
    assert mailoutbox == []


def test_a_site_without_mail_sends_none(
    suggest: Sending, wanting: User, settings: Settings, mailoutbox: list[EmailMessage]
) -> None:
    settings.HAS_EMAIL = False
    suggest()
    assert mailoutbox == []


def test_every_editor_gets_a_mail_of_their_own(
    suggest: Sending, wanting: User, mailoutbox: list[EmailMessage]
) -> None:
    other = User.objects.create_user(
        "other", "other@example.org", is_staff=True, wants_editor_mail=True
    )
    other.groups.add(Group.objects.get(name="Editors"))
    suggest()
    assert sorted(mail.to[0] for mail in mailoutbox) == sorted([wanting.email, other.email])


def test_a_mail_that_fails_is_logged_and_keeps_the_suggestion(
    suggest: Sending, wanting: User, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.EMAIL_BACKEND = "tests.accounts.refusing_mail.RefusingBackend"
    suggest()
    assert Suggestion.objects.count() == 1
    assert "A mail to an editor could not be sent; check EMAIL_URL" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_nothing_is_mailed_if_the_transaction_is_rolled_back(
    wanting: User, mailoutbox: list[EmailMessage]
) -> None:
    with transaction.atomic():
        mail_editors(
            "catalog.change_article",
            "A subject",
            "links/mail/new_report.txt",
            {"article": Article(title="A"), "address": "/"},
        )
        transaction.set_rollback(True)
    assert mailoutbox == []


def test_line_breaks_of_a_title_do_not_reach_the_subject(
    wanting: User,
    mailoutbox: list[EmailMessage],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        mail_editors(
            "catalog.change_article",
            "A title\r\nBcc: someone@example.org",
            "links/mail/new_report.txt",
            {"article": Article(title="A"), "address": "/"},
        )
    assert mailoutbox[0].subject == "System Design Playbook: A title Bcc: someone@example.org"


PREFERENCES = "/accounts/preferences/"


def test_editors_choose_in_their_preferences(client: Client, editor: User) -> None:
    client.force_login(editor)
    html = client.get(PREFERENCES).content.decode()
    assert "Mail me new suggestions and reports of broken links" in html
    assert f"Sent to {editor.email}." in html
    assert not editor.wants_editor_mail
    client.post(PREFERENCES, {"wants_editor_mail": "on"})
    editor.refresh_from_db()
    assert editor.wants_editor_mail
    client.post(PREFERENCES, {"time_zone": ""})
    editor.refresh_from_db()
    assert not editor.wants_editor_mail


def test_others_are_not_offered_mail(client: Client, learner: User, settings: Settings) -> None:
    client.force_login(learner)
    assert "wants_editor_mail" not in client.get(PREFERENCES).content.decode()
    client.post(PREFERENCES, {"wants_editor_mail": "on"})
    learner.refresh_from_db()
    assert not learner.wants_editor_mail


def test_a_site_without_mail_does_not_offer_it(
    client: Client, wanting: User, settings: Settings
) -> None:
    settings.HAS_EMAIL = False
    client.force_login(wanting)
    assert "wants_editor_mail" not in client.get(PREFERENCES).content.decode()
    client.post(PREFERENCES, {"time_zone": "Asia/Tokyo"})
    wanting.refresh_from_db()
    assert wanting.wants_editor_mail
