"""A scratch is saved without losing a text, as a note is."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from html import unescape
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone

from accounts.models import User
from catalog.cases.models import Case
from playbook.diagrams.language import parse
from playbook.diagrams.svg import draw
from progress.export import progress_of
from progress.practice.jobs import delete_dropped_scratches
from progress.practice.models import SCRATCH_MAX_LENGTH, DroppedScratch, PracticeSession, Scratch
from progress.practice.scratches import ScratchStore
from progress.texts.saving import Conflict, Draft
from tests.progress.practice.running.conftest import StartSession

HTMX = {"HX-Request": "true"}
PAGE, OTHER_PAGE = uuid4(), uuid4()


@pytest.fixture
def session(start: StartSession, seats: Case) -> PracticeSession:
    return start(seats)


@pytest.fixture
def url(session: PracticeSession) -> str:
    return f"/me/practice/{session.uuid}/scratches/2/"


def send(client: Client, url: str, text: str, version: int = 1, **values: Any) -> Any:
    return client.post(url, {"text": text, "version": version, **values}, headers=HTMX)


def texts() -> list[tuple[str, str, int]]:
    written = Scratch.objects.exclude(version=1).order_by("position")
    return list(written.values_list("stage", "text", "version"))


def dropped() -> list[str]:
    return list(DroppedScratch.objects.values_list("text", flat=True))


def test_a_save_stores_the_text_of_its_stage_alone(reader: Client, url: str) -> None:
    response = send(reader, url, "one\r\ntwo <b>")
    assert response.status_code == 200
    assert texts() == [("design", "one\ntwo <b>", 2)]
    html = response.content.decode()
    assert 'id="scratch-2-version" name="version" value="2" hx-swap-oob="true"' in html
    assert "Saved" in html
    assert "-preview" not in html


def test_the_drawing_is_saved_by_the_same_component(
    reader: Client, session: PracticeSession
) -> None:
    base = f"/me/practice/{session.uuid}/"
    assert send(reader, f"{base}scratches/4/", "client -> gateway").status_code == 200
    assert texts() == [("drawing", "client -> gateway", 2)]
    page = reader.get(base).content.decode()
    assert "\nclient -&gt; gateway</textarea>" in page
    svg = Scratch.objects.get(stage="drawing").svg
    assert svg == str(draw(parse("client -> gateway"), "Drawing as text"))
    assert svg in page


def test_a_drawing_that_was_stored_without_its_picture_is_drawn(
    reader: Client, session: PracticeSession
) -> None:
    Scratch.objects.filter(stage="drawing").update(text="client -> gateway")
    page = reader.get(f"/me/practice/{session.uuid}/").content.decode()
    assert str(draw(parse("client -> gateway"), "Drawing as text")) in page


def test_a_drawing_that_is_emptied_shows_nothing(reader: Client, session: PracticeSession) -> None:
    base = f"/me/practice/{session.uuid}/"
    send(reader, f"{base}scratches/4/", "client -> gateway")
    send(reader, f"{base}scratches/4/", "", 2)
    assert Scratch.objects.get(stage="drawing").svg == ""
    assert '<svg class="diagram-svg"' not in reader.get(base).content.decode()


def test_without_javascript_a_save_leads_back_to_the_stage(reader: Client, url: str) -> None:
    response = reader.post(url, {"text": "kept", "version": 1})
    assert response["Location"].endswith("/?stage=2")
    html = reader.get(response["Location"]).content.decode()
    assert "\nkept</textarea>" in html
    assert "Saved." in html


def test_the_same_text_again_is_a_success_and_changes_nothing(
    reader: Client, learner: User, url: str
) -> None:
    send(reader, url, "one")
    version = User.objects.values_list("progress_version", flat=True).get(pk=learner.pk)
    assert send(reader, url, "one", 1).status_code == 200
    assert texts() == [("design", "one", 2)]
    assert User.objects.values_list("progress_version", flat=True).get(pk=learner.pk) == version


def test_a_save_on_an_older_version_is_a_conflict_that_shows_both_texts(
    reader: Client, url: str
) -> None:
    send(reader, url, "same\nred apples")
    response = send(reader, url, "same\nblue apples <b>", 1)
    assert (response.status_code, response["X-Text-Refused"]) == (409, "true")
    html = response.content.decode()
    assert "same\n<ins>blue</ins> apples<ins> &lt;b&gt;</ins>" in html
    assert "same\n<del>red</del> apples" in html
    assert 'id="scratch-2-conflict" hx-swap-oob' in html
    assert texts() == [("design", "same\nred apples", 2)]


@pytest.mark.parametrize(
    ("choice", "text", "lost"),
    [
        ("mine", "mine", ["theirs"]),
        ("theirs", "theirs", ["mine"]),
        ("both", "theirs\n\n---\n\nmine", []),
    ],
)
@pytest.mark.parametrize("times", [1, 2])
def test_a_choice_keeps_what_was_dropped_however_often_it_is_sent(
    reader: Client, url: str, choice: str, text: str, lost: list[str], times: int
) -> None:
    send(reader, url, "theirs")
    for _time in range(times):
        response = send(reader, url, "mine", 1, choice=choice, theirs=2)
        assert response.status_code == 200
    assert [stored for _stage, stored, _version in texts()] == [text]
    assert dropped() == lost
    assert ("Earlier texts" in response.content.decode()) == bool(lost)


def test_a_choice_about_a_text_that_changed_again_is_asked_anew(reader: Client, url: str) -> None:
    send(reader, url, "one")
    send(reader, url, "two", 2)
    assert send(reader, url, "mine", 1, choice="mine", theirs=2).status_code == 409
    assert (texts(), dropped()) == ([("design", "two", 3)], [])


def test_what_a_page_sends_later_replaces_what_it_sent_itself(reader: Client, url: str) -> None:
    assert send(reader, url, "one", 1, page=PAGE, number=1).status_code == 200
    assert send(reader, url, "three", 1, page=PAGE, number=3).status_code == 200
    assert send(reader, url, "two", 1, page=PAGE, number=2).status_code == 200
    assert texts() == [("design", "three", 3)]
    assert send(reader, url, "other", 1, page=OTHER_PAGE, number=1).status_code == 409


def test_a_dropped_text_is_restored_in_exchange(
    reader: Client, session: PracticeSession, url: str, client: Client, other: User
) -> None:
    send(reader, url, "theirs")
    send(reader, url, "mine", 1, choice="mine", theirs=2)
    page = reader.get(f"{url}earlier/").content.decode()
    assert ">theirs</div>" in page
    restore = f"/me/practice/earlier/{DroppedScratch.objects.get().uuid}/restore/"
    assert restore in page
    reader.post(restore)
    assert (texts(), dropped()) == ([("design", "theirs", 4)], ["mine"])
    restore = f"/me/practice/earlier/{DroppedScratch.objects.get().uuid}/restore/"
    client.force_login(other)
    assert client.post(restore).status_code == 404
    assert dropped() == ["mine"]


def test_texts_that_were_dropped_long_ago_are_deleted(
    reader: Client, learner: User, session: PracticeSession, url: str
) -> None:
    send(reader, url, "theirs")
    send(reader, url, "mine", 1, choice="mine", theirs=2)
    DroppedScratch.objects.update(dropped_at=timezone.now() - timedelta(days=31))
    assert "theirs" not in reader.get(f"{url}earlier/").content.decode()
    (exported,) = progress_of(learner)["practice_sessions"]
    assert [each["dropped_texts"] for each in exported["scratches"] if each["dropped_texts"]] == []
    page = reader.get(f"/me/practice/{session.uuid}/?stage=2").content.decode()
    assert f"{url}earlier/" not in page
    assert "Earlier texts" not in send(reader, url, "mine", 3).content.decode()
    send(reader, url, "again", 1, choice="mine", theirs=3)
    assert dropped() == ["mine"]


def test_the_daily_job_deletes_texts_that_were_dropped_long_ago(reader: Client, url: str) -> None:
    send(reader, url, "theirs")
    send(reader, url, "mine", 1, choice="mine", theirs=2)
    send(reader, url, "again", 1, choice="mine", theirs=3)
    DroppedScratch.objects.filter(text="theirs").update(
        dropped_at=timezone.now() - timedelta(days=31)
    )
    for _ in range(2):
        delete_dropped_scratches()
        assert dropped() == ["mine"]
    assert texts() == [("design", "again", 4)]


def test_a_text_that_is_too_long_changes_nothing_and_says_by_how_much(
    reader: Client, url: str
) -> None:
    assert send(reader, url, "語" * SCRATCH_MAX_LENGTH).status_code == 200
    response = send(reader, url, "x" * (SCRATCH_MAX_LENGTH + 12), 2)
    assert response.status_code == 400
    assert "has 20,012 characters, and a scratch can have 20,000. Shorten it by 12." in (
        response.content.decode()
    )
    assert texts() == [("design", "語" * SCRATCH_MAX_LENGTH, 2)]


@pytest.mark.parametrize("name", ["version", "number", "page", "choice", "theirs"])
def test_a_bad_value_is_refused_and_the_text_shown_again(
    reader: Client, url: str, name: str
) -> None:
    response = reader.post(url, {"text": "kept <b>", name: "-1"})
    assert response.status_code == 400
    html = response.content.decode()
    assert ">\nkept &lt;b&gt;</textarea>" in html
    assert 'scratch-2-title">Scratch </h2>' in html
    assert texts() == []


def test_a_null_character_is_refused(reader: Client, url: str) -> None:
    response = send(reader, url, "a\0b")
    assert (response.status_code, "null characters" in response.content.decode()) == (400, True)


def test_a_text_is_not_stored_after_the_end_and_shown_again(
    reader: Client, session: PracticeSession, url: str
) -> None:
    reader.post(f"/me/practice/{session.uuid}/finish/")
    response = reader.post(url, {"text": "too late", "version": 1})
    assert response.status_code == 409
    html = response.content.decode()
    assert "this session is finished" in html
    assert ">\ntoo late</textarea>" in html
    assert texts() == []


def test_signed_out_or_another_account_is_told_so(
    client: Client, reader: Client, other: User, url: str, learner: User
) -> None:
    client.logout()
    response = send(client, url, "kept")
    assert (response.status_code, "signed out" in response.content.decode()) == (403, True)
    client.force_login(other)
    response = send(client, url, "kept", reader=str(learner.pk))
    assert (response.status_code, "another account" in response.content.decode()) == (403, True)
    assert texts() == []


@pytest.mark.parametrize("position", [0, 5, 10**12])
def test_a_scratch_that_is_none_does_not_exist(
    reader: Client, session: PracticeSession, position: int
) -> None:
    url = f"/me/practice/{session.uuid}/scratches/{position}/"
    assert send(reader, url, "x").status_code == 404


# --- Without JavaScript one form sends the texts of the stage and of the drawing


def both(text: str, drawn: str, versions: tuple[int, int] = (1, 1), **values: Any) -> Any:
    texts = {"position": [2, 4], "text": [text, drawn], "version": versions}
    return {**texts, "stage": 2, **values}


def fields(html: str) -> dict[str, list[str]]:
    """Return what the form of a refused text sends, without a press of a button of the choice."""
    form = html[html.index("<textarea") :].partition("</form>")[0]
    found = re.findall(r'name="(\w+)"(?: value="([^"]*)")?[^>]*>(?:\n([^<]*)</textarea>)?', form)
    sent: dict[str, list[str]] = {}
    for name, value, text in found:
        sent.setdefault(name, []).append(unescape(text or value))
    return sent


@pytest.mark.parametrize("action", ["scratches/2/", "finish/"])
def test_a_button_of_the_page_stores_both_texts(
    reader: Client, session: PracticeSession, action: str
) -> None:
    base = f"/me/practice/{session.uuid}/"
    page = reader.get(f"{base}?stage=2").content.decode()
    (drawing,) = re.findall(r'<form id="scratch-4-form".*?</form>', page, re.DOTALL)
    sent_by = re.findall(r'name="(\w+)"[^>]*form="scratch-2-form"', drawing)
    assert sent_by == ["text", "position", "version"]
    assert re.search(rf'form="scratch-2-form" formaction="{base}finish/"', page)
    for _time in range(2):
        response = reader.post(base + action, both("one\r\ntwo", "client -> gateway"))
        expected = f"{base}score/" if action == "finish/" else f"{base}?stage=2"
        assert response["Location"] == expected
    assert texts() == [("design", "one\ntwo", 2), ("drawing", "client -> gateway", 2)]
    session.refresh_from_db()
    assert (session.finished_at is not None) == (action == "finish/")


def test_a_conflict_at_the_end_loses_neither_text_and_goes_on_after_the_choices(
    reader: Client, learner: User, session: PracticeSession, url: str
) -> None:
    base = f"/me/practice/{session.uuid}/"
    send(reader, url, "theirs")
    send(reader, f"{base}scratches/4/", "a -> b")
    values = both("mine", "c -> d\n<e> -> f", reader=str(learner.pk))
    response = reader.post(f"{base}finish/", values)
    for position, mine in ((2, "mine"), (4, "c -> d\n<e> -> f")):
        html = response.content.decode()
        assert response.status_code == 409
        assert f'action="{base}scratches/{position}/"' in html
        sent = fields(html)
        assert sent["text"][0] == mine
        response = reader.post(
            f"{base}scratches/{position}/", {**sent, "choice": "mine", "theirs": 2}
        )
    assert response.status_code == 302
    assert texts() == [("design", "mine", 3), ("drawing", "c -> d\n<e> -> f", 3)]
    assert dropped() == ["a -> b", "theirs"]
    session.refresh_from_db()
    assert session.finished_at is None


def test_a_choice_about_one_text_is_none_about_the_other(
    reader: Client, session: PracticeSession, url: str
) -> None:
    send(reader, url, "theirs")
    send(reader, f"/me/practice/{session.uuid}/scratches/4/", "a -> b")
    response = reader.post(url, both("mine", "c -> d", choice="mine", theirs=2))
    assert (response.status_code, dropped()) == (409, ["theirs"])
    assert texts() == [("design", "mine", 3), ("drawing", "a -> b", 2)]


def test_the_end_of_a_session_stores_no_text_that_comes_later(
    reader: Client, session: PracticeSession
) -> None:
    finish = f"/me/practice/{session.uuid}/finish/"
    reader.post(finish, both("one", ""))
    response = reader.post(finish, both("two <b>", "a -> b"))
    html = response.content.decode()
    assert (response.status_code, "this session is finished" in html) == (409, True)
    assert fields(html)["text"] == ["two <b>", "a -> b"]
    assert texts() == [("design", "one", 2)]


@pytest.mark.parametrize("is_signed_in", [True, False])
def test_a_text_is_shown_again_if_another_account_or_nobody_ends_the_session(
    client: Client, session: PracticeSession, learner: User, other: User, *, is_signed_in: bool
) -> None:
    if is_signed_in:
        client.force_login(other)
    values = both("mine", "a -> b", reader=str(learner.pk))
    response = client.post(f"/me/practice/{session.uuid}/finish/", values)
    assert response.status_code == 403
    assert fields(response.content.decode())["text"] == ["mine", "a -> b"]
    session.refresh_from_db()
    assert (texts(), session.finished_at) == ([], None)


@pytest.mark.parametrize("position", ["x", "-1", "9" * 5000, "²", ""])
def test_a_position_that_is_none_is_no_error_of_the_server(
    reader: Client, session: PracticeSession, position: str
) -> None:
    values = {"position": position, "text": "x", "version": 1}
    response = reader.post(f"/me/practice/{session.uuid}/finish/", values)
    assert response.status_code in {302, 404}


def test_a_body_that_is_too_large_is_refused(reader: Client, url: str) -> None:
    assert send(reader, url, "x" * 600 * 1024).status_code == 413
    assert texts() == []


def test_a_save_takes_few_queries(reader: Client, url: str, django_assert_num_queries: Any) -> None:
    send(reader, url, "one")
    with django_assert_num_queries(8):
        send(reader, url, "two", 2)


def test_an_estimate_is_taken_along_once_and_to_the_scratch_of_the_estimates(
    reader: Client, learner: User, session: PracticeSession, other: User
) -> None:
    base = f"/me/practice/{session.uuid}/"
    page = reader.get(f"/estimates/?practice={session.uuid}").content.decode()
    assert f'action="{base}take/"' in page
    estimate = re.findall(r'name="text" value="([^"]+)"', page)[0]
    Scratch.objects.filter(position=2).update(stage="estimates", text="mine")
    for _time in (1, 2):
        values = {"text": unescape(estimate), "reader": str(learner.pk)}
        assert reader.post(f"{base}take/", values)["Location"] == f"{base}?stage=2"
    assert texts() == [("estimates", f"mine\n\n{unescape(estimate)}", 2)]
    assert f'href="/estimates/?practice={session.uuid}"' in (
        reader.get(f"{base}?stage=2").content.decode()
    )
    reader.force_login(other)
    assert reader.post(f"{base}take/", {"text": "theirs"}).status_code == 404


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("playbook")
def test_of_two_devices_at_once_one_gets_a_conflict(
    learner: User, start: StartSession, seats: Case
) -> None:
    session = start(seats)
    barrier = Barrier(2)

    def save(text: str) -> str:
        store = ScratchStore(learner, session.uuid, 1)
        barrier.wait()
        try:
            return store.save(Draft(text, 1)).text
        except Conflict:
            return "conflict"
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(save, ("one", "two")))
    kept = Scratch.objects.get(position=1)
    assert sorted(results) == sorted(["conflict", kept.text])
    assert kept.version == 2
