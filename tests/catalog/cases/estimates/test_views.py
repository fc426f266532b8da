import re
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from catalog.cases.estimates import actions
from catalog.cases.estimates.forms import TOO_PRECISE, EstimateForm, check_inputs
from catalog.cases.models import Case

SESSION = "2c1a5d0e-7a44-4b5b-9a11-0d1f6f7f3a55"
FIELDS = ["users", "reads", "writes", "peak", "bytes_in", "bytes_out", "days", "copies", "hot"]

pytestmark = pytest.mark.usefixtures("db")


def page(client: Client, query: str = "", **headers: str) -> str:
    response = client.get(f"/estimates/{query}", headers=headers)
    assert response.status_code == 200
    return response.content.decode()


def answer(html: str, slug: str) -> str:
    shown = re.search(rf'id="{slug}">.*?estimate-value">(.*?)</dd>', html, re.DOTALL)
    assert shown
    return shown[1].replace("\N{NO-BREAK SPACE}", " ")


def error(html: str, name: str) -> str:
    shown = re.search(rf'id="{name}-error"[^>]*>(.*?)</p>', html, re.DOTALL)
    assert shown
    return " ".join(re.sub(r"<.*?>", "", shown[1]).split())


def make_case(slug: str, inputs: str = "users: 2M\nhot: 10%", **fields: object) -> Case:
    return Case.objects.create(
        slug=slug,
        title=slug.capitalize(),
        brief="Design it.",
        question_lines="How many?\nMany.",
        stage_lines="Requirements: 5",
        twist="Ten times as many.",
        rubric_lines="Interface: Every call has a key",
        estimate_input_lines=inputs,
        **fields,
    )


def test_the_page_answers_with_defaults(client: Client) -> None:
    html = page(client)
    assert answer(html, "writes") == "1,157 writes/s"
    assert "3,472\N{NO-BREAK SPACE}writes/s at the peak: one PostgreSQL primary does that" in html
    assert 'name="users" value="10M"' in html
    assert "13% of 24,974\N{NO-BREAK SPACE}transactions/s: pgbench (TPC-B) on 16 vCPUs" in html
    assert "A server is assumed to do 2,424 requests/s, as one web server of Stack Overflow" in html


def test_the_address_sets_the_assumptions(client: Client) -> None:
    html = page(client, "?users=1M&writes=1&bytes_in=2KiB&copies=1")
    assert answer(html, "writes") == "11.57 writes/s"
    assert answer(html, "stored") == "3.738 TB"
    assert 'name="bytes_in" value="2 KiB"' in html


def test_one_significant_figure_is_a_switch(client: Client) -> None:
    html = page(client, "?figures=1")
    assert answer(html, "peak-reads") == "30,000 reads/s"
    assert re.search(r'name="figures" value="1" checked', html)


@pytest.mark.parametrize(
    ("query", "canonical"),
    [
        ("?users=10M", ""),
        ("?users=10,000,000&reads=100", ""),
        ("?writes=1+000&users=2m", "?users=2M&writes=1000"),
        ("?hot=25%25", "?hot=25"),
        ("?hot=0.50%25", "?hot=0.5%25"),
        ("?days=3,650&bytes_out=4+KiB", "?bytes_out=4KiB&days=3650"),
        ("?figures=2", ""),
        ("?figures=1&users=", "?figures=1"),
        (f"?practice={SESSION}&users=1", f"?users=1&practice={SESSION}"),
        ("?practice=nobody", ""),
        ("?utm_source=mail", ""),
    ],
)
def test_an_address_that_is_not_canonical_is_redirected(
    client: Client, query: str, canonical: str
) -> None:
    response = client.get(f"/estimates/{query}")
    assert response.status_code == 302
    assert response["Location"] == f"/estimates/{canonical}"
    assert client.get(response["Location"]).status_code == 200


def test_a_bad_value_is_named_beside_its_field_and_the_others_hold(client: Client) -> None:
    html = page(client, "?users=many&writes=20")
    assert error(html, "users") == (
        "“many” is not a number. Write it like 10M, 2,500 or 0.5. Calculated with 10M."
    )
    assert error(html, "writes") == ""
    assert 'name="users" value="many"' in html
    assert answer(html, "writes") == "2,315 writes/s"


@pytest.mark.parametrize(
    ("query", "name", "message"),
    [
        ("?users=0", "users", "It has to be 1 or more. Calculated with 10M."),
        ("?users=200G", "users", "It has to be 100G or less. Calculated with 10M."),
        ("?peak=0.5", "peak", "It has to be 1 or more. Calculated with 3."),
        ("?copies=1.5", "copies", "It has to be a whole number. Calculated with 3."),
        ("?bytes_in=2TB", "bytes_in", "It has to be 1 TB or less. Calculated with 1 KB."),
        ("?bytes_in=0.1234567890123456789TiB", "bytes_in", f"{TOO_PRECISE} Calculated with 1 KB."),
        ("?users=12345678901.12345678901234567", "users", f"{TOO_PRECISE} Calculated with 10M."),
    ],
)
def test_values_have_limits(client: Client, query: str, name: str, message: str) -> None:
    assert error(page(client, query), name) == message


