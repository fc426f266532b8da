import pytest
from django.test import Client

from accounts.models import User
from catalog.models import Article
from progress.models import Event, State
from tests.accounts.pages import Page

pytestmark = pytest.mark.usefixtures("playbook")

PASSWORD = "correct horse 9"


def mark(client: Client, article: Article, state: str) -> None:
    client.post(f"/articles/{article.slug}/state/", {"state": state})


def states_of(user: User) -> dict[str, str]:
    return dict(State.objects.filter(user=user).values_list("article__slug", "state"))


def test_marks_of_a_visitor_are_merged_into_the_new_account(client: Client) -> None:
    first, second, third = Article.objects.all()[:3]
    mark(client, first, "done")
    mark(client, second, "reading")
    mark(client, third, "reading")
    mark(client, third, "todo")
    data = {"username": "ada", "password1": PASSWORD, "password2": PASSWORD}
    page = Page(client.post("/accounts/signup/", data, follow=True))
    assert (
        "2 articles you marked in this browser are now in your account: 1 done and 1 reading."
        in page.text
    )
    ada = User.objects.get()
    assert states_of(ada) == {first.slug: "done", second.slug: "reading"}
    assert Event.objects.filter(user=ada).count() == 4
    assert "progress" not in client.session
    assert "you marked in this browser" not in Page(client.get("/accounts/preferences/")).text


def test_the_further_state_wins_when_signing_in(client: Client, learner: User) -> None:
    behind, ahead = Article.objects.all()[:2]
    signed_in = Client()
    signed_in.force_login(learner)
    mark(signed_in, behind, "done")
    mark(signed_in, ahead, "reading")
    mark(client, behind, "reading")
    mark(client, ahead, "done")
    assert states_of(learner) == {behind.slug: "done", ahead.slug: "reading"}
    credentials = {"login": "learner", "password": "a-learner's-password"}
    page = Page(client.post("/accounts/login/", credentials, follow=True))
    assert "1 article you marked in this browser is now in your account: 1 done." in page.text
    assert states_of(learner) == {behind.slug: "done", ahead.slug: "done"}
    assert "progress" not in client.session


def test_a_wrong_password_keeps_the_visitors_marks(client: Client, learner: User) -> None:
    article = Article.objects.all()[0]
    mark(client, article, "done")
    client.post("/accounts/login/", {"login": "learner", "password": "wrong"})
    assert states_of(learner) == {}
    client.post("/accounts/login/", {"login": "learner", "password": "a-learner's-password"})
    assert states_of(learner) == {article.slug: "done"}


def test_signing_out_clears_the_learners_data_from_the_browser(
    client: Client, learner: User
) -> None:
    client.force_login(learner)
    mark(client, Article.objects.all()[0], "done")
    client.post("/accounts/logout/")
    assert client.session.get("progress", []) == []
    other = User.objects.create_user("other", password=PASSWORD)
    client.post("/accounts/login/", {"login": "other", "password": PASSWORD})
    assert states_of(other) == {}
