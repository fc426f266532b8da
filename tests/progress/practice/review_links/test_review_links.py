import re
from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from django.http import Http404
from django.test import Client
from django.utils import timezone

from accounts.models import User
from progress.practice.models import PracticeSession, ReviewLink, Score
from progress.practice.record import PracticeRecord
from progress.practice.review_links.links import (
    LINKS_MAX,
    LinkClosed,
    address_of,
    create_link,
    link_of,
    use_link,
)
from progress.practice.scoring.score_sheet import Mark
from tests.progress.practice.conftest import MakeSession
from tests.progress.practice.points import filled

FRIEND = {"reviewer": "Grace", "comment": "Say who decides."}


@pytest.fixture
def practice_session(make_session: MakeSession) -> PracticeSession:
    return make_session()


@pytest.fixture
def link(practice_session: PracticeSession) -> ReviewLink:
    return create_link(practice_session, uuid4())


def path_of(link: ReviewLink) -> str:
    return urlsplit(address_of(link)).path


def reviews(practice_session: PracticeSession) -> list[tuple[str, int]]:
    """Return the reviewers with their points."""
    sheet = PracticeRecord(PracticeSession.objects.get(pk=practice_session.pk)).sheet
    return [
        (scoring.link.reviewer, scoring.total.points) for scoring in sheet.reviews if scoring.link
    ]


def test_a_link_is_created_once_by_one_press(
    reader: Client, practice_session: PracticeSession
) -> None:
    operation = {"operation": str(uuid4())}
    for _ in range(2):
        response = reader.post(f"/me/practice/{practice_session.uuid}/links/", operation)
    assert response.headers["Location"].endswith("/result/#review-links")
    created = ReviewLink.objects.get()
    assert created.expires_at - created.created_at == timedelta(days=7)
    page = reader.get(f"/me/practice/{practice_session.uuid}/result/").content.decode()
    # The signature has the second in which the page was rendered.
    (token,) = re.findall(r'value="http://testserver/practice/review/([^"/]+)/"', page)
    assert link_of(token) == created


@pytest.mark.parametrize("operation", ["", "1", "not-a-uuid"])
def test_a_press_without_an_operation_creates_nothing(
    reader: Client, practice_session: PracticeSession, operation: str
) -> None:
    address = f"/me/practice/{practice_session.uuid}/links/"
    assert reader.post(address, {"operation": operation}).status_code == 400
    assert not ReviewLink.objects.exists()


def test_a_session_has_a_limited_number_of_links(
    reader: Client, practice_session: PracticeSession
) -> None:
    for _ in range(LINKS_MAX):
        create_link(practice_session, uuid4())
    address = f"/me/practice/{practice_session.uuid}/links/"
    assert reader.post(address, {"operation": str(uuid4())}).status_code == 409
    assert ReviewLink.objects.count() == LINKS_MAX


def test_a_friend_sees_what_was_written_but_no_points(
    client: Client, learner: User, practice_session: PracticeSession, link: ReviewLink
) -> None:
    mine = Client()
    mine.force_login(learner)
    mine.post(f"/me/practice/{practice_session.uuid}/score/", filled(requirements_quote="no queue"))
    response = client.get(path_of(link))
    page = response.content.decode()
    assert "Design the booking of seats." in page
    assert "a seat is held for ten minutes" in page
    assert "One region is lost." in page
    assert "<q>" not in page
    assert 'value="no queue"' in page  # offered as a line of the scratch, not as a quotation
    assert "checked" not in page
    assert learner.email not in page
    assert response.headers["Cache-Control"] == "private, no-store"
    assert response.headers["Referrer-Policy"] == "same-origin"
    assert response.headers["X-Robots-Tag"] == "noindex"


def test_a_friend_scores_once_and_both_scorings_stand_side_by_side(
    client: Client, learner: User, practice_session: PracticeSession, link: ReviewLink
) -> None:
    assert client.post(path_of(link), {**filled(1, 1, 1), **FRIEND}).status_code == 200
    again = client.post(path_of(link), {**filled(3, 3, 3), **FRIEND, "reviewer": "Mallory"})
    assert again.status_code == 410
    assert client.get(path_of(link)).status_code == 410
    assert reviews(practice_session) == [("Grace", 4)]
    mine = Client()
    mine.force_login(learner)
    mine.post(f"/me/practice/{practice_session.uuid}/score/", filled(3, 2, 0))
    page = mine.get(f"/me/practice/{practice_session.uuid}/result/").content.decode()
    assert '<th scope="col">You</th><th scope="col">Grace</th>' in page
    assert "<b>5</b> of 12</td><td><b>4</b> of 12" in page
    assert "Say who decides." in page


