"""The preview of the site with a revision or a draft that is not published yet."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from catalog.models import Article, Status
from catalog.stored_catalog import stored
from tests.catalog.playbook_file.test_admin import changed_file, paste

pytestmark = pytest.mark.usefixtures("playbook")


def root(editor_client: Client) -> str:
    return reverse(
        "admin:playbook_file_try_revision", args=[paste(editor_client, changed_file()).pk]
    )


def test_revision_is_previewed_without_being_applied(editor_client: Client) -> None:
    before, start = stored(), root(editor_client)
    page = editor_client.get(start)
    assert "Running Code" in page.content.decode()
    assert "This is a preview. Learners do not see it yet" in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    assert stored() == before
    assert "Running Code" not in editor_client.get("/").content.decode()
    assert "Running Code" not in Client().get("/").content.decode()


def test_links_stay_in_the_preview(editor_client: Client) -> None:
    start = root(editor_client)
    page = editor_client.get(start).content.decode()
    assert f'href="{start}articles/ticket-booking-system/"' in page
    article = editor_client.get(f"{start}articles/ticket-booking-system/").content.decode()
    assert "Booking of tickets" in article
    assert f'href="{start}"' in article
    assert f'formaction="{start}articles/ticket-booking-system/state/?' in article
    assert 'href="/accounts/' in article
    # The next page of the site in the same process has no preview links.
    assert start not in editor_client.get("/").content.decode()


def test_other_pages_lead_out_of_the_preview(editor_client: Client) -> None:
    response = editor_client.get(f"{root(editor_client)}accounts/login/?next=/me/")
    assert (response.status_code, response["Location"]) == (302, "/accounts/login/?next=/me/")
    assert editor_client.get(f"{root(editor_client)}nowhere/").status_code == 404


def test_states_cannot_be_set(editor_client: Client) -> None:
    response = editor_client.post(
        f"{root(editor_client)}articles/ticket-booking-system/state/", {"state": "done"}
    )
    assert response.status_code == 409
    assert "This is a preview." in response.content.decode()


def test_draft_is_previewed_as_published(editor_client: Client) -> None:
    article = Article.objects.get(slug="payment-wallet")
    article.status = Status.objects.get(slug="draft")
    article.save()
    before = stored()
    form = editor_client.get(
        reverse("admin:catalog_article_change", args=[article.pk])
    ).content.decode()
    address = reverse(
        "admin:playbook_file_try_article", args=[article.pk, "articles/payment-wallet/"]
    )
    assert f'href="{address}"' in form
    page = editor_client.get(address).content.decode()
    # A published article counts, so its page shows no status.
    assert "It does not count towards your progress." not in page
    assert "Draft" not in page
    assert stored() == before
    assert Client().get("/articles/payment-wallet/").status_code == 404


def test_preview_is_for_editors_only(editor_client: Client, learner: User) -> None:
    start = root(editor_client)
    other = Client()
    assert other.get(start).status_code == 302
    other.force_login(learner)
    assert other.get(start).status_code == 302
    clerk = User.objects.create_user("clerk", "c@example.org", "a-clerk's-password", is_staff=True)
    other.force_login(clerk)
    assert other.get(start).status_code == 403
    address = reverse("admin:playbook_file_try_article", args=[1, "articles/x/"])
    assert other.get(address).status_code == 403


def test_applied_revision_has_no_preview(editor_client: Client) -> None:
    revision = paste(editor_client, changed_file())
    version = editor_client.get(revision.get_absolute_url()).context["catalog_version"]
    editor_client.post(revision.get_absolute_url(), {"_apply": "1", "catalog_version": version})
    address = reverse("admin:playbook_file_try_revision", args=[revision.pk])
    assert editor_client.get(address).status_code == 404
