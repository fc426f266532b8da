"""Plans while the world changes: clocks, travel, two devices, the playbook, and the plan itself."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from threading import Barrier, Thread
from time import sleep
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from accounts.models import User
from catalog.models import Article, Status
from progress.learner import LearnerProgress
from progress.planner.models import DayList, OwnItem, Plan
from progress.planner.page_sql import StoredList
from progress.planner.plan_parts import PartKind
from progress.planner.planning import Planning
from progress.planner.saving import change_own_item, delete_own_item, set_own_item_done
from progress.planner.standing import standing_of
from progress.planner.today import Today
from progress.recall.models import Card, CardKind
from progress.sql import lock_learner
from progress.states import StateName
from tests.progress.planner.conftest import MONDAY, SetDay
from tests.progress.planner.test_more_time import add_cards
from tests.progress.planner.test_today import FORM, fresh, rows_of, set_state, today_of


def minutes_planned(user: User) -> Counter[str]:
    """Return the minutes of each article and item on the whole plan, without what is done."""
    days = today_of(user).days
    rows = (row for _day, rows in days for row in rows if not row.is_done)
    planned: Counter[str] = Counter()
    for row in rows:
        planned[row.listed.part.key] += row.minutes
    return planned


def test_nothing_is_lost_from_the_plan_while_todays_list_is_done(
    reader: Client, learner: User, plan: Plan
) -> None:
    first, second, _third = rows_of(learner)
    before, end = minutes_planned(learner), today_of(learner).planning.outlook.finished_on
    set_state(learner, first[0], StateName.DONE)
    set_state(learner, second[0], StateName.DONE)
    done = {str(Article.objects.get(title=row[0]).uuid) for row in (first, second)}
    assert minutes_planned(learner) == {key: n for key, n in before.items() if key not in done}
    part = today_of(learner).rows[2].listed.id
    reader.post(f"/today/parts/{part}/", {"is_ticked": "yes"})
    assert today_of(learner).is_finished
    assert "That is all for today." in reader.get("/today/").content.decode()
    assert rows_of(learner)[2][1:] == (10, True)
    assert minutes_planned(learner)[part] == 5  # what is left of its 15
    assert today_of(learner).planning.outlook.finished_on == end


def test_less_time_today_moves_the_rest_to_the_next_days(
    reader: Client, learner: User, plan: Plan
) -> None:
    before = minutes_planned(learner)
    reader.get("/today/")
    reader.post("/today/minutes/", {"minutes": "20"})
    assert minutes_planned(learner) == before
    reader.post("/today/minutes/", {"minutes": "0"})
    assert minutes_planned(learner) == before


def test_a_plan_with_everything_done_is_not_late(reader: Client, learner: User, plan: Plan) -> None:
    Plan.objects.update(interview_on=MONDAY + timedelta(days=9))
    for article in today_of(learner).planning.tasks.unread:
        fresh(learner).set(article, StateName.DONE)
    assert not today_of(learner).planning.outlook.is_late
    page = reader.get("/today/").content.decode()
    assert "Everything of your plan is done." in page
    assert "more a week" not in page
    assert "At this pace" not in page


def test_changing_the_plan_plans_today_anew_until_something_is_done(
    reader: Client, learner: User, plan: Plan, set_day: SetDay
) -> None:
    reader.get("/today/")
    set_day(1)
    reader.post("/me/plan/edit/", FORM | {"practice_per_week": "0"})
    assert list(DayList.objects.values_list("day", flat=True)) == [MONDAY]
    assert sum(row[1] for row in rows_of(learner)) == 30
    first = rows_of(learner)[0]
    set_state(learner, first[0], StateName.DONE)
    reader.post("/me/plan/edit/", FORM | {"practice_per_week": "0", "minutes_1": "60"})
    assert rows_of(learner)[0] == (first[0], 15, True)
    assert sum(row[1] for row in rows_of(learner)) == 30


def test_a_plan_that_ended_and_a_new_one_have_lists_of_their_own_on_one_day(
    reader: Client, learner: User, plan: Plan
) -> None:
    reader.get("/today/")
    assert f'action="/me/plans/{plan.uuid}/archive/"' in reader.get("/me/plan/edit/").text
    reader.post(f"/me/plans/{plan.uuid}/archive/")
    reader.post("/me/plan/edit/", FORM)
    reader.get("/today/")
    lists = DayList.objects.order_by("pk").values_list("plan", "day")
    assert list(lists) == [(plan.pk, MONDAY), (Plan.objects.get(archived_at=None).pk, MONDAY)]
    assert 'href="/me/plans/">Earlier plans</a>' in reader.get("/me/plan/edit/").text
    assert "From 4 November 2030 to 4 November 2030" in reader.get("/me/plans/").text
    at_two = datetime(2030, 11, 5, 2, tzinfo=UTC)
    assert Plan(archived_at=at_two).ended_on == MONDAY, "the study day, which ends at four"


@pytest.mark.parametrize("change", ["retired", "draft"])
def test_an_article_that_leaves_the_playbook_leaves_the_plan(
    reader: Client, learner: User, plan: Plan, change: str
) -> None:
    first = rows_of(learner)[0]
    article = Article.objects.get(title=first[0])
    if change == "retired":
        article.retired_at = timezone.now()
    else:
        article.status = Status.objects.filter(is_public=False)[0]
    article.save()
    today = today_of(learner)
    assert article not in today.planning.tasks.articles
    assert (today.rows[0].is_done, today.rows[0].minutes) == (True, 15)
    assert reader.get("/today/").status_code == 200
    assert reader.get("/me/plan/").status_code == 200


def test_an_own_item_waits_for_its_day_however_far(
    reader: Client, learner: User, plan: Plan
) -> None:
    end = today_of(learner).planning.outlook.finished_on
    OwnItem.objects.create(user=learner, title="Far", minutes=20, day=MONDAY + timedelta(days=4000))
    assert today_of(learner).planning.outlook.finished_on == end
    Plan.objects.update(interview_on=MONDAY + timedelta(days=60))
    assert not today_of(learner).planning.outlook.is_late
    OwnItem.objects.update(day=MONDAY + timedelta(days=59))
    planned = {day.date: day.parts for day in today_of(learner).planning.planned.days}
    assert [part.kind for part in planned[MONDAY + timedelta(days=59)]] == [PartKind.OWN]


def test_a_weekday_without_minutes_has_nothing_and_says_why(
    reader: Client, learner: User, plan: Plan
) -> None:
    Plan.objects.update(minutes=[0, *[30] * 6])
    assert rows_of(learner) == []
    page = reader.get("/today/").content.decode()
    assert "You have no time planned for today." in page
    assert "Your plan continues on Tuesday, 5 November with 30 min." in page
    assert "Plan today after all" not in page


def test_before_a_plan_begins_nothing_is_listed_or_stored(
    reader: Client, learner: User, plan: Plan, set_day: SetDay
) -> None:
    Plan.objects.update(begins_on=MONDAY + timedelta(days=2))
    add_cards(learner, 1)
    page = reader.get("/today/").content.decode()
    assert "Your plan begins soon" in page
    assert "It begins on Wednesday, 6 November." in page
    assert "1 card is due." in page
    for path, form in (
        ("/today/minutes/", {"minutes": "30"}),
        ("/today/parts/recall/", {"is_ticked": "yes"}),
    ):
        assert path not in page
        refused = reader.post(path, form)
        assert refused.status_code == 409
        assert "Your plan begins on Wednesday, 6 November." in refused.content.decode()
    assert not DayList.objects.exists()
    set_day(2)
    assert [row[1] for row in rows_of(learner)] == [1, 15, 15, 9]


def test_the_day_before_the_interview_is_the_last_one(
    reader: Client, learner: User, plan: Plan
) -> None:
    Plan.objects.update(interview_on=MONDAY + timedelta(days=1))
    today = today_of(learner)
    assert [day.date for day in today.planning.planned.days] == [MONDAY]
    assert today.planning.days_left == 1
    assert today.planning.more_minutes is None
    assert "1 day</b> to your interview" in reader.get("/today/").content.decode()


def test_more_minutes_are_offered_only_as_far_as_a_day_can_have_them(
    reader: Client, learner: User, plan: Plan
) -> None:
    Plan.objects.update(minutes=[0, 30, *[0] * 5], interview_on=MONDAY + timedelta(days=2))
    planning = today_of(learner).planning
    more = planning.more_minutes
    assert more is not None
    reader.post("/me/plan/minutes/", {"minutes": f"0,{30 + more},0,0,0,0,0"})
    assert today_of(learner).planning.planned.fits
    OwnItem.objects.create(user=learner, title="Book", minutes=900)
    Plan.objects.update(minutes=[0, 30, *[0] * 5])
    assert today_of(learner).planning.more_minutes is None


def at(monkeypatch: pytest.MonkeyPatch, zone: str, local: str) -> None:
    """Set the clock to a local time in a zone."""
    instant = datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    monkeypatch.setattr(timezone, "now", lambda: instant)


@pytest.mark.parametrize(
    ("zone", "evening", "days"),
    [
        # The clock is put forward and back in the night, at 02:00 or 03:00.
        ("Europe/Berlin", "2031-03-29 22:00", ["2031-03-29", "2031-03-30"]),
        ("Europe/Berlin", "2031-10-25 22:00", ["2031-10-25", "2031-10-26"]),
        # By half an hour.
        ("Australia/Lord_Howe", "2031-04-05 22:00", ["2031-04-05", "2031-04-06"]),
        ("Australia/Lord_Howe", "2031-10-04 22:00", ["2031-10-04", "2031-10-05"]),
        # A leap day and the end of a year.
        ("Asia/Kolkata", "2032-02-28 22:00", ["2032-02-28", "2032-02-29"]),
        ("America/New_York", "2031-12-31 22:00", ["2031-12-31", "2032-01-01"]),
        # Apia had no 30 December 2011; the days of a plan go on, and nothing is planned twice.
        ("Pacific/Apia", "2011-12-29 22:00", ["2011-12-29", "2011-12-31"]),
    ],
)
def test_each_study_day_has_one_list_whatever_the_clock_does(
    reader: Client,
    learner: User,
    plan: Plan,
    monkeypatch: pytest.MonkeyPatch,
    zone: str,
    evening: str,
    days: list[str],
) -> None:
    User.objects.update(time_zone=zone)
    Plan.objects.update(begins_on=days[0])
    at(monkeypatch, zone, evening)
    client = Client()
    client.force_login(learner)
    # At 03:30 it is still the study day of the evening, at 04:30 the next one.
    for local in (evening, f"{days[1]} 03:30", f"{days[1]} 04:30"):
        at(monkeypatch, zone, local)
        assert client.get("/today/").status_code == 200
    lists = DayList.objects.order_by("day")
    expected = [date.fromisoformat(day) for day in days]
    if zone == "Pacific/Apia":
        # 03:30 on the 31st is the study day of the 30th, which the clock never showed.
        expected.insert(1, date(2011, 12, 30))
    assert list(lists.values_list("day", flat=True)) == expected
    assert len({str(each.parts) for each in lists}) == 1


def test_a_learner_who_travels_keeps_the_list_of_each_study_day(
    reader: Client, learner: User, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    learner.time_zone = "Europe/Berlin"
    learner.save()
    at(monkeypatch, "Europe/Berlin", "2030-11-04 21:00")
    client = Client()
    client.force_login(learner)
    client.get("/today/")
    first = DayList.objects.get()
    part = first.parts[2]["key"]
    client.post(f"/today/parts/{part}/", {"is_ticked": "yes"})
    User.objects.update(time_zone="Asia/Tokyo")
    client.get("/today/")
    assert list(DayList.objects.values_list("day", flat=True)) == [MONDAY, date(2030, 11, 5)]
    User.objects.update(time_zone="America/Los_Angeles")
    page = client.get("/today/").content.decode()
    assert "Monday, 4 November" in page
    assert "<b>10</b> of 40 min done" in page
    stored = DayList.objects.get(pk=first.pk)
    assert [each["is_ticked"] for each in stored.parts] == [False, False, True]
    assert DayList.objects.count() == 2
    with timezone.override("Asia/Tokyo"):
        tomorrow = Today(Planning(Plan.objects.get(), LearnerProgress(User.objects.get())))
        assert tomorrow.planning.tasks.minutes_done == {part: 10}


@pytest.mark.django_db(transaction=True)
def test_two_devices_that_open_today_at_once_have_one_list(
    learner: User, playbook: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    Plan.objects.create(
        user=learner, begins_on=timezone.localdate() - timedelta(days=1), minutes=[40] * 7
    )
    barrier, seen = Barrier(2), []

    def open_today() -> None:
        try:
            planning = Planning(Plan.objects.get(), fresh(learner))
            assert not planning.lists
            barrier.wait(10)
            seen.append(planning.list_of_today)
        finally:
            connection.close()

    threads = [Thread(target=open_today) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 2
    assert seen[0] == seen[1]
    assert DayList.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_an_account_is_deleted_while_its_list_of_today_is_stored(
    client: Client, learner: User
) -> None:
    Plan.objects.create(user=learner, begins_on=MONDAY - timedelta(days=9999), minutes=[40] * 7)
    OwnItem.objects.create(user=learner, title="Talk", minutes=20)
    client.force_login(learner)

    def delete_account() -> int:
        try:
            form = {"password": "a-learner's-password"}
            return client.post("/accounts/delete/", form).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor() as threads:
        with transaction.atomic():
            assert today_of(learner).planning.list_of_today.parts
            deleting = threads.submit(delete_account)
            while not (is_waiting_for_a_lock() or deleting.done()):
                sleep(0.01)
        assert deleting.result() == 302
    assert not User.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_who_waits_to_store_a_list_keeps_nobody_from_reading_theirs(
    learner: User,
) -> None:
    """`functools.cached_property` of Python 3.11 lets one thread in, whatever the instance."""
    Plan.objects.create(user=learner, begins_on=MONDAY - timedelta(days=9999), minutes=[40] * 7)
    OwnItem.objects.create(user=learner, title="Talk", minutes=20)

    def open_today() -> StoredList:
        try:
            return today_of(learner).planning.list_of_today
        finally:
            connection.close()

    with ThreadPoolExecutor() as threads:
        with transaction.atomic():
            lock_learner(learner)
            opening = threads.submit(open_today)
            while not (is_waiting_for_a_lock() or opening.done()):
                sleep(0.01)
            own = today_of(learner).planning.list_of_today
        assert opening.result() == own
    assert DayList.objects.count() == 1


def is_waiting_for_a_lock() -> bool:
    """Return whether somebody waits for this transaction. SQLite lets everybody wait."""
    if connection.vendor == "sqlite":
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return bool(cursor.fetchone()[0])


def test_practice_that_was_ticked_counts_for_its_week(
    reader: Client, learner: User, plan: Plan, set_day: SetDay
) -> None:
    Plan.objects.update(practice_per_week=1, minutes=[60] * 7)
    kinds = [row.kind for row in today_of(learner).rows]
    assert kinds == [PartKind.PRACTICE, PartKind.READ]
    reader.post("/today/parts/practice/", {"is_ticked": "yes"})
    assert standing_of(today_of(learner).planning).practice.done == 1
    set_day(1)
    assert [row.kind for row in today_of(learner).rows] == [PartKind.READ] * 4
    set_day(7)
    assert [row.kind for row in today_of(learner).rows] == kinds


def test_an_edit_of_an_item_keeps_what_another_tab_did_to_it(learner: User) -> None:
    item = OwnItem.objects.create(user=learner, title="Talk", minutes=20)
    seen = OwnItem.objects.get(pk=item.pk)
    set_own_item_done(item, is_done=True)
    change_own_item(seen, {"title": "Talk on logs", "minutes": 25})
    stored = OwnItem.objects.get()
    assert (stored.title, stored.minutes, stored.done_at is None) == ("Talk on logs", 25, False)
    delete_own_item(item)
    change_own_item(seen, {"title": "Talk", "minutes": 20})
    assert not OwnItem.objects.exists()


def test_reviews_of_today_stay_on_a_list_that_is_cut(
    reader: Client, learner: User, plan: Plan
) -> None:
    article = Article.objects.filter(retired_at=None).exclude(url="")[0]
    for number in range(10):
        Card.objects.create(
            user=learner, article=article, kind=CardKind.OWN, question=str(number), answer="Yes"
        )
    assert "10 cards due: to do. Set to done for today" in reader.get("/today/").content.decode()
    assert rows_of(learner)[0] == ("10 cards due", 10, False)
    later = MONDAY + timedelta(days=3)
    Card.objects.update(
        stability=3, difficulty=5, due_on=later, first_reviewed_on=MONDAY, last_reviewed_on=MONDAY
    )
    lock_learner(learner)
    assert rows_of(learner)[0] == ("10 cards due", 10, True)
    page = reader.get("/today/").content.decode()
    assert "/today/parts/recall/" not in page, "reviews that are done cannot be cleared"
    reader.post("/today/minutes/", {"minutes": "5"})
    assert rows_of(learner) == [("10 cards due", 10, True)]
