"""Editors write cases, order, retire, revert and preview them."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from accounts.models import User
from catalog.cases.models import Case
from catalog.history.records import records_of
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
from tests.catalog.cases.conftest import PARTS

Add = Callable[..., Case]
pytestmark = pytest.mark.same_everywhere


def current() -> list[tuple[int, str]]:
    return list(Case.objects.current().in_order().values_list("number", "title"))


def test_a_case_is_written_in_one_form(client: Client, add: Add) -> None:
    add("Online forum")
    add("Log platform")
    typed = {name: str(text).replace("\n", " \r\n") for name, text in PARTS.items()}
    response = save(client, Case, title="Ticket booking", slug="ticket-booking", **typed)
    assert response.status_code == 302, errors(response)
    assert current() == [(1, "Online forum"), (2, "Log platform"), (3, "Ticket booking")]
    written = Case.objects.get(slug="ticket-booking")
    assert {name: getattr(written, name) for name in PARTS} == PARTS
    assert records_of(Case).get(id=written.pk).history_user.get_username() == "editor"


def test_an_unchanged_form_records_nothing(client: Client, add: Add) -> None:
    case = add()
    count = records_of(Case).count()
    assert save(client, case).status_code == 302
    assert records_of(Case).count() == count


def test_the_form_goes_from_the_interview_to_the_reference(client: Client, add: Add) -> None:
    page = client.get(address(add(), "change"))
    sections = [(fieldset.name, fieldset.fields[0]) for fieldset in page.context["adminform"]]
    assert [str(name) for name, _field in sections[1:]] == ["Interview", "Scoring", "Reference"]
    assert [field for _name, field in sections[1:]] == ["brief", "rubric_lines", "requirements"]


def test_a_mistake_keeps_what_was_typed(client: Client, add: Add) -> None:
    case = add()
    wrong = {"stage_lines": "Requirements: 5\nLunch: 40", "trade_offs": "a" * 10_001}
    response = save(client, case, twist="New.", **wrong)
    too_long, stages = sorted(errors(response))
    assert "at most 10000 characters" in too_long
    assert stages.startswith("“Lunch: 40” is not a stage with its minutes")
    assert response.context["adminform"].form["twist"].value() == "New."
    case.refresh_from_db()
    assert (case.twist, case.stage_lines) == (PARTS["twist"], PARTS["stage_lines"])


@pytest.mark.parametrize(
    "line",
    [
        "https://playbook.example.org/articles/payment-wallet/",
        "/articles/payment-wallet",
        "http://localhost:8000/articles/payment-wallet/?next=1#notes",
        " payment-wallet ",
    ],
)
def test_the_address_of_an_article_is_accepted(client: Client, add: Add, line: str) -> None:
    case = add(article_lines="")
    response = save(client, case, article_lines=f"ticket-booking-system\n\n{line}\n")
    assert response.status_code == 302, errors(response)
    case.refresh_from_db()
    assert case.article_lines == "ticket-booking-system\npayment-wallet"


def test_a_line_that_is_no_article_is_named(client: Client, add: Add) -> None:
    lines = "payment-wallet\nhttps://[example.org/articles/unknown/\nhttps://example.org/"
    assert [
        error.partition(" is not")[0] for error in errors(save(client, add(), article_lines=lines))
    ] == [
        "“unknown”",
        "“https://example.org/”",
    ]


def test_a_typed_number_orders_the_cases(client: Client, add: Add) -> None:
    for title in ("One", "Two", "Three"):
        add(title)
    save(client, Case.objects.get(title="Three"), number=1)
    assert current() == [(1, "Three"), (2, "One"), (3, "Two")]
    save(client, Case.objects.get(title="Three"), number="")
    assert current() == [(1, "Three"), (2, "One"), (3, "Two")]


def test_cases_are_ordered_by_dragging(client: Client, add: Add) -> None:
    keys = [add(title).pk for title in ("One", "Two", "Three")]
    moved = [[keys[2], 1], [keys[0], 2], [keys[1], 3]]
    path = f"{address(Case, 'changelist')}adminsortable2_update/"
    response = client.post(path, {"updatedItems": moved}, content_type="application/json")
    assert response.status_code == 200
    assert current() == [(1, "Three"), (2, "One"), (3, "Two")]


def test_cases_are_retired_and_restored(client: Client, add: Add) -> None:
    one, _two = add("One"), add("Two")
    question = text_of(act(client, "retire_selected", one))
    assert "Learners keep the sessions that they began." in question
    assert "No articles are affected." not in question
    assert messages(act(client, "retire_selected", one, confirmed="yes")) == ["Retired: 1 case."]
    assert current() == [(1, "Two")]
    banner = text_of(client.get(address(one, "change")))
    assert "Retired since" in banner
    assert messages(act(client, "restore_selected", one)) == ["Restored: 1 case."]
    assert current() == [(1, "One"), (2, "Two")]


def test_the_list_is_searched_and_filtered(client: Client, add: Add) -> None:
    add("One")
    add("Two", twist="A region burns.", article_lines="")
    add("Three").retire()

    def found(query: str) -> list[str]:
        return listed(client.get(f"{address(Case, 'changelist')}?{query}"))

    assert found("") == ["One", "Two"]
    assert found("q=burns") == ["Two"]
    assert found("q=waiting+room") == ["One", "Two"]
    assert found("retired=yes") == ["Three"]
    page = client.get(address(Case, "changelist"))
    counts = [page.context["cl"].model_admin.article_count(case) for case in Case.objects.all()]
    assert counts == [2, 0, 2]


def test_two_editors_of_a_case_compare_what_they_typed(client: Client, add: Add) -> None:
    case = add()
    form = filled_in(client.get(address(case, "change")))
    save(client, case, twist="Theirs.")
    response = client.post(address(case, "change"), {**form, "twist": "Mine."})
    comparison = response.context["comparison"]
    assert [(row.name, row.old, row.new) for row in comparison.differences] == [
        ("Twist", "Theirs.", "Mine.")
    ]
    client.post(address(case, "change"), hidden_fields(response))
    case.refresh_from_db()
    assert case.twist == "Mine."


def test_a_case_is_reverted_in_its_history(client: Client, add: Add) -> None:
    case, _other = add(), add("Online forum")
    save(client, case, twist="Later.", number=2)
    first, newest = (
        records_of(Case).filter(id=case.pk).last(),
        records_of(Case).filter(id=case.pk).first(),
    )
    response = client.post(
        f"{address(case, 'history')}{first.pk}/", {"newest": newest.pk}, follow=True
    )
    assert messages(response)[-1].startswith("Reverted to the values of")
    case.refresh_from_db()
    assert (case.twist, case.number) == (PARTS["twist"], 1)
    assert current() == [(1, "Ticket booking"), (2, "Online forum")]


def test_a_case_is_previewed_as_it_is_stored(client: Client, add: Add) -> None:
    case = add()
    case.retire()
    preview = f"{address(case, 'change').removesuffix('change/')}preview/"
    assert f'href="{preview}"' in client.get(address(case, "change")).content.decode()
    page = text_of(client.get(preview))
    for text in (
        "May a seat be sold twice?",
        "One region is lost.",
        "At minute 25",
        "No seat twice.",
    ):
        assert text in page
    assert "Holds a second 60,000 seats ÷ 600 s = 100 /s" in page


def test_the_preview_is_for_those_who_see_cases(client: Client, add: Add) -> None:
    case, user = add(), User.objects.create_user("reader", is_staff=True)
    preview = f"{address(case, 'change').removesuffix('change/')}preview/"
    client.force_login(user)
    assert client.get(preview).status_code == 403
    user.user_permissions.add(Permission.objects.get(codename="view_case"))
    client.force_login(User.objects.get(pk=user.pk))
    assert client.get(preview).status_code == 200
    save_page = client.post(address(case, "change"), {"twist": "Mine."})
    assert save_page.status_code == 403
