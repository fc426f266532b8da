"""A session is started once, with the stages that were chosen, and keeps the case as it was."""

import re
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.formats import date_format
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from catalog.cases.models import Case
from progress.practice.models import PracticeSession, Scratch
from progress.practice.running import finish
from tests.progress.practice.running.conftest import STARTED_AT, SetClock, StartSession

LIST, START = "/practice/", "/practice/seats/start/"
SECRETS = {"THE REST OF THE BRIEF", "ANSWER ONE", "ANSWER TWO", "THE TWIST", "THE REFERENCE"}
SECRETS |= {"THE RUBRIC"}


def sent(**values: Any) -> dict[str, Any]:
    minutes = {"minutes-requirements": 15, "minutes-design": 20, "minutes-wrap_up": 10}
    return {"operation": str(uuid4()), "length": 45, "order": "interview", **minutes, **values}


def shown_secrets(html: str) -> set[str]:
    return {secret for secret in SECRETS if secret in html}


def stages() -> list[tuple[str, int]]:
    return list(Scratch.objects.order_by("position").values_list("stage", "minutes"))


# --- The list


def test_a_visitor_sees_the_cases_and_how_to_practise(client: Client, cases: list[Case]) -> None:
    response = client.get(LIST)
    html = response.content.decode()
    assert [f"Design {case.slug}." in html for case in cases] == [True] * 3
    assert "it needs an account" in html
    assert 'href="/accounts/login/?next=/practice/"' in html
    assert shown_secrets(html) == set()
    assert response["Cache-Control"].startswith("public")


def test_a_learner_sees_what_was_practised_and_goes_on(
    reader: Client, start: StartSession, cases: list[Case], set_clock: SetClock
) -> None:
    session = start(cases[0])
    set_clock(10)
    html = reader.get(LIST).content.decode()
    assert f'href="/me/practice/{session.uuid}/"' in html
    assert "Continue: Seats" in html
    assert "ends</span>" not in html
    assert 'data-countdown-to="' in html
    assert html.count("Not practised yet") == 2
    assert f">{date_format(STARTED_AT, 'j M Y')}</time>" in html


def test_a_case_with_a_running_session_leads_to_it(
    reader: Client, learner: User, other: User, start: StartSession, cases: list[Case]
) -> None:
    def buttons() -> list[str]:
        html = reader.get(LIST).content.decode().partition('class="case-list"')[2]
        rows = re.findall(r'<h2><a href="([^"]*)".*?(?:formaction|plain" href)="([^"]*)"',
                          html, re.DOTALL)  # fmt: skip
        return [where for _case, where in rows]

    starts = [f"/practice/{case.slug}/start/" for case in cases]
    start(cases[0], other)
    assert buttons() == starts
    session = start(cases[1])
    assert buttons() == [starts[0], f"/me/practice/{session.uuid}/", starts[2]]
    finish(learner, session.uuid)
    assert buttons() == starts


def test_the_list_is_rendered_anew_after_a_start(
    reader: Client, start: StartSession, seats: Case
) -> None:
    etag = reader.get(LIST)["ETag"]
    assert reader.get(LIST, headers={"If-None-Match": etag}).status_code == 304
    start(seats)
    assert reader.get(LIST, headers={"If-None-Match": etag}).status_code == 200


def test_the_case_that_was_not_practised_lately_is_offered(
    reader: Client, learner: User, start: StartSession, cases: list[Case]
) -> None:
    def offered() -> str:
        html = reader.get(LIST).content.decode()
        before = html[: html.index("One I have not practised lately")]
        return before.rpartition('formaction="')[2].partition('"')[0]

    assert offered() == "/practice/seats/start/"
    for case, expected in zip(cases, ("wallet", "timeline", "seats"), strict=True):
        start(case, at=case.number)
        finish(learner, PracticeSession.objects.get(case=case).uuid)
        assert offered() == f"/practice/{expected}/start/"


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_takes_a_fixed_number_of_queries(
    reader: Client,
    start: StartSession,
    cases: list[Case],
    number: int,
    django_assert_num_queries: Any,
) -> None:
    for case in cases[:number]:
        start(case)
    reader.get(LIST)
    with django_assert_num_queries(8):
        reader.get(LIST)


# --- The page before the start


def test_the_page_before_the_start_shows_stages_and_not_the_brief(
    reader: Client, seats: Case
) -> None:
    html = reader.get(f"{START}?length=20&order=classic").content.decode()
    assert shown_secrets(html) == set()
    assert 'name="length" value="20"' in html
    assert 'name="order" value="classic"' in html
    assert "The stages have 20 minutes." in html


