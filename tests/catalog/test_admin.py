import re
from datetime import UTC, datetime
from html import unescape
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from catalog.links.models import BrokenLink
from catalog.models import Alias, Article, Entry, Layer, Section, Status
from catalog.playbook_file.models import OpenQuestion, Revision
from catalog.suggestions.models import Suggestion
from progress.models import State
from progress.states import StateName
from tests.catalog.admin_pages import address, errors, listed, messages, save, text_of

MODELS = (Layer, Section, Status, Article, Entry)


@pytest.fixture
def editing(client: Client, editor: User, playbook: None) -> Client:
    client.force_login(editor)
    return client


def editors_may() -> set[str]:
    permissions = Group.objects.get(name="Editors").permissions.select_related("content_type")
    return {
        f"{permission.content_type.app_label}.{permission.codename}" for permission in permissions
    }


CATALOGUE = {
    f"catalog.{verb}_{model._meta.model_name}"
    for model in (*MODELS, Alias)
    for verb in ("add", "change", "delete", "view")
}


def test_editors_may_edit_the_catalogue_and_nothing_else(db: None) -> None:
    assert editors_may() == CATALOGUE | {
        "playbook_file.add_revision",
        "playbook_file.view_revision",
        "playbook_file.change_openquestion",
        "playbook_file.view_openquestion",
        "suggestions.view_suggestion",
        "suggestions.change_suggestion",
        "prompts.add_prompt",
        "prompts.change_prompt",
        "prompts.delete_prompt",
        "prompts.view_prompt",
        "cases.add_case",
        "cases.change_case",
        "cases.delete_case",
        "cases.view_case",
        "prerequisites.add_prerequisite",
        "prerequisites.change_prerequisite",
        "prerequisites.delete_prerequisite",
        "prerequisites.view_prerequisite",
    }


def test_the_editors_migration_restores_the_group_and_can_be_reversed(editor: User) -> None:
    migration = import_module("catalog.migrations.0002_editors")
    group = Group.objects.get(name="Editors")
    group.permissions.set(Permission.objects.filter(content_type__app_label="accounts"))
    migration.make_editors(apps, connection.schema_editor())
    assert editors_may() == CATALOGUE
    assert list(group.user_set.all()) == [editor]
    migration.remove_editors(apps, connection.schema_editor())
    assert not Group.objects.filter(name="Editors").exists()
    migration.make_editors(apps, connection.schema_editor())
    assert editors_may() == CATALOGUE


def test_progress_is_not_in_the_admin(editing: Client) -> None:
    models = list(apps.get_app_config("progress").get_models())
    assert State in models
    assert [model for model in models if admin.site.is_registered(model)] == []
    app_list = editing.get("/admin/").context["app_list"]
    labels = [app["app_label"] for app in app_list]
    assert labels == [
        *("catalog", "links", "playbook_file", "cases", "prerequisites", "prompts", "suggestions")
    ]
    assert {model["model"] for model in app_list[0]["models"]} == set(MODELS)


@pytest.mark.same_everywhere
@pytest.mark.parametrize("model", MODELS)
def test_admin_pages_are_for_editors_only(
    client: Client, learner: User, model: Any, playbook: None
) -> None:
    thing = model.objects.first()
    paths = [address(model, "changelist"), address(model, "add"), address(thing, "change")]
    for path in paths:
        assert client.get(path).status_code == 302
    client.force_login(learner)
    assert client.get(client.get(paths[0])["Location"]).status_code == 403
    learner.is_staff = True
    learner.save()
    for path in [*paths, address(thing, "delete")]:
        assert client.get(path).status_code == 403


def test_the_admin_uses_the_sites_sign_in_page(client: Client, editor: User) -> None:
    response = client.get("/admin/", follow=True)
    assert response.redirect_chain[-1] == ("/accounts/login/?next=%2Fadmin%2F", 302)


def test_accounts_are_hidden_from_editors(editing: Client) -> None:
    assert editing.get("/admin/accounts/user/").status_code == 403
    assert editing.get("/admin/auth/group/").status_code == 403


@pytest.mark.same_everywhere
def test_the_admin_has_the_sites_content_security_policy(editing: Client) -> None:
    policy = editing.get(address(Article, "changelist"))["Content-Security-Policy"]
    assert policy.count("'self'") == editing.get("/")["Content-Security-Policy"].count("'self'")
    assert "unsafe" not in policy
    assert "data:" not in policy


