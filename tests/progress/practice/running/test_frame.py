"""The page of a session stands in a frame that all sessions share."""

import re

from django.test import Client

from accounts.models import User
from tests.progress.practice.conftest import MakeSession


def test_two_learners_get_their_own_page_from_one_frame(
    reader: Client, other: User, make_session: MakeSession
) -> None:
    mine, theirs = make_session(is_finished=False), make_session(other, is_finished=False)
    theirs.case_at_start = {**theirs.case_at_start, "title": "Their case & more"}
    theirs.save()
    friend = Client()
    friend.force_login(other)
    own = reader.get(f"/me/practice/{mine.uuid}/?stage=2").content.decode()
    response = friend.get(f"/me/practice/{theirs.uuid}/?stage=1")
    page = response.content.decode()
    assert response.headers["Cache-Control"] == "private, no-store"
    assert "<title>Their case &amp; more: Requirements" in page
    assert str(mine.uuid) not in page
    assert "Seats" not in page
    assert f"/me/practice/{theirs.uuid}/" in page.partition('name="next"')[2].partition(">")[0]
    assert "<title>Seats: High-level design" in own
    assert f"/me/practice/{mine.uuid}/?stage=2" in own.partition('name="next"')[2].partition(">")[0]
    assert str(theirs.uuid) not in own
    current = re.findall(r'<a href="([^"]+)" aria-current', page)
    assert current == ["/practice/"]
