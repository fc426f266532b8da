"""Test that a deleted account leaves what it did for others, and nothing of its name."""

import json
from collections.abc import Callable

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.sessions.models import Session
from django.core import serializers
from django.test import Client

from accounts.models import User
from catalog.models import Article
from tests.accounts import passwords
from tests.accounts.pages import Page


def delete_own(client: Client, editor: User) -> None:
    client.force_login(editor)
    client.post("/accounts/delete/", {"password": "an-editor's-password"})


def delete_in_admin(client: Client, editor: User) -> None:
    client.force_login(User.objects.create_superuser("operator", "", "an-operator's-password"))
    passwords.confirm(client, "an-operator's-password")
    data = {"action": "delete_selected", "_selected_action": [editor.pk], "post": "yes"}
    client.post("/admin/accounts/user/", data)


def everything_stored() -> str:
    """Return all rows of the database as text, with the sessions decoded."""
    rows = [row for model in apps.get_models() for row in model._base_manager.all()]
    sessions = [session.get_decoded() for session in Session.objects.all()]
    return str(serializers.serialize("json", rows)) + json.dumps(sessions)


@pytest.fixture
def busy(editor: User, playbook: None) -> User:
    """Return an editor who changed an article, and of whom the admin's log has entries."""
    editor.username, editor.email = "grace", "grace@example.org"
    editor.save()
    address = EmailAddress.objects.create(user=editor, email=editor.email, primary=True)
    article = Article.objects.all()[0]
    LogEntry.objects.log_actions(editor.pk, [article], CHANGE, "changed the title")
    article.title = "A better title"
    article.save()
    article.history.filter(title="A better title").update(history_user=editor)
    for row in (editor, address):
        LogEntry.objects.log_actions(editor.pk, [row], CHANGE, f"changed {row}", single_object=True)
    Client().force_login(editor)  # in another browser
    return editor


@pytest.mark.parametrize("delete", [delete_own, delete_in_admin])
def test_a_deleted_editor_leaves_a_pseudonym_and_no_name(
    client: Client, busy: User, delete: Callable[[Client, User], None]
) -> None:
    pk = busy.pk
    assert "grace" in everything_stored()
    delete(client, busy)
    former = User.objects.get(username=f"former editor {pk}")
    assert not User.objects.filter(pk=pk).exists()
    article = Article.objects.get(title="A better title")
    assert article.history.latest().history_user == former
    titles = [entry.object_repr for entry in LogEntry.objects.filter(user=former)]
    assert sorted(titles)[-2:] == ["deleted account", "deleted account"]
    stored = everything_stored()
    assert "grace" not in stored
    assert f'"_auth_user_id": "{pk}"' not in stored
    assert (former.is_active, former.has_usable_password(), former.email) == (False, False, "")


def test_the_history_of_an_article_names_a_former_editor(client: Client, busy: User) -> None:
    pk = busy.pk
    delete_own(client, busy)
    client.force_login(User.objects.create_superuser("operator", "", "an-operator's-password"))
    article = Article.objects.get(title="A better title")
    page = Page(client.get(f"/admin/catalog/article/{article.pk}/history/"))
    assert f"by former editor {pk}" in page.text


def test_a_learner_leaves_no_pseudonym(client: Client, learner: User) -> None:
    client.force_login(learner)
    client.post("/accounts/delete/", {"password": "a-learner's-password"})
    assert not User.objects.exists()


def test_an_operator_can_delete_a_former_editor(client: Client, busy: User) -> None:
    delete_own(client, busy)
    User.objects.get(username__startswith="former editor").delete()
    assert not User.objects.exists()
    assert Article.objects.get(title="A better title").history.latest().history_user is None
