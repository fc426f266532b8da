"""The numbers of recall, against values computed by hand."""

import re
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from catalog.models import Article, Layer
from catalog.prompts.models import Prompt
from progress.learner import LearnerProgress
from progress.recall.deck_cards import DeckCard
from progress.recall.models import Card, CardKind, Rating, Review
from progress.recall.reviewing import review_card
from progress.recall.sql import StoredCard
from progress.recall.statistics import figures
from progress.recall.statistics.charts import CalibrationChart, ForecastChart
from progress.recall.statistics.figures import PastReview, RecallShare
from progress.recall.statistics.views import past_reviews_of
from tests.progress.recall.conftest import SetDay

TODAY = date(2030, 11, 2)
STATISTICS = "/me/recall/statistics/"


def day(number: int) -> date:
    return TODAY + timedelta(days=number)


def card(
    due: int | None = None,
    *,
    article: int = 1,
    last: int = -5,
    lapses: int = 0,
    is_dropped: bool = False,
    is_changed: bool = False,
) -> DeckCard:
    """Make a card that is due so many days from today; None for a new one."""
    is_reviewed = due is not None
    stored = StoredCard(
        pk=1,
        uuid=uuid4(),
        article_id=article,
        kind="own",
        prompt_id=None,
        is_dropped=is_dropped,
        has_own_text=True,
        lapses_before_rewrite=0,
        stability=10,
        difficulty=5,
        due_on=day(due or 0).isoformat() if is_reviewed else "",
        first_reviewed_on=day(last).isoformat() if is_reviewed else "",
        last_reviewed_on=day(last).isoformat() if is_reviewed else "",
        lapse_count=lapses,
    )
    return DeckCard(uuid4(), CardKind.OWN, Article(pk=article), None, stored, is_changed)


def review(
    rating: Rating, predicted: float = 0.9, *, days_late: int = 0, article: int = 1
) -> PastReview:
    return PastReview(article, rating, day(days_late), TODAY, predicted)


def test_the_forecast_counts_each_card_on_the_day_it_is_due() -> None:
    cards = [
        *(card(due) for due in (-40, 0, 1, 1, 29, 30, 300)),
        card(12, is_changed=True),  # offered today
        card(12, is_changed=True, last=0),  # was reviewed today
        card(0, is_dropped=True),
        card(),
        card(is_dropped=True),
    ]
    forecast = figures.forecast(cards, TODAY)
    assert len(forecast.days) == 30
    assert [(d.date, d.cards) for d in forecast.days if d.cards] == [
        (day(0), 3),
        (day(1), 2),
        (day(12), 1),
        (day(29), 1),
    ]
    assert (forecast.later, forecast.new, forecast.total, forecast.most) == (2, 1, 7, 3)


def test_a_new_or_dropped_card_is_due_on_no_day() -> None:
    assert card().due_day(TODAY) is None
    assert card(0, is_dropped=True).due_day(TODAY) is None
    assert card(0).due_day(TODAY) == TODAY
    assert card(0, last=0).due_day(TODAY) == day(1)  # never twice on a day


def test_a_share_needs_twenty_reviews() -> None:
    nineteen = [review(Rating.GOOD)] * 15 + [review(Rating.AGAIN)] * 4
    assert figures.recall_share(nineteen).measured is None
    assert figures.recall_share(nineteen).predicted is None
    share = figures.recall_share([*nineteen, review(Rating.HARD, 0.7)])
    assert (share.reviews, share.recalled) == (20, 16)
    assert (share.measured, share.predicted) == (80, 89)  # (19 × 0.9 + 0.7) ÷ 20 = 0.89


def test_late_reviews_are_left_out_and_counted() -> None:
    timely = [review(Rating.GOOD, days_late=14)] * 20
    late = [review(Rating.AGAIN, days_late=15)] * 7
    calibration = figures.calibration([*timely, *late])
    assert (calibration.overall.reviews, calibration.overall.measured) == (20, 100)
    assert calibration.late == 7
    assert [band.share.reviews for band in calibration.bands] == [20]


def test_reviews_are_grouped_by_predicted_recall() -> None:
    reviews = [review(Rating.GOOD, predicted) for predicted in (0.1, 0.7, 0.79, 0.9, 0.949, 1.0)]
    bands = figures.calibration(reviews).bands
    assert [(band.low, band.high, band.share.reviews) for band in bands] == [
        (0, 70, 1),
        (70, 80, 2),
        (90, 95, 2),
        (95, 100, 1),
    ]


def test_without_reviews_there_is_no_figure() -> None:
    calibration = figures.calibration([])
    assert (calibration.overall, calibration.bands, calibration.late) == (RecallShare(), [], 0)


