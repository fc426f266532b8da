import pytest
from allauth.account.models import EmailAddress
from django.contrib.sessions.models import Session
from django.core import mail
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from catalog.models import Article
from progress.models import Event, State
from tests.accounts.hashers import SlowHasher
from tests.accounts.pages import Page

PATH = "/accounts/delete/"


@pytest.fixture
def active(client: Client, learner: User, playbook: None) -> User:
    """Return a learner with two states and three events, signed in."""
    client.force_login(learner)
    first, second = Article.objects.all()[:2]
    for article, state in ((first, "reading"), (first, "done"), (second, "reading")):
        client.post(f"/articles/{article.slug}/state/", {"state": state})
    return learner


def test_the_page_lists_the_data_to_be_deleted(client: Client, active: User) -> None:
    page = Page(client.get(PATH))
    assert "the account learner, its e-mail address, password and preferences" in page.text
    assert "the states of 2 articles you marked" in page.text
    assert "your history: 3 changes" in page.text
    assert User.objects.filter(pk=active.pk).exists()


@pytest.mark.parametrize("data", [{"password": "wrong"}, {"password": ""}, {}])
def test_nothing_is_deleted_without_the_password(
    client: Client, active: User, data: dict[str, str]
) -> None:
    response = client.post(PATH, data)
    assert response.status_code == 200
    assert Page(response).headings == ["Delete your account"]
    assert (State.objects.count(), Event.objects.count()) == (2, 3)
    assert client.session["_auth_user_id"] == str(active.pk)


def test_a_form_that_was_sent_twice_deletes_the_account_once(
    client: Client, active: User, settings: Settings
) -> None:
    settings.PASSWORD_HASHERS = ["tests.accounts.hashers.SlowHasher"]
    twin = Client()
    twin.force_login(active)
    data = {"password": "a-learner's-password"}
    SlowHasher.meanwhile.append(lambda: twin.post(PATH, data))
    response = client.post(PATH, data, follow=True)
    assert response.redirect_chain == [("/", 302)]
    assert "Your account and everything in it were deleted" in Page(response).text
    assert not User.objects.exists()


def test_deleting_an_account_deletes_only_its_own_data(
    client: Client, active: User, editor: User
) -> None:
    other = Client()
    other.force_login(editor)
    article = Article.objects.all()[0]
    other.post(f"/articles/{article.slug}/state/", {"state": "skipped"})
    EmailAddress.objects.create(user=active, email="learner@example.org", primary=True)
    elsewhere = Client()
    elsewhere.force_login(active)
    key = client.session.session_key
    response = client.post(PATH, {"password": "a-learner's-password"}, follow=True)
    assert response.redirect_chain == [("/", 302)]
    assert "Your account and everything in it were deleted" in Page(response).text
    assert list(User.objects.all()) == [editor]
    assert [state.user for state in State.objects.all()] == [editor]
    assert [event.user for event in Event.objects.all()] == [editor]
    assert Article.objects.count() == 39
    assert not Session.objects.filter(session_key=key).exists()
    assert elsewhere.get("/accounts/preferences/").status_code == 302


@pytest.mark.usefixtures("with_mail")
def test_the_owner_is_told_of_the_deletion(client: Client, active: User) -> None:
    client.post(PATH, {"password": "wrong"})
    assert mail.outbox == []
    client.post(PATH, {"password": "a-learner's-password"})
    [message] = mail.outbox
    assert message.to == ["learner@example.org"]
    assert message.subject == "System Design Playbook: your account was deleted"
    assert "Your account and everything in it were deleted." in message.body


def test_password_attempts_at_deletion_are_rate_limited(client: Client, active: User) -> None:
    for guess in range(5):
        client.post(PATH, {"password": f"guess {guess}"})
    page = Page(client.post(PATH, {"password": "a-learner's-password"}))
    assert "Too many failed attempts." in page.text
    for _ in range(4):
        client.post(PATH, {"password": "wrong"})
    assert client.post(PATH, {"password": "a-learner's-password"}).status_code == 429
    assert User.objects.filter(pk=active.pk).exists()
