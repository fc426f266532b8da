"""The site as learners would see it, before anything is published."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from catalog.catalog_data import stored
from catalog.models import Article, Status
from tests.catalog.playbook_file.test_desk import changed_file, desk, paste

pytestmark = pytest.mark.usefixtures("playbook")

__all__ = ["desk"]


def root(desk: Client) -> str:
    return reverse("admin:playbook_file_try_revision", args=[paste(desk, changed_file()).pk])


def test_a_revision_before_it_is_applied(desk: Client) -> None:
    before, start = stored(), root(desk)
    page = desk.get(start)
    assert "Running Code" in page.content.decode()
    assert "A preview: learners do not see this yet" in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    assert stored() == before
    assert "Running Code" not in desk.get("/").content.decode()
    assert "Running Code" not in Client().get("/").content.decode()


def test_its_links_stay_in_it(desk: Client) -> None:
    start = root(desk)
    page = desk.get(start).content.decode()
    assert f'href="{start}articles/ticket-booking-system/"' in page
    article = desk.get(f"{start}articles/ticket-booking-system/").content.decode()
    assert "Booking of tickets" in article
    assert f'href="{start}"' in article
    assert f'formaction="{start}articles/ticket-booking-system/state/?' in article
    assert 'href="/accounts/' in article
    # And what is drawn next, in the same process, is drawn for the site again.
    assert start not in desk.get("/").content.decode()


def test_what_is_no_page_of_the_catalogue_is_outside(desk: Client) -> None:
    answer = desk.get(f"{root(desk)}accounts/login/?next=/me/")
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/login/?next=/me/")
    assert desk.get(f"{root(desk)}nowhere/").status_code == 404


def test_marks_are_not_kept(desk: Client) -> None:
    answer = desk.post(f"{root(desk)}articles/ticket-booking-system/state/", {"state": "done"})
    assert answer.status_code == 409
    assert "This is a preview: nothing was changed." in answer.content.decode()


def test_a_draft_as_if_it_were_published(desk: Client) -> None:
    article = Article.objects.get(slug="payment-wallet")
    article.status = Status.objects.get(slug="draft")
    article.save()
    before = stored()
    form = desk.get(reverse("admin:catalog_article_change", args=[article.pk])).content.decode()
    address = reverse(
        "admin:playbook_file_try_article", args=[article.pk, "articles/payment-wallet/"]
    )
    assert f'href="{address}"' in form
    page = desk.get(address).content.decode()
    assert "Published" in page
    assert "Draft" not in page
    assert stored() == before
    assert Client().get("/articles/payment-wallet/").status_code == 404


def test_only_editors_see_it(desk: Client, learner: User) -> None:
    start = root(desk)
    other = Client()
    assert other.get(start).status_code == 302
    other.force_login(learner)
    assert other.get(start).status_code == 302
    clerk = User.objects.create_user("clerk", "c@example.org", "a-clerk's-password", is_staff=True)
    other.force_login(clerk)
    assert other.get(start).status_code == 403
    address = reverse("admin:playbook_file_try_article", args=[1, "articles/x/"])
    assert other.get(address).status_code == 403


def test_an_applied_revision_is_no_preview(desk: Client) -> None:
    revision = paste(desk, changed_file())
    version = desk.get(revision.get_absolute_url()).context["catalog_version"]
    desk.post(revision.get_absolute_url(), {"_apply": "1", "catalog_version": version})
    address = reverse("admin:playbook_file_try_revision", args=[revision.pk])
    assert desk.get(address).status_code == 404
