"""More time today after less: the list gets back what it lost, and goes on after that."""

from datetime import timedelta

from django.test import Client

from accounts.models import User
from catalog.models import Article
from progress.planner.models import OwnItem, Plan
from progress.recall.models import Card, CardKind
from tests.progress.planner.conftest import MONDAY, SetDay
from tests.progress.planner.test_today import rows_of


def add_cards(user: User, count: int) -> None:
    article = Article.objects.filter(retired_at=None).exclude(url="")[0]
    for number in range(count):
        question, kind = str(number), CardKind.OWN
        Card.objects.create(user=user, article=article, kind=kind, question=question, answer="Yes")


def test_more_time_brings_back_the_cards_and_the_practice_of_a_day_off(
    reader: Client, learner: User, plan: Plan
) -> None:
    Plan.objects.update(practice_per_week=1, practice_minutes=20, minutes=[60] * 7)
    add_cards(learner, 10)
    before = rows_of(learner)
    assert [row[:2] for row in before[:2]] == [
        ("10 cards due", 10),
        ("An interview of 20 minutes", 20),
    ]
    page = reader.get("/today/").content.decode()
    assert 'href="/practice/?length=20"' in page
    assert "Your plan covers" not in page
    reader.post("/today/minutes/", {"minutes": "0"})
    assert rows_of(learner) == []
    page = reader.get("/today/").content.decode()
    assert "<h1>Day off</h1>" in page
    assert 'name="minutes" value="60"' in page
    reader.post("/today/minutes/", {"minutes": "4"})
    assert rows_of(learner) == [("4 cards due", 4, False)]
    for _ in range(2):
        reader.post("/today/minutes/", {"minutes": "60"})
    assert rows_of(learner) == before


def test_cards_reviewed_before_todays_list_was_made_do_not_count_for_it(
    reader: Client, learner: User, plan: Plan
) -> None:
    User.objects.update(daily_new_card_limit=8)
    add_cards(learner, 12)
    first = list(Card.objects.values_list("pk", flat=True)[:6])
    reviewed = {"stability": 3, "difficulty": 5, "due_on": MONDAY + timedelta(days=3)}
    days = {"first_reviewed_on": MONDAY, "last_reviewed_on": MONDAY}
    Card.objects.filter(pk__in=first).update(**reviewed, **days)
    learner.refresh_from_db()
    assert rows_of(learner)[0] == ("2 cards due", 2, False)
    second = list(Card.objects.exclude(pk__in=first).values_list("pk", flat=True)[:2])
    Card.objects.filter(pk__in=second).update(**reviewed, **days)
    assert rows_of(learner)[0] == ("2 cards due", 2, True)
    assert "8 reviewed today" in reader.get("/today/").content.decode()
    assert reader.get("/me/plan/").content.decode().count("reviewed today") == 1


def test_more_time_adds_no_cards_that_are_done_or_ticked(
    reader: Client, learner: User, plan: Plan
) -> None:
    add_cards(learner, 5)
    reader.get("/today/")
    reader.post("/today/parts/recall/", {"is_ticked": "yes"})
    reader.post("/today/minutes/", {"minutes": "80"})
    assert [row for row in rows_of(learner) if "due" in row[0]] == [("5 cards due", 5, True)]
    reader.post("/today/parts/recall/", {"is_ticked": "no"})
    later = MONDAY + timedelta(days=3)
    Card.objects.update(
        stability=3, difficulty=5, due_on=later, first_reviewed_on=MONDAY, last_reviewed_on=MONDAY
    )
    reader.post("/today/minutes/", {"minutes": "90"})
    assert [row for row in rows_of(learner) if "due" in row[0]] == [("5 cards due", 5, True)]


def test_a_split_item_is_ticked_for_today_and_goes_on(
    reader: Client, learner: User, plan: Plan, set_day: SetDay
) -> None:
    item = OwnItem.objects.create(user=learner, title="Talk", minutes=60)
    page = reader.get("/today/").content.decode()
    assert f'action="/me/items/{item.uuid}/done/"' not in page
    reader.post(f"/today/parts/{item.uuid}/", {"is_ticked": "yes"})
    assert rows_of(learner) == [("Talk", 40, True)]
    set_day(1)
    assert rows_of(learner)[0] == ("Talk", 20, False)
    assert f'action="/me/items/{item.uuid}/done/"' in reader.get("/today/").content.decode()


def test_enough_for_today_takes_away_more_of_a_thing_whose_first_part_is_ticked(
    reader: Client, learner: User, plan: Plan
) -> None:
    item = OwnItem.objects.create(user=learner, title="Talk", minutes=90)
    reader.get("/today/")
    reader.post(f"/today/parts/{item.uuid}/", {"is_ticked": "yes"})
    reader.post("/today/minutes/", {"minutes": "55"})
    assert rows_of(learner) == [("Talk", 40, True), ("Talk", 15, False)]
    reader.post("/today/minutes/", {"minutes": "40"})
    assert rows_of(learner) == [("Talk", 40, True)]
