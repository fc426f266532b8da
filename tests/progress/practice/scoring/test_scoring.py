import re
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from catalog.cases.models import Case
from catalog.cases.stages import Criterion
from catalog.models import Article
from progress.practice.markdown_sheet import markdown_of
from progress.practice.models import Pause, PracticeSession, Score
from progress.practice.record import PracticeRecord
from progress.practice.review_links.links import create_link
from progress.practice.scoring.score_sheet import Mark, Total, total_of
from progress.recall.deck import Deck
from progress.recall.models import Card
from progress.states import StateName
from tests.progress.practice.conftest import MakeSession
from tests.progress.practice.points import filled
from tests.progress.recall.cards.test_editing import fresh

REQUIREMENTS, DESIGN, DEEP_DIVE = Criterion.REQUIREMENTS, Criterion.DESIGN, Criterion.DEEP_DIVE


def address(practice_session: PracticeSession, page: str) -> str:
    return f"/me/practice/{practice_session.uuid}/{page}/"


def stored(practice_session: PracticeSession) -> list[tuple[str, int, str]]:
    scores = Score.objects.filter(practice_session=practice_session, review_link=None)
    return list(scores.values_list("criterion", "points", "quote"))


def test_a_deep_dive_counts_double() -> None:
    marks = {REQUIREMENTS: Mark(3), DESIGN: Mark(2), DEEP_DIVE: Mark(1)}
    assert total_of(marks) == Total(points=7, most=12)
    assert total_of(marks).percent == 58
    assert total_of({}).percent is None


def test_points_are_stored_with_the_words_that_earned_them(
    reader: Client, make_session: MakeSession
) -> None:
    practice_session = make_session()
    response = reader.post(address(practice_session, "score"), filled())
    assert response.headers["Location"] == address(practice_session, "result")
    assert stored(practice_session) == [
        ("requirements", 3, "a seat is held"),
        ("design", 2, "the database decides: unique (event, seat)"),
        ("deep_dive", 0, ""),
    ]
    practice_session.refresh_from_db()
    assert practice_session.scored_at is not None


def test_points_sent_twice_are_stored_once_and_can_be_changed(
    reader: Client, make_session: MakeSession
) -> None:
    practice_session = make_session()
    for _ in range(2):
        reader.post(address(practice_session, "score"), filled())
    assert len(stored(practice_session)) == 3
    reader.post(address(practice_session, "score"), filled(requirements=1))
    assert ("requirements", 1, "a seat is held") in stored(practice_session)
    assert len(stored(practice_session)) == 3


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"requirements_quote": "a lock is held"}, "These words are not in the scratch."),
        ({"requirements_quote": ""}, "Quote the words that earned the points, or give 0."),
        ({"requirements_points": ""}, "Choose how many points this line gets."),
        ({"requirements_points": "4"}, "Choose 0, 1, 2 or 3 points."),
        ({"requirements_points": "three"}, "Choose 0, 1, 2 or 3 points."),
    ],
)
def test_a_line_that_cannot_be_scored_is_named_and_nothing_changes(
    reader: Client, make_session: MakeSession, changed: dict[str, str], error: str
) -> None:
    practice_session = make_session()
    reader.post(address(practice_session, "score"), filled(design=1))
    before = stored(practice_session)
    response = reader.post(address(practice_session, "score"), filled() | changed)
    assert response.status_code == 422
    assert error in response.content.decode()
    assert stored(practice_session) == before


def test_the_result_shows_points_quotes_and_pauses_and_what_one_can_do(
    reader: Client, make_session: MakeSession
) -> None:
    practice_session = make_session()
    reader.post(address(practice_session, "score"), filled(3, 2, 0))
    link = create_link(practice_session, uuid4())
    Pause.objects.create(practice_session=practice_session, reason="tea", ended_at=timezone.now())
    page = reader.get(address(practice_session, "result")).content.decode()
    assert "<b>5</b> of 12 points · 41%" in page
    assert "<q>a seat is held</q>" in page
    assert len(re.findall("<li>Paused from .* to .*: tea</li>", page)) == 1
    assert re.findall(r'action="(/me/practice/.*?)"', page) == [
        address(practice_session, "cards"),
        f"/me/practice/links/{link.uuid}/revoke/",
        address(practice_session, "links"),
        address(practice_session, "delete"),
    ]


def test_gaps_are_the_lines_with_at_most_one_point(
    reader: Client, make_session: MakeSession
) -> None:
    practice_session = make_session()
    reader.post(address(practice_session, "score"), filled(2, 1, 0))
    gaps = PracticeRecord(practice_session).sheet.gaps
    assert [line.criterion for line in gaps] == [DESIGN, DEEP_DIVE]


