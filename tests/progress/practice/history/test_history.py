import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from catalog.cases.models import Case
from catalog.cases.stages import Criterion
from progress.export import progress_of
from progress.practice.history.figures import CriterionTrend, PastScore, totals_of, trends_of
from progress.practice.models import Pause, PracticeSession, ReviewLink, Score, Scratch
from progress.practice.review_links.links import create_link, use_link
from progress.practice.scoring.score_sheet import Mark, Total
from tests.progress.practice.conftest import STARTED_AT, MakeSession
from tests.progress.practice.points import filled

DESIGN, DEEP_DIVE = Criterion.DESIGN, Criterion.DEEP_DIVE


def test_trends_compare_the_last_three_with_those_before() -> None:
    points = {DESIGN: [0, 1, 2, 2, 3], DEEP_DIVE: [1, 2]}
    scores = [
        PastScore(number, criterion, given)
        for criterion, all_given in points.items()
        for number, given in enumerate(all_given)
    ]
    weakest, strongest = trends_of(scores)
    assert (weakest, strongest) == (
        CriterionTrend(DEEP_DIVE, [1, 2]),
        CriterionTrend(DESIGN, [0, 1, 2, 2, 3]),
    )
    assert (weakest.recent, weakest.earlier) == (1.5, None)
    assert strongest.recent == pytest.approx(7 / 3)
    assert strongest.earlier == 0.5
    assert totals_of(scores)[1] == Total(points=1 + 2 * 2, most=9)


def test_the_history_shows_each_interview_with_its_points_and_pauses(
    reader: Client, make_session: MakeSession, case: Case
) -> None:
    Case.objects.create(slug="timeline", number=2, title="Home timeline")
    practice_session = make_session()
    Pause.objects.create(
        practice_session=practice_session,
        reason="the door bell",
        began_at=STARTED_AT,
        ended_at=STARTED_AT + timedelta(minutes=1),
    )
    reader.post(f"/me/practice/{practice_session.uuid}/score/", filled(3, 2, 0))
    unscored, running = make_session(), make_session(is_finished=False)
    Pause.objects.create(practice_session=running, began_at=STARTED_AT)
    page = reader.get("/me/practice/").content.decode()
    assert "<b>5</b> of 12" in page
    interviews = page.partition('<ol class="interviews">')[2].partition("</ol>")[0]
    assert re.findall(r'<a href="/me/practice/(.*?)">(.*?)</a>', interviews) == [
        (f"{running.uuid}/", "Seats"),
        (f"{unscored.uuid}/result/", "Seats"),
        (f"{unscored.uuid}/score/", "Score it"),
        (f"{practice_session.uuid}/result/", "Seats"),
    ]
    assert re.findall("<li>(Paused .*?)</li>", page) == [
        "Paused since 20:00",
        "Paused from 20:00 to 20:01: the door bell",
    ]
    not_practised = page.partition("Not practised yet")[2]
    assert "Home timeline" in not_practised
    assert "Seats" not in not_practised


def test_the_history_takes_a_constant_number_of_queries(
    reader: Client, make_session: MakeSession, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    make_session()
    reader.get("/me/practice/")
    with django_assert_num_queries(10):
        reader.get("/me/practice/?few")
    for _ in range(3):
        reader.post(f"/me/practice/{make_session().uuid}/score/", filled())
    with django_assert_num_queries(10):
        reader.get("/me/practice/?many")


def test_a_long_history_has_pages(
    reader: Client, make_session: MakeSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("progress.practice.history.views.PAGE_SIZE", 2)
    for _ in range(3):
        make_session()
    counts = {
        query: reader.get(f"/me/practice/{query}").content.decode().count("interview-line")
        for query in ("", "?page=2", "?page=3", "?page=x")
    }
    assert counts == {"": 2, "?page=2": 1, "?page=3": 1, "?page=x": 2}
    assert 'rel="next" href="?page=2"' in reader.get("/me/practice/").content.decode()


def test_the_history_shows_nothing_of_another_learner(
    reader: Client, other: User, make_session: MakeSession
) -> None:
    make_session(other)
    page = reader.get("/me/practice/").content.decode()
    assert "Your interviews will be here" in page
    assert "Seats" not in page


def test_the_export_has_everything_that_belongs_to_a_session(
    learner: User, other: User, make_session: MakeSession, reader: Client
) -> None:
    make_session(other)
    practice_session = make_session()
    reader.post(f"/me/practice/{practice_session.uuid}/score/", filled(3, 2, 0))
    link = create_link(practice_session, uuid4())
    marks = {line.criterion: Mark(1) for line in practice_session.copy.rubric}
    use_link(link, marks, "Grace", "Well done.")
    (exported,) = progress_of(learner)["practice_sessions"]
    assert exported["uuid"] == practice_session.uuid
    assert exported["case"]["title"] == "Seats"
    assert [scratch["text"] for scratch in exported["scratches"]] == [
        "a seat is held for ten minutes\nno queue",
        "the database decides:  unique (event, seat)",
        "client -> booking -> db",
    ]
    assert [(row["review_link"], row["points"]) for row in exported["scores"]] == [
        *((None, points) for points in (3, 2, 0)),
        *((link.uuid, 1) for _ in range(3)),
    ]
    assert [(row["reviewer"], row["comment"]) for row in exported["review_links"]] == [
        ("Grace", "Well done.")
    ]


def test_nothing_is_left_of_a_deleted_account(
    learner: User, other: User, make_session: MakeSession, reader: Client
) -> None:
    kept, practice_session = make_session(other), make_session()
    reader.post(f"/me/practice/{practice_session.uuid}/score/", filled())
    create_link(practice_session, uuid4())
    Pause.objects.create(practice_session=practice_session)
    learner.delete()
    assert list(PracticeSession.objects.all()) == [kept]
    assert {scratch.practice_session_id for scratch in Scratch.objects.all()} == {kept.pk}
    assert not any(model.objects.exists() for model in (Score, ReviewLink, Pause))


def test_the_export_of_a_running_session_has_what_its_page_has_shown(
    learner: User, make_session: MakeSession
) -> None:
    running = make_session(is_finished=False)
    running.asked = [1]
    running.save()
    (exported,) = progress_of(learner)["practice_sessions"]
    assert exported["case"] == {
        "uuid": running.case.uuid,
        "title": "Seats",
        "brief": running.case.brief,
        "questions": [["Is there a queue?", "Yes."]],
    }