def test_a_layer_counts_its_cards_and_reviews() -> None:
    one, two, empty = (Layer(slug=slug) for slug in ("one", "two", "empty"))
    layers_of = {1: {"one"}, 2: {"one", "two"}}
    cards = [card(0, lapses=2), card(3, lapses=1), card(article=2), card(0, is_dropped=True)]
    reviews = [review(Rating.GOOD)] * 12 + [review(Rating.AGAIN, article=2)] * 8
    rows = figures.by_layer([one, two, empty], layers_of, cards, reviews, TODAY)
    assert [(row.layer, row.cards, row.new, row.due, row.lapses) for row in rows] == [
        (one, 3, 1, 1, 3),
        (two, 1, 1, 0, 0),
    ]
    assert [(row.share.reviews, row.share.measured) for row in rows] == [(20, 60), (8, None)]


def test_a_bar_is_as_high_as_its_share_of_the_highest() -> None:
    cards = [card(0) for _ in range(200)] + [card(1) for _ in range(50)] + [card(7)]
    chart = ForecastChart(figures.forecast(cards, TODAY))
    bars = [(bar.x, bar.y, bar.height) for bar in chart.bars if bar.cards]
    assert bars == [(0, 0, 100), (18, 75, 25), (126, 98, 2)]
    assert [bar.date for bar in chart.weeks] == [day(0), day(7), day(14), day(21), day(28)]


def test_a_right_prediction_lies_on_the_diagonal() -> None:
    reviews = [review(Rating.GOOD)] * 18 + [review(Rating.AGAIN)] * 2
    (point,) = CalibrationChart(figures.calibration(reviews)).points
    assert (point.x, point.y) == (100, 20)  # 90 % of the way from 40 to 100, both times


@pytest.fixture
def reader(client: Client, learner: User, finished: Article) -> Client:
    client.force_login(learner)
    return client


def test_the_page_links_its_numbers_to_the_cards(
    reader: Client, learner: User, prompts: list[Prompt]
) -> None:
    review_card(LearnerProgress(learner), prompts[0].uuid, Rating.GOOD, uuid4())
    html = reader.get(STATISTICS).content.decode()
    links = re.findall(r'href="(/me/recall/cards/\?[^"]+)"[^>]*>\s*(\d+)', html)
    counts = {}
    for link, number in links:
        page = reader.get(link.replace("&amp;", "&")).content.decode()
        counts[link] = number, page.count('class="deck-question"')
    assert {link.partition("?")[2]: number for link, (number, _) in counts.items()} == {
        "standing=new": "1",
        "day=2030-11-04": "1",
        **{
            f"layer={slug}{more}": count
            for slug in {entry.section.layer.slug for entry in prompts[0].article.entries.all()}
            for more, count in (("", "2"), ("&amp;standing=new", "1"))
        },
    }
    assert all(int(number) == shown for number, shown in counts.values())
    assert "style=" not in html


def test_the_page_says_when_there_is_too_little(reader: Client) -> None:
    html = reader.get(STATISTICS).content.decode()
    assert "is shown once there are 20 reviews of cards you knew. So far there are 0." in html
    assert "%</td>" not in html


def test_an_empty_deck_has_no_statistics(client: Client, learner: User, playbook: None) -> None:
    client.force_login(learner)
    assert "Your deck is empty" in client.get(STATISTICS).content.decode()


def test_statistics_are_private(client: Client, editor: User, reader: Client) -> None:
    other = Client()
    assert other.get(STATISTICS)["Location"].startswith("/accounts/login/")
    other.force_login(editor)
    assert "Your deck is empty" in other.get(STATISTICS).content.decode()


def past_reviews(learner: User, cards: list[Card], days: int, set_day: SetDay) -> None:
    for number in range(1, days + 1):
        set_day(number)
        Review.objects.bulk_create(
            Review(
                user=learner,
                card=own,
                rating=Rating.AGAIN if number == 1 else Rating.GOOD,
                reviewed_on=day(number),
                due_on=day(number),
                predicted_recall=0.9,
                retention=90,
            )
            for own in cards
        )


def test_any_number_of_reviews_takes_the_same_queries(
    reader: Client, learner: User, finished: Article, set_day: SetDay
) -> None:
    own = [
        Card(user=learner, article=finished, kind=CardKind.OWN, question=str(n)) for n in range(5)
    ]
    Card.objects.bulk_create(own)

    def query_count() -> int:
        reader.get("/me/")
        with CaptureQueriesContext(connection) as queries:
            reader.get(STATISTICS)
        return len(queries)

    before = query_count()
    past_reviews(learner, own, 10, set_day)
    User.objects.update(progress_version=99)
    assert query_count() == before
    html = reader.get(STATISTICS).content.decode()
    assert "you recalled <strong>90%</strong>; 90% was predicted." in html


def test_reviews_of_a_new_card_and_undone_ones_are_not_compared(
    learner: User, finished: Article, prompts: list[Prompt]
) -> None:
    review_card(LearnerProgress(learner), prompts[0].uuid, Rating.GOOD, uuid4())
    (only,) = Review.objects.all()
    assert past_reviews_of(learner) == []
    Review.objects.update(predicted_recall=0.9, due_on=TODAY)
    assert past_reviews_of(learner) == [PastReview(finished.pk, 3, TODAY, TODAY, 0.9)]
    Review.objects.update(undone_at=only.reviewed_at)
    assert past_reviews_of(learner) == []
