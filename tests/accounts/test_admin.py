from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from catalog.cases.models import Case
from catalog.cases.shipped import load_cases
from catalog.cases.stages import StageOrder
from catalog.models import Article
from progress.learner import LearnerProgress
from progress.planner.models import OwnItem
from progress.practice.models import Pause, PracticeSession
from progress.recall.models import Card, CardKind
from progress.states import StateName
from tests.accounts import passwords

PATH = "/admin/accounts/user/"
ADDRESSES = "/admin/account/emailaddress/"


def test_an_editor_sees_no_accounts(client: Client, editor: User, learner: User) -> None:
    client.force_login(editor)
    assert client.get(PATH).status_code == 403
    assert client.get(f"{PATH}{learner.pk}/change/").status_code == 403
    assert client.post(f"{PATH}{learner.pk}/delete/", {"post": "yes"}).status_code == 403
    assert User.objects.filter(pk=learner.pk).exists()


def test_an_operator_finds_a_learner_and_their_preferences(
    admin_client: Client, learner: User
) -> None:
    passwords.confirm(admin_client, "password")
    learner.time_zone = "Asia/Tokyo"
    learner.save()
    results = admin_client.get(PATH, {"q": "learner@"}).content.decode()
    assert f"{PATH}{learner.pk}/change/" in results
    assert 'value="Asia/Tokyo"' in admin_client.get(f"{PATH}{learner.pk}/change/").content.decode()


def test_an_operator_sets_a_new_password(
    admin_client: Client, client: Client, learner: User
) -> None:
    passwords.confirm(admin_client, "password")
    new = {"password1": "correct horse 9", "password2": "correct horse 9"}
    admin_client.post(f"{PATH}{learner.pk}/password/", {**new, "usable_password": "true"})
    learner.refresh_from_db()
    assert learner.check_password("correct horse 9")


@pytest.mark.parametrize("is_one", [True, False])
def test_deleting_an_account_shows_an_operator_nothing_that_is_private(
    admin_client: Client, learner: User, playbook: None, is_one: bool
) -> None:
    load_cases()
    article = Article.objects.get(slug="payment-wallet")
    LearnerProgress(learner).set(article, StateName.DONE)
    card = Card.objects.create(user=learner, article=article, kind=CardKind.OWN, question="Mine?")
    OwnItem.objects.create(user=learner, title="Mock interview with Sam", minutes=30)
    practice_session = PracticeSession.objects.create(
        user=learner,
        case=Case.objects.all()[0],
        case_at_start={},
        order=StageOrder.INTERVIEW,
        length_seconds=600,
        twist_after_seconds=0,
    )
    Pause.objects.create(practice_session=practice_session, reason="The door bell")
    passwords.confirm(admin_client, "password")
    if is_one:
        response = admin_client.get(f"{PATH}{learner.pk}/delete/")
    else:
        data = {"action": "delete_selected", "_selected_action": [learner.pk]}
        response = admin_client.post(PATH, data)
    counts = dict(response.context["model_count"])
    assert (counts["cards"], counts["own items"], counts["pauses"]) == (1, 1, 1)
    page = response.content.decode()
    assert "<li>learner</li>" in page
    for text in ("Mine?", "Sam", "door bell", article.title, str(card.uuid)):
        assert text not in page


def test_deleting_an_account_takes_the_same_queries_whatever_it_has(
    admin_client: Client, learner: User, playbook: None
) -> None:
    article = Article.objects.get(slug="payment-wallet")
    passwords.confirm(admin_client, "password")

    def query_count(cards: int) -> int:
        Card.objects.bulk_create(
            Card(user=learner, article=article, kind=CardKind.OWN, question="Mine?")
            for _ in range(cards)
        )
        with CaptureQueriesContext(connection) as queries:
            admin_client.get(f"{PATH}{learner.pk}/delete/")
        return len(queries)

    query_count(1)
    assert query_count(1) == query_count(50)


@pytest.mark.parametrize("path", [PATH, f"{PATH}PK/change/", f"{PATH}PK/password/", ADDRESSES])
def test_a_session_alone_takes_no_account_in_the_admin(
    admin_client: Client, learner: User, path: str
) -> None:
    path = path.replace("PK", str(learner.pk))
    query = urlencode({"next": path})
    for response in (admin_client.get(path), admin_client.post(path, {"email": "t@example.org"})):
        assert response.headers["Location"] == f"/accounts/reauthenticate/?{query}"
    learner.refresh_from_db()
    assert learner.email == "learner@example.org"
    passwords.confirm(admin_client, "password")
    assert admin_client.get(path).status_code == 200


def test_the_accounts_own_pages_change_the_password_and_sign_out(
    client: Client, editor: User
) -> None:
    client.force_login(editor)
    page = client.get("/admin/").content.decode()
    assert '<a href="/accounts/password/change/">' in page
    assert '<form id="logout-form" method="post" action="/accounts/logout/">' in page
    assert "/admin/password_change/" not in page
    assert client.get("/admin/password_change/")["Location"] == "/accounts/password/change/"
    assert client.get("/admin/logout/")["Location"] == "/accounts/logout/"


def test_every_app_of_the_admin_has_a_unique_name(admin_client: Client) -> None:
    groups = admin_client.get("/admin/").context["app_list"]
    assert sorted(str(group["name"]) for group in groups) == [
        "Accounts",
        "Authentication and Authorization",
        "Catalogue",
        "E-mail addresses",
        "Links",
        "Playbook files",
        "Practice cases",
        "Prerequisites",
        "Recall prompts",
        "Scheduled jobs",
        "Suggestions",
    ]
