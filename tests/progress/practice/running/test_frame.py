"""The page of a session is rendered once for all that look alike; its gaps have what is its own."""

import re

import pytest
from django.test import Client

from accounts.models import User
from playbook.diagrams.language import parse
from playbook.diagrams.svg import draw
from progress.practice.models import DRAWING, PracticeSession
from tests.progress.practice.conftest import MakeSession


@pytest.fixture
def mine(make_session: MakeSession) -> PracticeSession:
    return signed(make_session(is_finished=False), "mine")


@pytest.fixture
def theirs(make_session: MakeSession, other: User) -> PracticeSession:
    return signed(make_session(other, is_finished=False), "theirs")


def signed(practice_session: PracticeSession, name: str) -> PracticeSession:
    """Make the case and the texts of a session say whose it is."""
    text = f"<{name}> & more"
    practice_session.case_at_start = {
        **practice_session.case_at_start,
        "title": text,
        "brief": text,
    }
    practice_session.save()
    practice_session.scratches.update(text=text, version=2)
    drawing = practice_session.scratches.filter(stage=DRAWING)
    drawing.update(svg=draw(parse(text), "Drawing as text"))
    return practice_session


def test_two_learners_get_their_own_page_and_share_all_else(
    reader: Client, other: User, mine: PracticeSession, theirs: PracticeSession
) -> None:
    friend = Client()
    friend.force_login(other)
    first = reader.get(f"{mine.get_absolute_url()}?stage=2")
    second = friend.get(f"{theirs.get_absolute_url()}?stage=2")
    rendered = {template.name for template in second.templates if template.name}
    assert {name for name in rendered if name.startswith(("practice/", "diagrams/"))} == set()
    for response, own, name in ((first, mine, "mine"), (second, theirs, "theirs")):
        page = response.content.decode()
        assert response.headers["Cache-Control"] == "private, no-store"
        assert f"<title>&lt;{name}&gt; &amp; more: High-level design" in page
        # Title, heading, brief, scratch, and the drawing as text, as boxes and as a list.
        assert re.findall(r"&lt;(\w+)&gt; &amp; more", page) == [name] * 7
        uuids = set(re.findall(r"/me/practice/([0-9a-f-]{36})/", page))
        assert uuids == {str(own.uuid)}
        assert set(re.findall(r'name="reader" value="(\d+)"', page)) == {str(own.user_id)}
        next_page = page.partition('name="next"')[2].partition(">")[0]
        assert f"/me/practice/{own.uuid}/?stage=2" in next_page
        assert re.findall(r'<a href="([^"]+)" aria-current', page) == ["/practice/"]
