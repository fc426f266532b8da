import re
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from catalog.cases.models import Case
from catalog.merging import merge_articles
from catalog.models import Article
from catalog.prompts.models import Prompt
from progress.export import progress_of
from progress.finishing import Report, finish
from progress.learner import LearnerProgress
from progress.planner.models import DayList, OwnItem, Plan
from progress.planner.planning import Planning
from progress.planner.today import Today
from progress.practice.case_copy import CaseCopy
from progress.practice.models import PracticeSession
from progress.recall.models import Card, CardKind, Rating
from progress.recall.reviewing import review_card
from progress.states import StateName
from tests.progress.planner.conftest import MONDAY, SetDay

MINUTES = {f"minutes_{number}": "30" for number in range(7)}
FORM = {
    **MINUTES,
    "begins_on": "2030-11-04",
    "interview_on": "2031-01-07",
    "practice_per_week": "1",
    "practice_minutes": "45",
}


def fresh(user: User) -> LearnerProgress:
    return LearnerProgress(User.objects.get(pk=user.pk))


def today_of(user: User) -> Today:
    return Today(Planning(Plan.objects.get(user=user, archived_at=None), fresh(user)))


def rows_of(user: User) -> list[tuple[str, int, bool]]:
    return [(row.title, row.minutes, row.is_done) for row in today_of(user).rows]


def set_state(user: User, title: str, state: StateName) -> None:
    fresh(user).set(Article.objects.get(title=title), state)


def test_a_plan_is_made_once_and_changed(reader: Client, learner: User) -> None:
    for _ in range(2):
        assert reader.post("/me/plan/edit/", FORM).headers["Location"] == "/today/"
    reader.post("/me/plan/edit/", {**FORM, "minutes_0": "0", "layers": "foundation-layer"})
    plan = Plan.objects.get()
    assert (plan.user, plan.interview_on, plan.begins_on) == (learner, date(2031, 1, 7), MONDAY)
    assert (plan.minutes, plan.layers) == ([0, *[30] * 6], ["foundation-layer"])


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"interview_on": "2030-11-04"}, "Choose a day after today"),
        ({"interview_on": "7 January"}, "Write the day as year, month and day"),
        ({"interview_on": "2033-11-07"}, "Choose a day within the next three years."),
        ({"begins_on": "9999-12-31"}, "Choose a day within the next three years."),
        ({"begins_on": "2031-01-07"}, "Begin before the day of the interview."),
        (dict.fromkeys(MINUTES, "0"), "Give at least one weekday some minutes."),
        ({"minutes_3": "961"}, "less than or equal to 960"),
        ({"layers": "no-such-layer"}, "Select a valid choice"),
        ({"practice_per_week": "8"}, "less than or equal to 7"),
    ],
)
def test_a_wrong_plan_is_refused_in_words_and_changes_nothing(
    reader: Client, plan: Plan, changed: dict[str, str], error: str
) -> None:
    response = reader.post("/me/plan/edit/", FORM | changed)
    assert response.status_code == 422
    assert error in response.content.decode()
    assert Plan.objects.values("interview_on", "minutes").get() == {
        "interview_on": None,
        "minutes": [40] * 7,
    }


def test_todays_list_is_fixed_once_shown_until_the_next_study_day(
    reader: Client, learner: User, plan: Plan, set_day: SetDay
) -> None:
    reader.get("/today/")
    before = rows_of(learner)
    assert [minutes for _title, minutes, _is_done in before] == [15, 15, 10]
    set_state(learner, before[0][0], StateName.DONE)
    after = rows_of(learner)
    assert after == [(before[0][0], 15, True), *before[1:]]
    set_day(1)
    assert next(row[0] for row in rows_of(learner)) == before[1][0]
    assert DayList.objects.count() == 2


def test_an_article_that_was_begun_goes_on_with_the_minutes_that_are_left(
    reader: Client, learner: User, plan: Plan, set_day: SetDay
) -> None:
    third = rows_of(learner)[2]
    assert today_of(learner).rows[2].note == "The first 10 of 15 min"
    for title, _minutes, _is_done in rows_of(learner)[:2]:
        set_state(learner, title, StateName.DONE)
    set_state(learner, third[0], StateName.READING)
    set_day(1)
    first = today_of(learner).rows[0]
    assert (first.title, first.minutes, first.note) == (third[0], 5, "5 of 15 min left")