def test_one_press_makes_cards_of_the_gaps_once(
    reader: Client, learner: User, make_session: MakeSession, articles: list[Article]
) -> None:
    practice_session = make_session()
    reader.post(address(practice_session, "score"), filled(3, 1, 0))
    for _ in range(2):
        reader.post(address(practice_session, "cards"))
    cards = Card.objects.for_user(learner).order_by("pk")
    assert list(cards.values_list("article", "question", "answer")) == [
        (
            articles[0].pk,
            "Seats, high-level design: what does a full answer show?",
            "Names who decides about a seat.",
        ),
        (
            articles[0].pk,
            "Seats, deep dive: what does a full answer show?",
            "Compares a lock with a unique row.",
        ),
    ]
    assert Deck(fresh(learner)).due_count == 2
    reader.post(address(practice_session, "score"), filled(0, 1, 0, requirements_quote=""))
    reader.post(address(practice_session, "cards"))
    assert cards.count() == 3


def test_unfinished_articles_are_named_first_and_cards_stay_with_the_first_of_the_case(
    reader: Client, learner: User, make_session: MakeSession, articles: list[Article]
) -> None:
    first, second = articles
    practice_session = make_session()
    reader.post(address(practice_session, "score"), filled(3, 1, 0))
    fresh(learner).set(first, StateName.DONE)
    page = reader.get(address(practice_session, "result")).content.decode()
    steps = page.partition('<ul class="next-articles">')[2].partition("</ul>")[0]
    assert re.findall(r'<li><a href="(.*?)">', steps) == [
        second.get_absolute_url(),
        first.get_absolute_url(),
    ]
    reader.post(address(practice_session, "cards"))
    assert set(Card.objects.for_user(learner).values_list("article", flat=True)) == {first.pk}


def test_a_case_without_a_live_article_offers_no_cards(
    reader: Client, learner: User, make_session: MakeSession, articles: list[Article]
) -> None:
    practice_session = make_session()
    reader.post(address(practice_session, "score"), filled())
    for article in articles:
        article.retire()
    page = reader.get(address(practice_session, "result")).content.decode()
    assert "What to review next" not in page
    assert reader.post(address(practice_session, "cards")).status_code == 404
    assert not Card.objects.for_user(learner).exists()


@pytest.mark.parametrize("page", ["score", "result", "cards", "links", "delete"])
def test_a_session_is_its_learners_only_and_only_when_it_is_finished(
    reader: Client, other: User, make_session: MakeSession, page: str
) -> None:
    ask = reader.get if page == "result" else reader.post
    assert ask(address(make_session(other), page)).status_code == 404
    assert ask(address(make_session(is_finished=False), page)).status_code == 404


def test_a_running_session_is_finished_before_it_is_scored(
    reader: Client, other: User, make_session: MakeSession
) -> None:
    running = make_session(is_finished=False)
    response = reader.get(address(running, "score"))
    assert response.headers["Location"] == f"/me/practice/{running.uuid}/"
    assert reader.get(address(make_session(other, is_finished=False), "score")).status_code == 404


def test_an_edited_or_retired_case_leaves_the_session_as_it_was(
    reader: Client, make_session: MakeSession, case: Case
) -> None:
    practice_session = make_session()
    case.rubric_lines = "Interface: Something else."
    case.save()
    case.retire()
    reader.post(address(practice_session, "score"), filled())
    page = reader.get(address(practice_session, "result")).content.decode()
    assert "Names who decides about a seat." in page
    assert "Something else" not in page


def test_a_deleted_session_is_gone_with_its_points(
    reader: Client, make_session: MakeSession
) -> None:
    practice_session, kept = make_session(), make_session()
    for each in (practice_session, kept):
        reader.post(address(each, "score"), filled())
    reader.post(address(practice_session, "delete"))
    assert list(PracticeSession.objects.all()) == [kept]
    assert {score.practice_session_id for score in Score.objects.all()} == {kept.pk}


def test_the_fence_of_the_markdown_is_longer_than_any_in_the_text(
    make_session: MakeSession,
) -> None:
    practice_session = make_session()
    practice_session.scratches.filter(position=0).update(text="a\n````\n" + "`" * 20_000)
    markdown = markdown_of(PracticeRecord(practice_session))
    assert "\n" + "`" * 20_001 + "\na\n````\n" in markdown


def test_a_position_that_no_scratch_has_is_not_found(
    reader: Client, make_session: MakeSession
) -> None:
    running = make_session(is_finished=False)
    fields = {"text": "x", "version": "1", "page": str(running.uuid), "number": "1"}
    for position in (99, 10**30):
        address = f"/me/practice/{running.uuid}/scratches/{position}/"
        assert reader.post(address, fields).status_code == 404
