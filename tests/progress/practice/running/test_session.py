"""A session while its clock runs: the stages, the questions, the twist, pauses and the end."""

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from catalog.cases.models import Case
from progress.practice.models import Pause, PracticeSession
from progress.practice.session_page import SessionPage
from tests.progress.practice.running.conftest import STARTED_AT, SetClock, StartSession

HTMX = {"HX-Request": "true"}
ACTIONS = ("ask", "pause", "resume", "finish")
SECRETS = ("ANSWER ONE", "ANSWER TWO", "THE TWIST", "THE REFERENCE", "THE RUBRIC")


@pytest.fixture
def session(start: StartSession, seats: Case) -> PracticeSession:
    return start(seats)


@pytest.fixture
def url(session: PracticeSession) -> str:
    return f"/me/practice/{session.uuid}/"


def secrets_in(html: str) -> list[str]:
    return [secret for secret in SECRETS if secret in html]


def clock_line(html: str) -> str:
    line = html.partition('class="clock-line"')[2].partition("</p>")[0]
    return " ".join(re.sub(r"<[^>]+>", "", line.partition(">")[2]).split())


def clock_face(html: str) -> str:
    return html.partition("data-face>")[2].partition("<")[0]


def shown_stage(html: str) -> str:
    (stage,) = re.findall(r'aria-current="step"[^>]*data-stage-row="([^"]+)"', html)
    return str(stage)


def states(html: str) -> list[str]:
    return re.findall(r'data-stage="(\w+)"', html)


# --- What is shown, and what is not yet


def test_the_brief_comes_first_and_nothing_else(reader: Client, url: str) -> None:
    html = reader.get(url).content.decode()
    assert "THE REST OF THE BRIEF." in html
    assert secrets_in(html) == []
    assert ("How many?" in html, "How long?" in html) == (True, True)


def test_a_question_is_answered_when_it_is_asked(reader: Client, url: str) -> None:
    response = reader.post(f"{url}ask/", {"question": 1, "stage": 2})
    assert response["Location"] == f"{url}?stage=2&asked=1"
    html = reader.get(url).content.decode()
    assert secrets_in(html) == ["ANSWER TWO"]
    assert "1 asked" in html
    assert re.findall(r'name="question" value="(\d+)"', html) == ["0"]


def test_with_htmx_the_answer_comes_open_and_is_announced(reader: Client, url: str) -> None:
    sent = {"question": 0}
    html = reader.post(f"{url}ask/", sent, headers=HTMX).content.decode()
    assert secrets_in(html) == ["ANSWER ONE"]
    assert '<p id="clock-announcement" hx-swap-oob="innerHTML">ANSWER ONE.</p>' in html
    assert '<details id="asked" class="brief-part brief-asked" open>' in html


def test_asking_twice_asks_once_and_keeps_the_order(
    reader: Client, url: str, session: PracticeSession
) -> None:
    for question in (1, 0, 1):
        reader.post(f"{url}ask/", {"question": question})
    session.refresh_from_db()
    assert session.asked == [1, 0]


@pytest.mark.same_everywhere
@pytest.mark.parametrize(("question", "status"), [("2", 404), ("-1", 400), ("x", 400), ("", 400)])
def test_a_question_that_is_none_is_refused(
    reader: Client, url: str, session: PracticeSession, question: str, status: int
) -> None:
    assert reader.post(f"{url}ask/", {"question": question}).status_code == status
    session.refresh_from_db()
    assert session.asked == []


@pytest.mark.parametrize("address", ["", "clock/"])
def test_the_twist_comes_at_its_minute(
    reader: Client, url: str, set_clock: SetClock, address: str
) -> None:
    set_clock(17.9)
    html = reader.get(url + address).content.decode()
    assert (secrets_in(html), "Twist in 1 minute" in html) == ([], True)
    set_clock(18)
    assert secrets_in(reader.get(url + address).content.decode()) == ["THE TWIST"]


def test_the_twist_of_a_paused_session_waits(reader: Client, url: str, set_clock: SetClock) -> None:
    set_clock(10)
    reader.post(f"{url}pause/")
    set_clock(30)
    assert secrets_in(reader.get(url).content.decode()) == []
    reader.post(f"{url}resume/")
    set_clock(38)
    assert secrets_in(reader.get(url).content.decode()) == ["THE TWIST"]


# --- Stages


@pytest.mark.same_everywhere
@pytest.mark.parametrize(
    ("minute", "stage", "shapes"),
    [
        (0, "Requirements", ["started", "fresh", "fresh"]),
        (15, "High-level design", ["finished", "started", "fresh"]),
        (44, "Wrap-up", ["finished", "finished", "started"]),
        (50, "Wrap-up", ["finished", "finished", "finished"]),
    ],
)
def test_the_stage_of_the_clock_is_shown(
    reader: Client, url: str, set_clock: SetClock, minute: float, stage: str, shapes: list[str]
) -> None:
    set_clock(minute)
    html = reader.get(url).content.decode()
    assert (shown_stage(html), states(html)) == (stage, shapes)