def test_a_part_that_was_not_done_is_simply_planned_again(
    reader: Client, learner: User, plan: Plan, set_day: SetDay
) -> None:
    before = rows_of(learner)
    set_day(3)
    assert rows_of(learner) == before
    page = reader.get("/today/").content.decode()
    for word in ("behind", "overdue", "missed"):
        assert word not in page.lower()


def test_a_split_part_is_ticked_for_today_and_cleared(
    reader: Client, learner: User, plan: Plan
) -> None:
    part = today_of(learner).rows[2].listed.id
    for _ in range(2):
        reader.post(f"/today/parts/{part}/", {"is_ticked": "yes"})
    assert [row.is_done for row in today_of(learner).rows] == [False, False, True]
    assert today_of(learner).minutes_done == 10
    page = reader.get("/today/").content.decode()
    assert f"{today_of(learner).rows[2].title}: done for today. Set to to do" in page
    reader.post(f"/today/parts/{part}/", {"is_ticked": "no"})
    assert today_of(learner).minutes_done == 0
    page = reader.get("/today/").content.decode()
    assert f"{today_of(learner).rows[2].title}: to do. Set to done for today" in page
    assert reader.post(f"/today/parts/{uuid4()}/", {"is_ticked": "yes"}).status_code == 404
    assert reader.post(f"/today/parts/{part}/", {"is_ticked": "maybe"}).status_code == 400


def test_less_time_and_a_day_off_shorten_the_list_and_more_time_goes_on(
    reader: Client, learner: User, plan: Plan
) -> None:
    before = rows_of(learner)
    reader.post("/today/minutes/", {"minutes": "20"})
    assert [row[1] for row in rows_of(learner)] == [15, 5]
    reader.post("/today/minutes/", {"minutes": "45"})
    assert [row[1] for row in rows_of(learner)] == [15, 15, 15]
    assert [row[0] for row in rows_of(learner)] == [row[0] for row in before]
    set_state(learner, before[0][0], StateName.DONE)
    for _ in range(2):
        reader.post("/today/minutes/", {"minutes": "0"})
    assert rows_of(learner) == [(before[0][0], 15, True)]
    assert reader.post("/today/minutes/", {"minutes": "-5"}).status_code == 400
    assert reader.post("/today/minutes/", {"minutes": "lots"}).status_code == 400


def test_own_items_are_in_the_plan_and_done_like_an_article(
    reader: Client, learner: User, other: User, plan: Plan
) -> None:
    add = {"title": "Talk", "url": "example.org/talk", "minutes": "20", "operation": str(uuid4())}
    for _ in range(2):
        reader.post("/me/items/add/", add)
    item = OwnItem.objects.get()
    assert (item.title, item.url, item.minutes) == ("Talk", "https://example.org/talk", 20)
    reader.force_login(other)
    assert reader.post("/me/items/add/", add).status_code == 409
    assert OwnItem.objects.get().user == learner
    reader.force_login(learner)
    assert rows_of(learner)[0] == ("Talk", 20, False)
    figures = reader.get("/me/").content.decode().count("of 39")
    assert figures
    set_done = re.compile(r'action="/me/items/(.*?)/done/">.*?name="done" value="(\w+)"')
    assert set_done.findall(reader.get("/me/items/").text) == [(str(item.uuid), "yes")]
    for _ in range(2):
        reader.post(f"/me/items/{item.uuid}/done/", {"done": "yes"})
    assert set_done.findall(reader.get("/me/items/").text) == [(str(item.uuid), "no")]
    assert rows_of(learner)[0] == ("Talk", 20, True)
    assert reader.get("/me/").content.decode().count("of 39") == figures
    reader.post(f"/me/items/{item.uuid}/done/", {"done": "no"})
    assert rows_of(learner)[0] == ("Talk", 20, False)
    assert f'action="/me/items/{item.uuid}/delete/"' in reader.get(f"/me/items/{item.uuid}/").text
    reader.post(f"/me/items/{item.uuid}/delete/")
    assert not OwnItem.objects.exists()
    assert rows_of(learner)[0][2]