def test_what_was_typed_is_escaped(client: Client) -> None:
    html = page(client, "?users=%3Cscript%3E%22")
    assert "<script>&quot;" not in html
    assert 'value="&lt;script&gt;&quot;"' in html


def test_the_canonical_link_has_no_practice_session(client: Client) -> None:
    html = page(client, f"?users=1&practice={SESSION}")
    assert '<link rel="canonical" href="http://testserver/estimates/?users=1">' in html
    assert f'name="practice" value="{SESSION}"' in html
    assert f'href="/estimates/?practice={SESSION}">Reset</a>' in html


def test_htmx_gets_the_answers_and_the_errors_and_replaces_the_address(client: Client) -> None:
    headers = {"HX-Request": "true", "HX-Target": "results"}
    response = client.get("/estimates/?users=1M&writes=none", headers=headers)
    html = response.content.decode()
    assert response["HX-Replace-Url"] == "/estimates/?users=1M"
    assert html.lstrip().startswith('<div id="results">')
    assert 'name="users"' not in html
    assert '<div hx-swap-oob="innerHTML:#estimate-headline">' in html
    refused = re.search(r'innerHTML:#writes-error">(.*?)</div>', html, re.DOTALL)
    assert refused
    assert "“none” is not a number." in refused[1]
    assert re.search(r'innerHTML:#users-error">\s*</div>', html)


def test_everybody_gets_the_same_page_until_the_catalogue_changes(
    client: Client, learner: User
) -> None:
    first = client.get("/estimates/?users=1M")
    assert first["Cache-Control"] == "public, max-age=0, s-maxage=60"
    again = client.get("/estimates/?users=1M", headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304
    client.force_login(learner)
    assert answer(page(client, "?users=1M"), "writes") == "115.7 writes/s"


def test_cases_are_starting_points(client: Client) -> None:
    assert "Start from a case" not in page(client)
    make_case("tickets", number=2)
    make_case("wallet", "users: 10M\nreads: 5", number=1)
    make_case("forum", "", number=3)
    html = page(client)
    chips = re.findall(r'class="chip" href="([^"]*)">(.*?)</a>', html)
    assert chips == [
        ("/estimates/?reads=5", "Wallet"),
        ("/estimates/?users=2M&amp;hot=10", "Tickets"),
    ]
    assert re.findall(r'aria-current="true">(.*?)</a>', html) == []
    chosen = page(client, "?users=2M&hot=10")
    assert re.findall(r'aria-current="true">(.*?)</a>', chosen) == ["Tickets"]
    within = re.findall(r'class="chip" href="([^"]*)">', page(client, f"?practice={SESSION}"))
    assert within == [
        f"/estimates/?reads=5&amp;practice={SESSION}",
        f"/estimates/?users=2M&amp;hot=10&amp;practice={SESSION}",
    ]


def test_a_case_whose_inputs_cannot_be_read_is_no_starting_point(client: Client) -> None:
    make_case("tickets", "users")
    make_case("wallet", number=2)
    assert re.findall(r'class="chip" href="[^"]*">(.*?)</a>', page(client)) == ["Wallet"]


def test_a_practice_session_gets_what_an_app_registered(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "with_practice", ["estimates/includes/headline.html"])
    parts = page(client, f"?practice={uuid4()}").count("at the peak: one PostgreSQL")
    assert parts == page(client).count("at the peak: one PostgreSQL") + 1


@pytest.mark.parametrize("cases", [1, 8])
def test_the_page_takes_the_same_queries_for_any_number_of_cases(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries, cases: int
) -> None:
    for number in range(cases):
        make_case(f"case-{number}", number=number + 1)
    page(client)
    with django_assert_max_num_queries(1):
        page(client, "?users=3")


def test_every_limit_and_number_names_its_source(client: Client) -> None:
    html = page(client)
    ceilings, numbers = html.split('id="numbers"')
    assert ceilings.split('id="ceilings"')[1].count('rel="noopener external"') == 12
    assert "sirupsen/napkin-math</a> by Simon Eskildsen, copyright 2019, MIT licence" in numbers
    assert "100 μs" in numbers


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_the_page_accepts_only_get_and_head(client: Client, method: str) -> None:
    assert getattr(client, method)("/estimates/").status_code == 405


def test_inputs_of_a_case_are_checked_by_the_form() -> None:
    check_inputs({"users": "10M", "bytes_in": "2 KiB", "hot": "20%"})
    with pytest.raises(ValidationError) as refused:
        check_inputs({"users": "many", "figures": "1", "peak": "3"})
    unknown = "“figures” is not a field of the estimates page."
    assert refused.value.messages == [
        f"{unknown} The fields are {', '.join(FIELDS)}.",
        "users: “many” is not a number. Write it like 10M, 2,500 or 0.5.",
    ]


def test_the_fields_are_those_that_cases_name() -> None:
    assert list(EstimateForm({}).numbers) == FIELDS
