from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from catalog.models import Article, Entry, Layer, Status
from progress.activity import Day, Streak, days_of, heat_map, reading_now, streak
from progress.learner import LearnerProgress
from progress.models import Event, State
from progress.states import StateName

TODAY = date(2026, 11, 23)
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)

Mark = Callable[..., Event]


@pytest.fixture
def articles(playbook: None) -> list[Article]:
    return list(Article.objects.listed())


@pytest.fixture
def mark(learner: User, articles: list[Article]) -> Mark:
    """Return a function that creates the event of an article, by its number in the list."""

    def write(number: int, to_state: str, at: datetime, user: User = learner) -> Event:
        from_state = "todo" if to_state != "todo" else "done"
        return Event.objects.create(
            user=user,
            article=articles[number],
            from_state=from_state,
            to_state=to_state,
            happened_at=at,
        )

    return write


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_a_day_counts_the_distinct_articles_started_and_finished(learner: User, mark: Mark) -> None:
    for number in (0, 0, 1, 2):
        mark(number, "reading", NOON)
    for number in (0, 3, 3):
        mark(number, "done", NOON)
    mark(4, "done", NOON + timedelta(days=1))
    assert days_of(learner, []) == [
        Day(date(2026, 11, 22), started=3, finished=2),
        Day(date(2026, 11, 23), started=0, finished=1),
    ]


def test_the_main_layer_of_a_day_has_most_of_its_articles(
    learner: User, mark: Mark, articles: list[Article]
) -> None:
    layers = list(Layer.objects.all())
    foundation, data, scale, _domain = layers
    in_layer = {
        layer: [
            number
            for number, article in enumerate(articles)
            if {entry.section.layer for entry in article.entries.all()} == {layer}
        ]
        for layer in layers
    }
    for number in (in_layer[scale][0], *in_layer[data][:2], in_layer[foundation][0]):
        mark(number, "reading", NOON)
        mark(number, "done", NOON)
    for number in (in_layer[scale][0], in_layer[foundation][0]):
        mark(number, "reading", NOON + timedelta(days=1))
    mark(in_layer[scale][1], "done", NOON + timedelta(days=2))
    Entry.objects.filter(article=articles[in_layer[scale][1]]).update(retired_at=NOON)
    assert [day.layer for day in days_of(learner, layers)] == [data, foundation, None]


def test_events_that_are_not_study_do_not_count_as_a_study_day(
    learner: User, editor: User, mark: Mark
) -> None:
    mark(0, "skipped", NOON)
    mark(1, "todo", NOON)
    mark(2, "done", NOON, user=editor)
    assert days_of(learner, []) == []


def test_undone_events_and_their_undos_do_not_count(learner: User, articles: list[Article]) -> None:
    progress = LearnerProgress(learner)
    progress.set(articles[0], StateName.DONE)
    back = progress.set(articles[0], StateName.READING)
    assert back.event_id
    progress.undo(back.event_id)
    (day,) = days_of(learner, [])
    assert (day.started, day.finished) == (0, 1)


@pytest.mark.parametrize(
    ("zone", "before", "after", "day"),
    [
        ("Pacific/Auckland", "2026-11-22 14:59:59", "2026-11-22 15:00", "2026-11-23"),
        ("America/Los_Angeles", "2026-11-22 11:59:59", "2026-11-22 12:00", "2026-11-22"),
        ("UTC", "2026-11-23 03:59:59", "2026-11-23 04:00", "2026-11-23"),
        # The first moment of the short and of the long day, and of the day after each.
        ("Pacific/Auckland", "2026-09-25 15:59:59", "2026-09-25 16:00", "2026-09-26"),
        ("Pacific/Auckland", "2026-09-26 14:59:59", "2026-09-26 15:00", "2026-09-27"),
        ("America/Los_Angeles", "2026-10-31 10:59:59", "2026-10-31 11:00", "2026-10-31"),
        ("America/Los_Angeles", "2026-11-01 11:59:59", "2026-11-01 12:00", "2026-11-01"),
    ],
)
def test_a_day_begins_at_four_on_the_learners_clock(
    learner: User, mark: Mark, zone: str, before: str, after: str, day: str
) -> None:
    late, early = mark(0, "done", utc(before)), mark(1, "done", utc(after))
    second = date.fromisoformat(day)
    first = second - timedelta(days=1)
    with timezone.override(ZoneInfo(zone)):
        assert [counted.date for counted in days_of(learner, [])] == [first, second]
        assert [*Event.objects.on_day(first)] == [late]
        assert [*Event.objects.on_day(second)] == [early]


def test_a_long_day_is_one_day(learner: User, mark: Mark) -> None:
    mark(0, "reading", utc("2026-10-31 11:00"))
    mark(1, "reading", utc("2026-11-01 11:59:59"))
    with timezone.override(ZoneInfo("America/Los_Angeles")):
        assert days_of(learner, []) == [Day(date(2026, 10, 31), started=2)]