def test_the_admin_has_the_sites_name(editing: Client) -> None:
    page = text_of(editing.get("/admin/"))
    assert "System Design Playbook: editing" in page
    assert "Django" not in page


def make_more(editing: Client, learner: User) -> None:
    """Create ten more of everything that the lists and forms show."""
    layer, status = Layer.objects.get(slug="data-mastery"), Status.objects.get(slug="draft")
    for number in range(20, 30):
        article = Article.objects.create(title=f"Article {number}", status=status)
        article.aliases.create(key=f"url:example.org/{number}")
        State.objects.create(user=learner, article=article, state=StateName.DONE)
        section = Section.objects.create(
            slug=f"s{number}", title=f"S {number}", layer=layer, number=number
        )
        for place in (section, Section.objects.get(slug="caching")):
            Entry.objects.create(section=place, article=article, title="x", number=number)
        Entry.objects.create(
            section=section, article=Article.objects.get(slug="payment-wallet"), title="y"
        )
        Status.objects.create(slug=f"s{number}", label=f"S {number}", colour="grey")
        Layer.objects.create(slug=f"l{number}", title=f"L {number}", number=number, colour="grey")


@pytest.mark.parametrize(
    ("model", "page", "slug"),
    [
        *((model, "changelist", "") for model in MODELS),
        (Section, "change", "caching"),
        (Article, "change", "payment-wallet"),
        (Section, "delete", "caching"),
        (Article, "add", ""),
    ],
)
def test_queries_of_admin_pages_do_not_grow(
    editing: Client, learner: User, model: Any, page: str, slug: str
) -> None:
    path = address(model.objects.get(slug=slug) if slug else model, page)
    editing.get(path)
    with CaptureQueriesContext(connection) as few:
        small = editing.get(path)
    make_more(editing, learner)
    with CaptureQueriesContext(connection) as many:
        large = editing.get(path)
    assert len(large.content) > len(small.content)
    assert len(many) == len(few)


@pytest.mark.parametrize(
    ("slug", "changes"),
    [("published", {"is_public": ""}), ("draft", {"is_countable": "on"})],
)
def test_a_status_that_is_not_public_cannot_count(
    editing: Client, slug: str, changes: dict[str, str]
) -> None:
    status = Status.objects.get(slug=slug)
    assert errors(save(editing, status, **changes)) == [
        "Articles that the public cannot see cannot count towards progress."
    ]
    after = Status.objects.get(pk=status.pk)
    assert (after.is_public, after.is_countable) == (status.is_public, status.is_countable)


@pytest.mark.parametrize(("model", "slug"), [(Layer, "foundation-layer"), (Status, "published")])
def test_a_layer_or_status_in_use_cannot_be_deleted(editing: Client, model: Any, slug: str) -> None:
    used = model.objects.get(slug=slug)
    page = editing.get(address(used, "delete"))
    assert f"“{used}” cannot be deleted, because these use it." in text_of(page)
    user = Section.objects.get(layer=used) if model is Layer else Article.objects.first()
    assert user is not None
    assert f'<a href="{address(user, "change")}">' in page.content.decode()
    editing.post(address(used, "delete"), {"post": "yes"})
    assert model.objects.filter(pk=used.pk).exists()


@pytest.mark.parametrize("model", [Layer, Status])
def test_an_unused_layer_or_status_can_be_deleted(editing: Client, model: Any) -> None:
    name = {"title": "New", "number": 9} if model is Layer else {"label": "New"}
    save(editing, model, slug="new", colour="rose", **name)
    new = model.objects.get(slug="new")
    page = editing.get(address(new, "delete"))
    assert "It will be deleted permanently." in text_of(page)
    assert (
        f'<a href="{address(new, "change")}" class="button cancel-link">' in page.content.decode()
    )
    response = editing.post(address(new, "delete"), {"post": "yes"}, follow=True)
    assert len(messages(response)) == 1
    assert not model.objects.filter(slug="new").exists()


@pytest.mark.parametrize("model", [Layer, Section, Status, Article])
def test_a_slug_cannot_be_changed(editing: Client, model: Any) -> None:
    thing = model.objects.first()
    save(editing, thing, slug="another")
    thing.refresh_from_db()
    assert thing.slug != "another"


