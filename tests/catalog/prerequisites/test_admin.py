"""Editors say what an article requires on its page, and find all prerequisites in a list."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from catalog.history.records import records_of
from catalog.models import Article, Section
from catalog.prerequisites.models import Prerequisite
from tests.catalog.admin_pages import (
    act,
    address,
    errors,
    filled_in,
    hidden_fields,
    listed,
    messages,
    save,
    text_of,
)
from tests.catalog.prerequisites.conftest import A, B, C, D, article

pytestmark = pytest.mark.same_everywhere
Require = Callable[..., Prerequisite]


@pytest.fixture
def client(client: Client, editor: User) -> Client:
    client.force_login(editor)
    return client


def current() -> list[tuple[str, str]]:
    rows = Prerequisite.objects.current().order_by("pk")
    return list(rows.values_list("article__slug", "requires__slug"))


def rows(*titles: str) -> dict[str, str]:
    """Return the fields of new rows of an article that requires none."""
    return {
        "prerequisites-TOTAL_FORMS": str(len(titles)),
        **{f"prerequisites-{n}-requires": title for n, title in enumerate(titles)},
        **{f"prerequisites-{n}-reason": f"it needs that {n}" for n in range(len(titles))},
    }


def cycle(*slugs: str) -> str:
    names = " → ".join(f"“{article(slug).title}”" for slug in slugs)
    return f"That would form a cycle: {names}. Choose another article, or retire one."


def test_a_prerequisite_is_added_on_the_page_of_its_article(
    client: Client, require: Require
) -> None:
    response = save(client, article(C), **rows(article(A).title, article(B).url))
    assert response.status_code == 302, errors(response)
    assert current() == [(C, A), (C, B)]
    record = records_of(Prerequisite).get(requires=article(A))
    assert (record.history_type, record.history_user.get_username()) == ("+", "editor")


def test_a_cycle_is_refused_with_its_titles(client: Client, require: Require) -> None:
    require(B, A)
    require(C, B)
    response = save(client, article(A), **rows(article(C).title))
    assert cycle(A, C, B, A) in text_of(response)
    response = save(client, article(A), **rows(article(A).title))
    assert "An article cannot require itself." in text_of(response)
    assert current() == [(B, A), (C, B)]


def test_a_row_that_closes_a_cycle_is_refused_beside_one_that_is_restored(
    client: Client, require: Require
) -> None:
    require(A, B).retire()
    require(B, C)
    require(D, A)
    form = filled_in(client.get(address(article(A), "change")))
    del form["prerequisites-0-retire"]
    extra = {"prerequisites-1-requires": article(D).title, "prerequisites-1-reason": "it needs d"}
    response = client.post(address(article(A), "change"), {**form, **extra})
    assert cycle(A, D, A) in text_of(response)
    assert current() == [(B, C), (D, A)]


def test_the_same_article_twice_is_refused(client: Client, require: Require) -> None:
    response = save(client, article(C), **rows(article(A).title, article(A).title))
    assert "correct the duplicate data" in text_of(response)
    assert current() == []


def test_rows_are_retired_and_restored_on_the_page(client: Client, require: Require) -> None:
    require(C, A)
    save(client, article(C), **{"prerequisites-0-retire": "on"})
    assert current() == []
    form = filled_in(client.get(address(article(C), "change")))
    del form["prerequisites-0-retire"]
    client.post(address(article(C), "change"), form)
    assert current() == [(C, A)]
    assert records_of(Prerequisite).count() == 3


def test_restoring_what_would_close_a_cycle_by_now_is_refused(
    client: Client, require: Require
) -> None:
    row, other = require(B, A), require(D, C)
    row.retire()
    other.retire()
    require(A, B)
    form = filled_in(client.get(address(article(B), "change")))
    del form["prerequisites-0-retire"]
    assert cycle(B, A, B) in text_of(client.post(address(article(B), "change"), form))
    shown = messages(act(client, "restore_selected", row, other))
    assert shown == [f"“{row}”: {cycle(B, A, B)}", "Restored: 1 prerequisite. 1 needed no change."]
    assert current() == [(D, C), (A, B)]


def test_two_editors_compare_what_they_typed(client: Client, require: Require) -> None:
    require(C, A)
    form = filled_in(client.get(address(article(C), "change")))
    save(client, article(C), **{"prerequisites-0-reason": "it needs theirs"})
    response = client.post(
        address(article(C), "change"), {**form, "prerequisites-0-reason": "it needs mine"}
    )
    (row,) = response.context["comparison"].differences
    assert (row.old, row.new) == ("it needs theirs", "it needs mine")
    client.post(address(article(C), "change"), hidden_fields(response))
    assert Prerequisite.objects.get().reason == "it needs mine"


def test_a_form_sent_twice_adds_its_row_once(client: Client, require: Require) -> None:
    form = filled_in(client.get(address(article(C), "change"))) | rows(article(A).title)
    for _time in range(2):
        client.post(address(article(C), "change"), form)
    assert current() == [(C, A)]


def test_a_reason_is_reverted_and_shown_in_the_history(client: Client, require: Require) -> None:
    row = require(C, A)
    save(client, row)
    first = records_of(Prerequisite).filter(id=row.pk).last()
    assert save(client, row, reason="it needs more").status_code == 302
    assert "Changes of its prerequisites" in text_of(client.get(address(article(C), "history")))
    newest = records_of(Prerequisite).filter(id=row.pk).first()
    revert = f"{address(row, 'history')}{first.pk}/"
    client.post(revert, {"newest": newest.pk}, follow=True)
    assert Prerequisite.objects.get().reason == "it needs that"


def test_the_list_is_searched_and_filtered(client: Client, require: Require) -> None:
    one, two = require(B, A, "it needs queues"), require(D, C, "it needs money")
    require(C, A, "it needs nothing").retire()

    def found(query: str) -> list[str]:
        return listed(client.get(f"{address(Prerequisite, 'changelist')}?{query}"))

    section = Section.objects.get(entries__article__slug=D).slug
    assert found("q=queues") == [str(one)]
    assert found("q=wallet") == [str(two)]
    assert found(f"section={section}") == [str(two)]
    assert sorted(found("retired=all")) != sorted(found(""))
    assert client.get(address(Prerequisite, "add")).status_code == 403


def test_who_may_only_see_them_changes_none(client: Client, require: Require) -> None:
    require(C, A)
    user = User.objects.create_user("reader", is_staff=True)
    names = ["view_prerequisite", "view_article", "change_article"]
    user.user_permissions.add(*Permission.objects.filter(codename__in=names))
    client.force_login(user)
    page = client.get(address(article(C), "change"))
    assert article(A).title in text_of(page)
    assert "prerequisites-0-reason" not in page.content.decode()


def test_minutes_are_entered_listed_and_kept_in_the_history(
    client: Client, require: Require
) -> None:
    response = save(client, article(C), reading_minutes=16)
    assert response.status_code == 302, errors(response)
    assert records_of(Article).filter(slug=C).first().reading_minutes == 16
    text = text_of(client.get(address(article(C), "history")))
    assert "Reading minutes" in text
    page = client.get(f"{address(Article, 'changelist')}?q=wallet")
    assert 'class="field-reading_minutes">16<' in page.content.decode()
    for wrong in ("0", "601", "soon"):
        assert save(client, article(C), reading_minutes=wrong).status_code == 200
    save(client, article(C), reading_minutes="")
    assert article(C).reading_minutes is None


def test_the_form_takes_as_many_queries_for_many_rows(client: Client, require: Require) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get(address(article(D), "change"))
        return len(captured)

    require(D, A)
    queries()
    for_one = queries()
    require(D, B)
    require(D, C)
    assert queries() == for_one