def test_a_late_plan_says_so_and_two_buttons_make_it_fit(
    reader: Client, learner: User, plan: Plan
) -> None:
    plan.interview_on = MONDAY + timedelta(days=7)
    plan.save()
    planning = today_of(learner).planning
    assert planning.outlook.is_late
    page = reader.get("/today/").content.decode()
    assert f"{planning.more_minutes} minutes more a week" in page
    (weekly,) = re.findall(r'value="(\d+(?:,\d+){6})"', page)
    reader.post("/me/plan/minutes/", {"minutes": weekly})
    assert today_of(learner).planning.planned.fits
    reader.post("/me/plan/minutes/", {"minutes": "40,40,40,40,40,40,40"})
    assert not today_of(learner).planning.planned.fits
    left_out = today_of(learner).planning.could_leave_out
    for _ in range(2):
        reader.post("/me/plan/leave-out/", {"article": [each.slug for each in left_out]})
    page = reader.get("/today/").content.decode()
    assert f"{len(left_out)} articles are left out." in page
    assert f"Your plan covers {39 - len(left_out)} of 39 articles." in page
    planning = today_of(learner).planning
    assert planning.planned.fits
    assert planning.tasks.left_out == {each.pk for each in left_out}
    reader.post(
        "/me/plan/leave-out/",
        {"article": [each.slug for each in left_out], "left_out": "no"},
    )
    assert today_of(learner).planning.tasks.left_out == set()


def test_the_plan_ends_on_the_day_and_asks_afterwards(
    reader: Client, learner: User, plan: Plan, set_day: SetDay
) -> None:
    plan.interview_on = MONDAY + timedelta(days=7)
    plan.save()
    set_day(7)
    assert "Good luck today" in reader.get("/today/").content.decode()
    whole_plan = reader.get("/me/plan/").content.decode()
    assert "The plan is over" in whole_plan
    assert "days late" not in whole_plan
    assert "What does not fit" not in whole_plan
    set_day(8)
    assert "How did it go?" in reader.get("/today/").content.decode()
    late = reader.post("/today/minutes/", {"minutes": "30"})
    assert (late.status_code, "Your plan is over" in late.content.decode()) == (409, True)
    for _ in range(2):
        reader.post(f"/me/plans/{plan.uuid}/archive/", {"outcome": "They asked for a queue."})
    assert "Make a plan" in reader.get("/today/").content.decode()
    address = f"/me/plans/{plan.uuid}/archive/"
    assert reader.post(address).headers["Location"] == "/me/plans/"
    page = reader.get("/me/plans/").content.decode()
    assert page.count("They asked for a queue.") == 2  # to read, and in the form that changes it
    assert f'action="{address}"' in page
    reader.post(address, {"outcome": ""})
    assert "They asked for a queue." not in reader.get("/me/plans/").content.decode()
    assert Plan.objects.get().outcome == ""


def test_without_a_plan_today_shows_what_there_is(reader: Client, learner: User) -> None:
    page = reader.get("/today/").content.decode()
    entry = fresh(learner).next_entry()
    assert entry is not None
    assert entry.article.title in page
    assert "Make a plan" in page
    assert f'href="{entry.article.url}"' in page.partition("today-rows")[2]
    visitor = Client().get("/today/").content.decode()
    assert 'href="/accounts/signup/?next=/today/">Sign up to make a plan' in visitor


def test_the_whole_plan_lists_every_article_once_it_is_planned(
    reader: Client, learner: User, plan: Plan
) -> None:
    rows = [row for _day, rows in today_of(learner).days for row in rows]
    assert {row.note for row in rows if row.minutes == 15} == {""}
    days = reader.get("/me/plan/").content.decode().partition('<ol class="plan-days">')[2]
    listed = re.findall(r'<li><span><a href="(/articles/[^"]+)">', days.partition("</ol>")[0])
    unread = today_of(learner).planning.tasks.unread
    assert len(unread) == 39
    assert list(dict.fromkeys(listed)) == [article.get_absolute_url() for article in unread]
    first, _second, third = rows_of(learner)
    set_state(learner, first[0], StateName.DONE)
    reader.post(f"/today/parts/{today_of(learner).rows[2].listed.id}/", {"is_ticked": "yes"})
    page = reader.get("/me/plan/").content.decode()
    lines = re.findall(r"<li><span>(?:<a[^>]*>)?([^<]+)(?:</a>)?(.*)</li>", page)
    assert [title for title, rest in lines if "done" in rest] == [first[0], third[0]]