def test_a_start_stores_the_session_with_its_stages_and_a_drawing(
    reader: Client, learner: User, seats: Case
) -> None:
    values = sent()
    response = reader.post(START, values)
    session = PracticeSession.objects.get()
    assert response["Location"] == f"/me/practice/{values['operation']}/"
    assert (session.user, session.case, session.order) == (learner, seats, "interview")
    assert (session.length_seconds, session.twist_after_seconds) == (45 * 60, 18 * 60)
    assert stages() == [
        ("requirements", 15),
        ("design", 20),
        ("wrap_up", 10),
        ("drawing", 0),
    ]


def test_a_double_press_makes_one_session(reader: Client, seats: Case) -> None:
    values = sent()
    first, second = reader.post(START, values), reader.post(START, values)
    assert first["Location"] == second["Location"]
    assert (PracticeSession.objects.count(), Scratch.objects.count()) == (1, 4)


def test_an_operation_of_somebody_else_starts_nothing(
    reader: Client, start: StartSession, seats: Case, other: User
) -> None:
    session = start(seats, other)
    assert reader.post(START, sent(operation=str(session.uuid))).status_code == 409
    assert PracticeSession.objects.count() == 1


@pytest.mark.same_everywhere
@pytest.mark.parametrize(
    ("design", "differs"),
    [(25, "5 minutes too many"), (19, "1 minute is missing"), ("", "20 minutes are missing")],
)
def test_minutes_that_do_not_add_up_start_nothing_and_say_by_how_much(
    reader: Client, seats: Case, design: object, differs: str
) -> None:
    response = reader.post(START, sent(**{"minutes-design": design}))
    assert (response.status_code, PracticeSession.objects.count()) == (422, 0)
    html = response.content.decode()
    assert differs in html
    assert "Scale to fit" in html


def test_scaling_makes_the_minutes_fit(reader: Client, seats: Case) -> None:
    query = "&".join(f"{name}={value}" for name, value in sent(length=20).items())
    html = reader.get(f"{START}?{query}&fit=1").content.decode()
    assert "The stages have 20 minutes." in html
    assert 'name="minutes-requirements" value="7"' in html
    assert 'name="minutes-design" value="9"' in html
    assert 'name="minutes-wrap_up" value="4"' in html


def test_zero_leaves_a_stage_out(reader: Client, seats: Case) -> None:
    reader.post(START, sent(**{"minutes-requirements": 0, "minutes-design": 35}))
    assert stages() == [("design", 35), ("wrap_up", 10), ("drawing", 0)]


@pytest.mark.parametrize(
    "values",
    [{"minutes-design": "-1"}, {"minutes-design": "x"}, {"operation": "x"}, {"length": "7"}],
)
def test_values_that_cannot_be_used_start_nothing(
    reader: Client, seats: Case, values: dict[str, str]
) -> None:
    response = reader.post(START, sent(**values))
    expected = 302 if "length" in values else 422
    assert response.status_code == expected
    assert PracticeSession.objects.count() == (1 if expected == 302 else 0)


@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    values=st.dictionaries(
        st.sampled_from(["length", "order", "operation", "minutes-design", "minutes-x", "fit"]),
        st.text(max_size=40) | st.sampled_from(["\0", "9" * 40, "-1", "1e9", "٣", "classic", "20"]),
    ),
    sends=st.booleans(),
)
def test_no_values_cause_a_server_error(
    reader: Client, seats: Case, values: dict[str, str], sends: bool
) -> None:
    response = reader.post(START, values) if sends else reader.get(START, values)
    assert response.status_code in {200, 302, 409, 422}


def test_a_case_is_practised_once_at_a_time(
    reader: Client, start: StartSession, seats: Case
) -> None:
    session = start(seats)
    for response in (reader.get(START), reader.post(START, sent())):
        html = response.content.decode()
        assert f'href="/me/practice/{session.uuid}/"' in html
        assert f'action="/me/practice/{session.uuid}/finish/"' in html
    assert response.status_code == 409
    assert PracticeSession.objects.count() == 1
    reader.post(f"/me/practice/{session.uuid}/finish/")
    assert reader.post(START, sent()).status_code == 302
    assert PracticeSession.objects.count() == 2


def test_a_visitor_is_asked_to_sign_in(client: Client, seats: Case) -> None:
    response = client.get(START, follow=True)
    assert response.redirect_chain == [(f"/accounts/login/?next={START}", 302)]
    assert "That page needs an account." in response.content.decode()


def test_a_case_that_is_retired_cannot_be_started(reader: Client, seats: Case) -> None:
    seats.retired_at = timezone.now()
    seats.save()
    assert reader.get(START).status_code == 404
    assert "Design seats." not in reader.get(LIST).content.decode()


def test_a_form_of_another_account_starts_nothing(reader: Client, seats: Case, other: User) -> None:
    response = reader.post(START, sent(reader=str(other.pk)))
    assert (response.status_code, PracticeSession.objects.count()) == (409, 0)