def test_a_review_is_seen_on_the_learners_next_load(
    client: Client, learner: User, link: ReviewLink
) -> None:
    before = learner.progress_version
    client.post(path_of(link), {**filled(), **FRIEND})
    learner.refresh_from_db()
    assert learner.progress_version > before


def test_a_review_needs_a_name_and_points_but_no_quotation(
    client: Client, practice_session: PracticeSession, link: ReviewLink
) -> None:
    without_name = client.post(path_of(link), {**filled(), **FRIEND, "reviewer": " "})
    assert without_name.status_code == 422
    assert reviews(practice_session) == []
    fields = {**filled(requirements_quote="", design_quote=""), **FRIEND}
    assert client.post(path_of(link), fields).status_code == 200
    assert reviews(practice_session) == [("Grace", 5)]


def test_a_revoked_link_is_closed_and_what_came_through_it_stays(
    client: Client, reader: Client, practice_session: PracticeSession, link: ReviewLink
) -> None:
    used = create_link(practice_session, uuid4())
    client.post(path_of(used), {**filled(), **FRIEND})
    for each in (used, link):
        reader.post(f"/me/practice/links/{each.uuid}/revoke/")
    anonymous = Client()
    response = anonymous.get(path_of(link))
    assert response.status_code == 410
    assert "has revoked it" in response.content.decode()
    assert anonymous.post(path_of(link), {**filled(), **FRIEND}).status_code == 410
    assert reviews(practice_session) == [("Grace", 5)]


def test_a_link_expires_after_seven_days(
    client: Client,
    practice_session: PracticeSession,
    link: ReviewLink,
    now: Callable[[datetime], None],
) -> None:
    now(link.expires_at - timedelta(seconds=1))
    assert client.get(path_of(link)).status_code == 200
    now(link.expires_at)
    response = client.post(path_of(link), {**filled(), **FRIEND})
    assert response.status_code == 410
    assert "seven days" in response.content.decode()
    assert reviews(practice_session) == []


@pytest.mark.parametrize("token", ["{}x", "x", ":::::::::", "{}:"])
def test_an_address_that_nobody_signed_is_not_found(
    client: Client, link: ReviewLink, token: str
) -> None:
    signed = path_of(link).split("/")[-2]
    assert client.get(f"/practice/review/{signed}/").status_code == 200
    assert client.get(f"/practice/review/{token.format(signed)}/").status_code == 404


def test_nobody_else_revokes_a_link(client: Client, other: User, link: ReviewLink) -> None:
    client.force_login(other)
    assert client.post(f"/me/practice/links/{link.uuid}/revoke/").status_code == 404
    link.refresh_from_db()
    assert link.revoked_at is None


def test_a_link_of_a_closed_account_or_deleted_session_is_not_found(
    client: Client, practice_session: PracticeSession, link: ReviewLink
) -> None:
    address = path_of(link)
    User.objects.update(is_active=False)
    assert client.get(address).status_code == 404
    User.objects.update(is_active=True)
    assert client.get(address).status_code == 200
    practice_session.delete()
    assert client.get(address).status_code == 404


def test_a_link_that_was_closed_meanwhile_stores_nothing(
    practice_session: PracticeSession, link: ReviewLink
) -> None:
    marks = {line.criterion: Mark(3) for line in practice_session.copy.rubric}
    ReviewLink.objects.update(revoked_at=timezone.now())
    with pytest.raises(LinkClosed):
        use_link(link, marks, "Grace", "")
    assert not Score.objects.exists()


def test_the_operation_of_another_session_creates_nothing(
    reader: Client, other: User, make_session: MakeSession, practice_session: PracticeSession
) -> None:
    theirs = create_link(make_session(other), uuid4())
    address = f"/me/practice/{practice_session.uuid}/links/"
    assert reader.post(address, {"operation": str(theirs.uuid)}).status_code == 409
    assert list(ReviewLink.objects.all()) == [theirs]


def test_a_session_that_was_deleted_meanwhile_gets_no_link(
    practice_session: PracticeSession,
) -> None:
    PracticeSession.objects.all().delete()
    with pytest.raises(Http404):
        create_link(practice_session, uuid4())