def test_long_lists_have_pages(
    reader: Client, learner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("progress.planner.views.PLANS_ON_A_PAGE", 1)
    monkeypatch.setattr("progress.planner.own_item_views.DONE_ON_A_PAGE", 1)
    for day in (MONDAY, MONDAY + timedelta(days=1)):
        Plan.objects.create(
            user=learner, begins_on=day, minutes=[40] * 7, archived_at=timezone.now()
        )
        OwnItem.objects.create(
            user=learner, title=f"From {day:%-d November 2030}", minutes=5, done_at=timezone.now()
        )
    for address in ("/me/plans/", "/me/items/"):
        pages = [reader.get(f"{address}?page={number}").content.decode() for number in (1, 2)]
        days = [re.findall(r"From (\d) November", page) for page in pages]
        assert [set(each) for each in days] == [{"5"}, {"4"}]
        assert 'rel="next" href="?page=2"' in pages[0]


def test_nobody_else_reaches_a_plan_or_an_item(reader: Client, other: User) -> None:
    theirs = Plan.objects.create(user=other, begins_on=MONDAY, minutes=[40] * 7)
    item = OwnItem.objects.create(user=other, title="Secret", minutes=5)
    assert reader.post(f"/me/plans/{theirs.uuid}/archive/").status_code == 404
    for action in ("", "done/", "delete/"):
        assert reader.post(f"/me/items/{item.uuid}/{action}").status_code == 404
    assert reader.get("/me/plan/").status_code == 404
    for address in ("/today/", "/me/items/", "/me/plans/"):
        assert "Secret" not in reader.get(address).content.decode()
    theirs.refresh_from_db()
    assert theirs.archived_at is None


def test_plans_and_items_are_exported_and_deleted_with_the_account(
    reader: Client, learner: User, other: User, plan: Plan
) -> None:
    OwnItem.objects.create(user=other, title="Theirs", minutes=5)
    item = OwnItem.objects.create(user=learner, title="Talk", minutes=20)
    reader.get("/today/")
    exported = progress_of(learner)
    (exported_plan,) = exported["plans"]
    assert (exported_plan["uuid"], exported_plan["minutes"]) == (plan.uuid, [40] * 7)
    assert [day["minutes"] for day in exported_plan["days"]] == [40]
    assert [row["uuid"] for row in exported["own_items"]] == [item.uuid]
    learner.delete()
    assert not Plan.objects.exists()
    assert not DayList.objects.exists()
    assert [each.title for each in OwnItem.objects.all()] == ["Theirs"]


def test_an_article_that_is_merged_stays_on_the_list_and_left_out(
    reader: Client, learner: User, editor: User, plan: Plan
) -> None:
    first, second = (row.article for row in today_of(learner).rows[:2])
    assert first is not None
    assert second is not None
    plan.left_out.add(second)
    merge_articles(Article.objects.get(pk=first.pk), Article.objects.get(pk=second.pk))
    assert [row.article for row in today_of(learner).rows[:2]] == [first, first]
    assert list(plan.left_out.all()) == [first]


def test_a_merge_locks_the_learners_who_left_an_article_out_in_constant_queries(
    reader: Client, learner: User, plan: Plan
) -> None:
    """Their plans changed, and so do their pages. The number of queries is the same for many."""

    def merge(number: int) -> int:
        with CaptureQueriesContext(connection) as queries:
            merge_articles(kept, pairs[number])
        return len(queries)

    kept, *pairs = Article.objects.filter(retired_at=None).exclude(url="")[:3]
    plan.left_out.add(pairs[0])
    few = merge(0)
    assert fresh(learner).user.progress_version == 1
    users = [User.objects.create_user(f"learner{number}") for number in range(4)]
    for user in users:
        own = Plan.objects.create(user=user, begins_on=MONDAY, minutes=[40] * 7)
        own.left_out.add(pairs[1], *([kept] if user == users[0] else []))
    assert merge(1) == few
    assert {user.progress_version for user in User.objects.filter(plans__left_out=kept)} == {1}
    assert list(Plan.objects.filter(left_out=kept).order_by("pk")) == list(Plan.objects.all()[::-1])


def test_today_takes_a_constant_number_of_queries(
    reader: Client, learner: User, plan: Plan, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    reader.get("/today/")
    with django_assert_num_queries(13):
        reader.get("/today/?few")
    for number in range(5):
        OwnItem.objects.create(user=learner, title=f"Item {number}", minutes=5)
    for article in Article.objects.all()[:10]:
        fresh(learner).set(article, StateName.DONE)
    DayList.objects.create(plan=plan, day=timezone.localdate() - timedelta(days=1), minutes=0)
    with django_assert_num_queries(13):
        reader.get("/today/?many")


def test_practice_leads_to_the_session_of_today_that_is_not_finished(
    reader: Client, learner: User, other: User, plan: Plan, set_day: SetDay
) -> None:
    def action() -> tuple[str, str]:
        fresh(learner).lock()
        html = reader.get("/today/").content.decode().partition('class="today-rows"')[2]
        found = re.search(r'<a class="button[^>]* href="(/[^"]*practice/[^"]*)">([^<]*)</a>', html)
        assert found
        return found[1], found[2]

    plan.practice_per_week, plan.minutes = 7, [60] * 7
    plan.save()
    list_of_cases = "/practice/?length=45", "Practise"
    case = Case.objects.create(slug="seats", title="Seats", brief="Design the booking of seats.")
    session = PracticeSession(case=case, case_at_start=CaseCopy.of(case).as_json())
    session.length_seconds, session.twist_after_seconds = 2700, 1500
    session.started_at = timezone.now()
    session.user = other
    session.save()
    assert action() == list_of_cases
    session.user = learner
    session.save()
    assert action() == (f"/me/practice/{session.uuid}/", "Continue")
    set_day(1)
    assert action() == list_of_cases


def test_signing_in_leads_to_today_if_there_is_a_plan(learner: User, plan: Plan) -> None:
    credentials = {"login": "learner", "password": "a-learner's-password"}
    response = Client().post("/accounts/login/", credentials)
    assert response.headers["Location"] == "/today/"
    response = Client().post("/accounts/login/", {**credentials, "next": "/me/"})
    assert response.headers["Location"] == "/me/"
    plan.archived_at = timezone.now()
    plan.save()
    assert Client().post("/accounts/login/", credentials).headers["Location"] == "/"


@pytest.mark.parametrize(
    ("points", "prompts", "note"),
    [
        ("one\ntwo\nthree", 1, "3 key points, 2 new cards"),
        ("one", 0, "1 key point, 1 new card"),
        ("", 2, "2 new cards"),
        ("", 0, ""),
    ],
)
def test_a_finished_article_says_what_was_made_of_it(
    reader: Client, learner: User, other: User, plan: Plan, points: str, prompts: int, note: str
) -> None:
    first, second, *_ = today_of(learner).rows
    assert first.article
    assert second.article
    for number in range(prompts + 1):
        Prompt.objects.create(article=first.article, question=f"Question {number}?", answer="So.")
    own = {"article": first.article, "user": learner}
    Card.objects.create(kind=CardKind.OWN, question="Mine?", **own)
    dropped = Prompt.objects.filter(article=first.article).first()
    Card.objects.create(kind=CardKind.PROMPT, prompt=dropped, dropped_at=timezone.now(), **own)
    finish(fresh(other), first.article, Report("theirs\nand\nmore\nof\nthem"))
    before = [row.note for row in today_of(learner).rows]
    finish(fresh(learner), first.article, Report(points))
    assert [row.note for row in today_of(learner).rows] == [note, *before[1:]]
    assert not note or f'<p class="today-note">{note}</p>' in reader.get("/today/").content.decode()


def test_a_skipped_article_brings_nothing(reader: Client, learner: User, plan: Plan) -> None:
    first = today_of(learner).rows[0]
    assert first.article
    Prompt.objects.create(article=first.article, question="Why?", answer="So.")
    set_state(learner, first.title, StateName.SKIPPED)
    assert today_of(learner).rows[0].note == first.note


def test_minutes_that_no_editor_stated_are_shown_as_about(reader: Client, plan: Plan) -> None:
    assert reader.get("/today/").content.decode().count("about 15 min") == 2
    Article.objects.update(reading_minutes=16)
    DayList.objects.all().delete()
    Plan.objects.update(practice_per_week=0)
    User.objects.update(progress_version=99)
    page = reader.get("/today/").content.decode()
    assert "about" not in page.partition("today-rows")[2].partition("</ol>")[0]
    assert page.count('<span class="today-minutes">16 min') == 2


def test_reviewed_cards_are_counted_and_then_told_by_their_ratings(
    reader: Client, learner: User, plan: Plan
) -> None:
    article = Article.objects.filter(retired_at=None).exclude(url="")[0]
    cards = [
        Card.objects.create(user=learner, article=article, kind=CardKind.OWN, question=str(number))
        for number in range(4)
    ]
    reader.get("/today/")
    ratings = [Rating.AGAIN, Rating.GOOD, Rating.HARD, Rating.GOOD]
    notes = []
    for card, rating in zip(cards, ratings, strict=True):
        progress = LearnerProgress(User.objects.get(pk=learner.pk))
        review_card(progress, card.uuid, rating, uuid4())
        page = reader.get("/today/").content.decode()
        notes += re.findall(r">(\d (?:reviewed|good)[^<]*)<", page)
    assert notes == [
        "1 reviewed today",
        "2 reviewed today",
        "3 reviewed today",
        "2 good, 1 hard, 1 again",
    ]