@pytest.mark.same_everywhere
@pytest.mark.parametrize(
    ("asked", "stage"),
    [("3", "Wrap-up"), ("0", "Requirements"), ("4", "Requirements"), ("9" * 50, "Requirements")],
)
def test_another_stage_has_an_address(reader: Client, url: str, asked: str, stage: str) -> None:
    assert shown_stage(reader.get(url, {"stage": asked}).content.decode()) == stage


def test_the_foot_counts_stages_and_minutes_and_names_the_next(
    reader: Client, url: str, set_clock: SetClock
) -> None:
    set_clock(16)
    html = reader.get(url).content.decode()
    assert "1 of 3 stages · 16 of 45 min" in html
    assert "Next: wrap-up" in html
    assert "Next:" not in reader.get(url, {"stage": 3}).content.decode()


def test_the_page_says_when_each_stage_ends_in_the_zone_of_the_reader(
    reader: Client, url: str, learner: User
) -> None:
    User.objects.update(time_zone="Asia/Kolkata")
    html = reader.get(url).content.decode()
    times = re.findall(r'stage-until.*?<time datetime="[^"]+">([\d:]+)<', html)
    assert times == ["17:45", "18:05", "18:15"]
    assert "ends 18:15" in clock_line(html)


# --- The clock


def test_the_clock_counts_from_the_start_on_every_look(
    reader: Client, url: str, set_clock: SetClock
) -> None:
    faces = []
    for minutes in (0, 13.3, 44.99, 48):
        set_clock(minutes)
        faces.append(clock_face(reader.get(url).content.decode()))
    assert faces == ["45:00", "31:42", "0:01", "3:00"]
    assert "over: time is up" in clock_line(reader.get(url).content.decode())


def test_a_pause_stops_the_clock_and_keeps_its_reason(
    reader: Client, url: str, set_clock: SetClock
) -> None:
    set_clock(10)
    response = reader.post(f"{url}pause/", {"reason": "the door <b>", "stage": 2})
    assert response["Location"] == f"{url}?stage=2"
    set_clock(25)
    html = reader.get(url).content.decode()
    assert (clock_face(html), "(the door &lt;b&gt;)" in html) == ("35:00", True)
    assert "Pause the clock" not in html
    reader.post(f"{url}resume/")
    set_clock(26)
    html = reader.get(url).content.decode()
    assert clock_face(html) == "34:00"
    pause = Pause.objects.get()
    assert pause.ended_at
    assert (pause.reason, pause.ended_at - pause.began_at) == (
        "the door <b>",
        timedelta(minutes=15),
    )


def test_two_devices_that_pause_and_resume_agree(
    reader: Client, url: str, set_clock: SetClock
) -> None:
    for minute, action in ((10, "pause"), (12, "pause"), (20, "resume"), (25, "resume")):
        set_clock(minute)
        assert reader.post(f"{url}{action}/", {"reason": str(minute)}).status_code == 302
    set_clock(30)
    assert clock_face(reader.get(url).content.decode()) == "25:00"
    assert list(Pause.objects.values_list("reason", flat=True)) == ["10"]


def test_a_system_clock_that_was_set_back_harms_nothing(
    reader: Client, url: str, set_clock: SetClock
) -> None:
    set_clock(-60)
    assert clock_face(reader.get(url).content.decode()) == "45:00"
    reader.post(f"{url}pause/")
    set_clock(-90)
    reader.post(f"{url}resume/")
    reader.post(f"{url}pause/")
    set_clock(-120)
    reader.post(f"{url}finish/")
    spans = list(Pause.objects.order_by("pk").values_list("began_at", "ended_at"))
    assert spans == [(STARTED_AT, STARTED_AT), (STARTED_AT, STARTED_AT)]
    assert PracticeSession.objects.get().finished_at == STARTED_AT


def test_a_reason_that_is_too_long_stops_nothing(reader: Client, url: str) -> None:
    assert reader.post(f"{url}pause/", {"reason": "x" * 201}).status_code == 400
    assert not Pause.objects.exists()


def test_the_answer_to_a_look_has_the_clock_and_what_changes_with_it(
    reader: Client, url: str, set_clock: SetClock
) -> None:
    set_clock(20)
    response = reader.get(f"{url}clock/?stage=1", headers=HTMX)
    html = response.content.decode()
    assert clock_face(html) == "25:00"
    assert (shown_stage(html), states(html)) == ("Requirements", ["finished", "started", "fresh"])
    assert re.findall(r'id="([\w-]+)"[^>]*hx-swap-oob', html) == [
        "session-stages",
        "session-twist",
        "session-progress",
    ]
    assert "<textarea" not in html
    assert response["Cache-Control"] == "private, no-store"