@pytest.mark.parametrize("size", [1, 40])
def test_study_days_take_two_queries(
    learner: User, mark: Mark, size: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(size):
        mark(number % 30, "done", NOON - timedelta(days=number))
    with django_assert_num_queries(2):
        assert len(days_of(learner, [])) == size


@pytest.mark.parametrize(
    ("ago", "expected"),
    [
        ([], Streak(0, 0)),
        ([0], Streak(1, 1)),
        ([1], Streak(1, 1)),
        ([2], Streak(0, 1)),
        ([2, 1, 0], Streak(3, 3)),
        ([3, 2, 1], Streak(3, 3)),
        ([4, 3, 2], Streak(0, 3)),
        ([9, 8, 7, 6, 1, 0], Streak(2, 4)),
        ([3, 1], Streak(1, 1)),
    ],
)
def test_a_streak_ends_today_or_yesterday(ago: list[int], expected: Streak) -> None:
    days = [Day(TODAY - timedelta(days=number), finished=1) for number in ago]
    assert streak(days, TODAY) == expected


def test_a_streak_survives_the_change_of_the_clocks(learner: User, mark: Mark) -> None:
    # Half past eleven at night, three evenings in a row, over the night of the 25 hours.
    for at in ("2026-11-01 06:30", "2026-11-02 07:30", "2026-11-03 07:30"):
        mark(0, "done", utc(at))
    with timezone.override(ZoneInfo("America/Los_Angeles")):
        assert streak(days_of(learner, []), date(2026, 11, 2)) == Streak(3, 3)


@given(st.dates(min_value=date(1990, 1, 1), max_value=date(2200, 1, 1)))
def test_the_heat_map_covers_the_last_twelve_months(today: date) -> None:
    weeks = heat_map([], today).weeks
    days = [day.date for week in weeks for day in week.days]
    assert len(weeks) == 53
    assert all(week.days[0].date.weekday() == 0 for week in weeks)
    assert days == [days[0] + timedelta(days=number) for number in range(len(days))]
    assert days[-1] == today
    assert 365 <= len(days) <= 371


def test_the_heat_map_holds_the_days_with_study() -> None:
    days = [
        Day(TODAY - timedelta(days=400), finished=9),
        Day(TODAY - timedelta(days=30), finished=2),
        Day(TODAY, started=1),
    ]
    days_shown = heat_map(days, TODAY)
    assert days_shown.study_days == [days[2], days[1]]
    assert days_shown.weeks[-1].days == (days[2],)


@pytest.mark.parametrize(
    ("started", "finished", "level"),
    [(0, 0, 0), (1, 0, 1), (1, 1, 2), (0, 3, 2), (2, 2, 3), (6, 0, 3), (3, 4, 4), (40, 2, 4)],
)
def test_the_level_of_a_day_follows_its_number_of_articles(
    started: int, finished: int, level: int
) -> None:
    assert Day(TODAY, started, finished).level == level


def test_a_month_label_is_at_the_week_in_which_the_month_begins() -> None:
    months = {
        week.days[0].date: week.new_month for week in heat_map([], TODAY).weeks if week.new_month
    }
    assert len(months) == 12
    assert months[date(2026, 10, 26)] == date(2026, 11, 1)
    assert months[date(2026, 6, 1)] == date(2026, 6, 1)


def test_reading_now_lists_each_article_once_latest_first(
    learner: User, editor: User, articles: list[Article]
) -> None:
    twice = Article.objects.get(entries__title="Deep Dive into 1M RPS API Design")
    others = [article for article in articles if article != twice]
    once, done, retired, hidden, foreign = others[:5]
    for days, article in enumerate((once, twice, retired, hidden)):
        State.objects.create(
            user=learner, article=article, state="reading", changed_at=NOON + timedelta(days=days)
        )
    State.objects.create(user=learner, article=done, state="done")
    State.objects.create(user=editor, article=foreign, state="reading")
    retired.retire()
    hidden.status = Status.objects.get(slug="draft")
    hidden.save()
    readings = reading_now(LearnerProgress(learner))
    assert [reading.entry.article for reading in readings] == [twice, once]
    assert [reading.since for reading in readings] == [NOON + timedelta(days=1), NOON]
    assert readings[0].entry == Entry.objects.in_journey_order().filter(article=twice).first()


@pytest.mark.same_everywhere
def test_study_days_do_not_use_the_index_on_undone_events(learner: User) -> None:
    """SQLite would otherwise choose the index on `undoes`, which matches nearly all events."""
    with CaptureQueriesContext(connection) as captured:
        days_of(learner, [])
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {captured[0]['sql']}")
        plan = " ".join(row[3] for row in cursor.fetchall())
    assert "SEARCH event USING INDEX event_user_" in plan