@pytest.mark.parametrize("model", [Layer, Section, Status])
@pytest.mark.parametrize("number", ["", "-1", "x", "9" * 50])
def test_an_invalid_number_is_refused(editing: Client, model: Any, number: str) -> None:
    thing = model.objects.first()
    response = save(editing, thing, number=number)
    assert len(errors(response)) == 1
    assert model.objects.get(pk=thing.pk).number == thing.number


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize(
    "query",
    [
        "p=x",
        "p=-1",
        "o=x.9",
        "q=%00",
        "layer=%00",
        "retired=%00",
        "e=1",
        "all=",
        "nope=1",
        "status__id__exact=x",
        "section__id__exact=%00",
        "_facets=True",
    ],
)
def test_a_list_survives_any_query_string(editing: Client, model: Any, query: str) -> None:
    response = editing.get(f"{address(model, 'changelist')}?{query}", follow=True)
    assert response.status_code in {200, 400}


@pytest.mark.parametrize("page", ["change", "delete", "history"])
@pytest.mark.parametrize("key", ["x", "0", "9" * 40, "%00"])
def test_a_missing_row_redirects_to_the_index(editing: Client, page: str, key: str) -> None:
    response = editing.get(f"/admin/catalog/article/{key}/{page}/", follow=True)
    assert response.status_code in {200, 403, 404}


def test_the_lists_show_layers_and_statuses_in_order(editing: Client) -> None:
    for model in (Layer, Status):
        page = editing.get(address(model, "changelist"))
        assert listed(page) == [str(thing) for thing in model.objects.order_by("number")]
        assert f'data-colour="{model.objects.all()[0].colour}"' in page.content.decode()


def test_an_articles_dates_are_written_as_on_the_site(editing: Client) -> None:
    article = Article.objects.all()[0]
    Article.objects.filter(pk=article.pk).update(added_at=datetime(2026, 11, 3, 14, 5, tzinfo=UTC))
    assert "Added at: 3 Nov 2026, 14:05" in text_of(editing.get(address(article, "change")))


def headings(response: Any) -> list[str]:
    return re.findall(r"<h1>(.*?)</h1>", response.content.decode())


def title_of(response: Any) -> str:
    html: str = response.content.decode()
    return html.split("<title>")[1].split("</title>", maxsplit=1)[0]


@pytest.mark.same_everywhere
@pytest.mark.parametrize(
    ("model", "name"),
    [
        (Article, "Articles"),
        (Entry, "Entries"),
        (Section, "Sections"),
        (Layer, "Layers"),
        (Status, "Statuses"),
        (BrokenLink, "Broken links"),
        (Suggestion, "Suggestions"),
        (Revision, "Revisions"),
        (OpenQuestion, "Uncertain matches"),
    ],
)
def test_a_list_is_named_by_what_it_lists(editing: Client, model: Any, name: str) -> None:
    response = editing.get(address(model, "changelist"))
    assert headings(response) == [name]
    assert title_of(response) == f"{name} · System Design Playbook"


@pytest.mark.same_everywhere
@pytest.mark.parametrize("model", [Article, Entry, Section, Layer, Status])
def test_a_form_is_named_by_its_row(editing: Client, model: Any) -> None:
    row = model.objects.first()
    response = editing.get(address(row, "change"))
    assert [unescape(heading) for heading in headings(response)] == [str(row)]
    assert unescape(title_of(response)) == f"{row} · System Design Playbook"
    name = model._meta.verbose_name
    assert headings(editing.get(address(model, "add"))) == [f"Add {name}"]


def filters(response: Any) -> dict[str, list[str]]:
    html = response.content.decode()
    return {
        title: re.findall(r"<a [^>]*>([^<]*)</a>", choices)
        for title, choices in re.findall(
            r"<summary>([^<]*)</summary>(.*?)</details>", html, flags=re.DOTALL
        )
    }


def test_filters_are_named_by_what_they_mean(editing: Client) -> None:
    shown = filters(editing.get(address(Article, "changelist")))
    assert list(shown) == [
        "Retired",
        "Listed in a section",
        "Public",
        "Layer",
        "Section",
        "Status",
    ]
    assert shown["Retired"] == ["No", "Yes", "All"]
    assert shown["Listed in a section"] == shown["Public"] == ["All", "Yes", "No"]
    shown = filters(editing.get(address(Suggestion, "changelist")))
    assert shown["Decision"] == ["Waiting", "Accepted", "Declined", "All"]
    assert filters(editing.get(address(Section, "changelist")))["Retired"] == ["No", "Yes", "All"]


def test_the_front_page_begins_with_what_needs_attention(editing: Client) -> None:
    text = text_of(editing.get("/admin/"))
    places = [text.index(part) for part in ("Overview", "Needs attention", "Drafts", "Catalogue")]
    assert places == sorted(places)