def test_a_look_at_a_finished_session_loads_the_page_again(reader: Client, url: str) -> None:
    reader.post(f"{url}finish/")
    assert reader.get(f"{url}clock/", headers=HTMX)["HX-Refresh"] == "true"


# --- The end


def test_finishing_ends_the_pause_too_and_happens_once(
    reader: Client, url: str, session: PracticeSession, set_clock: SetClock
) -> None:
    set_clock(10)
    reader.post(f"{url}pause/")
    for minute in (12, 40):
        set_clock(minute)
        assert reader.post(f"{url}finish/")["Location"] == f"{url}score/"
    session.refresh_from_db()
    assert session.finished_at == STARTED_AT + timedelta(minutes=12)
    assert SessionPage(session).clock.elapsed == timedelta(minutes=10)
    assert reader.get(url)["Location"] == f"{url}result/"


def test_nothing_changes_after_the_end(reader: Client, url: str, session: PracticeSession) -> None:
    reader.post(f"{url}finish/")
    for action in ACTIONS:
        assert reader.post(f"{url}{action}/", {"question": 0}).status_code == 302
    session.refresh_from_db()
    assert (session.asked, Pause.objects.count()) == ([], 0)


def test_the_session_goes_on_after_its_time(
    reader: Client, url: str, session: PracticeSession, set_clock: SetClock
) -> None:
    set_clock(100)
    assert reader.post(f"{url}ask/", {"question": 0}).status_code == 302
    session.refresh_from_db()
    assert (session.asked, session.finished_at) == ([0], None)


# --- The case as it was


def test_an_edited_and_retired_case_does_not_change_a_session(
    reader: Client, url: str, seats: Case, set_clock: SetClock
) -> None:
    set_clock(30)
    before = reader.get(url).content.decode()
    seats.title, seats.brief, seats.twist = "Other", "Other.", "Other."
    seats.question_lines, seats.stage_lines = "Other?\nOther.", "Wrap-up: 45"
    seats.twist_minute, seats.retired_at = 44, timezone.now()
    seats.save()
    after = reader.get(url).content.decode()
    assert without_tokens(after) == without_tokens(before)


def without_tokens(html: str) -> str:
    return re.sub(r'value="\w{64}"|"X-CSRFToken": "\w+"', "", html)


# --- Who gets in


@pytest.mark.parametrize("address", ["", "clock/", "scratches/1/earlier/"])
def test_pages_of_somebody_else_do_not_exist(
    client: Client, other: User, url: str, address: str
) -> None:
    client.force_login(other)
    missing = f"/me/practice/{uuid4()}/"
    assert [client.get(base + address).status_code for base in (url, missing)] == [404, 404]


@pytest.mark.parametrize("address", [*(f"{action}/" for action in ACTIONS), "scratches/1/"])
def test_actions_on_a_session_of_somebody_else_change_nothing(
    client: Client, other: User, url: str, address: str
) -> None:
    client.force_login(other)
    before = PracticeSession.objects.values().get()
    values = {"question": 0, "text": "theirs", "version": 1}
    assert client.post(url + address, values).status_code == 404
    assert PracticeSession.objects.values().get() == before
    assert not Pause.objects.exists()


@pytest.mark.parametrize("address", ["", "clock/", "scratches/1/earlier/"])
def test_a_visitor_is_asked_to_sign_in(client: Client, url: str, address: str) -> None:
    response = client.get(url + address, follow=True)
    assert response.redirect_chain == [(f"/accounts/login/?next={url}{address}", 302)]
    assert "That page needs an account." in response.content.decode()


def test_a_form_of_another_account_changes_nothing(
    reader: Client, url: str, other: User, session: PracticeSession
) -> None:
    for action in ACTIONS:
        values = {"reader": str(other.pk), "question": 0}
        assert reader.post(f"{url}{action}/", values).status_code == 409
    session.refresh_from_db()
    assert (session.asked, session.finished_at, Pause.objects.count()) == ([], None, 0)


def test_the_page_takes_a_fixed_number_of_queries(
    reader: Client, url: str, django_assert_num_queries: Any
) -> None:
    reader.get(url)
    with django_assert_num_queries(8):
        reader.get(url)
    for question in (0, 1):
        reader.post(f"{url}ask/", {"question": question})
    for action in ("pause", "resume") * 3:
        reader.post(f"{url}{action}/")
    reader.get(url)
    with django_assert_num_queries(8):
        reader.get(url)
