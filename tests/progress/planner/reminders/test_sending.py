"""Test when a reminder is sent, what it says, and that it is sent once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from smtplib import SMTPServerDisconnected
from threading import Barrier
from zoneinfo import ZoneInfo

import pytest
from allauth.account.models import EmailAddress
from django.core.mail import EmailMessage
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import User
from catalog.models import Article
from catalog.prompts.models import Prompt
from playbook.jobs import wanted_jobs
from playbook.scheduling.models import ScheduledJob
from playbook.scheduling.running import due_jobs, run_if_due
from progress.learner import LearnerProgress
from progress.planner.models import DayList, OwnItem, Plan, Reminder
from progress.planner.reminders.sending import NotAllSent, claim, send_reminders
from progress.states import StateName
from tests.progress.planner.conftest import MONDAY, NOON, SetDay
from tests.progress.planner.reminders.conftest import EVERY_DAY, SendAt, confirm

REFUSING = "tests.accounts.refusing_mail.RefusingBackend"
IN_MEMORY = "django.core.mail.backends.locmem.EmailBackend"


def prompt_for(learner: User, count: int) -> None:
    """Give the learner cards that are due, of an article that they finished."""
    article = Article.objects.exclude(url="")[0]
    for number in range(count):
        Prompt.objects.create(article=article, question=f"Question {number}?", answer="Answer")
    LearnerProgress(learner).set(article, StateName.DONE)


def test_a_reminder_says_what_is_planned_and_leads_to_today(
    reader: Client, plan: Plan, reminder: Reminder, mailoutbox: list[EmailMessage]
) -> None:
    OwnItem.objects.create(user=plan.user, title="A talk & more", minutes=25, day=MONDAY)
    assert send_reminders(NOON) == 1
    (mail,) = mailoutbox
    assert (mail.to, mail.subject) == (
        ["learner@example.org"],
        "System Design Playbook: Study: 40 min",
    )
    (first,) = (part["key"] for part in DayList.objects.get().parts if part["kind"] == "read")
    title = Article.objects.get(uuid=first).title
    lines = mail.body.split("\n")
    assert lines[:6] == [
        "For today:",
        "",
        "- A talk & more (25 min)",
        f"- {title} (15 min)",
        "",
        "Open Today: http://testserver/today/",
    ]


def test_what_the_mail_says_is_todays_list(
    reader: Client, plan: Plan, reminder: Reminder, mailoutbox: list[EmailMessage]
) -> None:
    send_reminders(NOON)
    OwnItem.objects.create(user=plan.user, title="Later", minutes=5)
    page = reader.get("/today/").content.decode()
    titles = [
        line[2:].rpartition(" (")[0] for line in mailoutbox[0].body.split("\n") if line[:2] == "- "
    ]
    assert titles
    assert all(title in page for title in titles)
    assert "Later" not in page


def test_cards_that_are_due_are_counted(
    reader: Client, learner: User, reminder: Reminder, mailoutbox: list[EmailMessage]
) -> None:
    prompt_for(learner, 3)
    assert send_reminders(NOON) == 1
    assert mailoutbox[0].subject == "System Design Playbook: 3 cards due"
    assert mailoutbox[0].body.split("\n")[:5] == [
        "For today:",
        "",
        "- 3 cards due",
        "",
        "Open Today: http://testserver/today/",
    ]


def test_cards_of_the_plan_are_not_listed_twice(
    reader: Client, learner: User, plan: Plan, reminder: Reminder, mailoutbox: list[EmailMessage]
) -> None:
    prompt_for(learner, 3)
    send_reminders(NOON)
    body = mailoutbox[0].body
    assert body.count("cards") == 1
    assert "- 3 cards due" in body
    assert mailoutbox[0].subject == "System Design Playbook: Study: 40 min"


def test_the_headers_of_a_reminder(
    reader: Client, plan: Plan, reminder: Reminder, mailoutbox: list[EmailMessage]
) -> None:
    """RFC 8058: one signed address to post to, in one piece."""
    send_reminders(NOON)
    sent = mailoutbox[0].message().as_bytes().partition(b"\n\n")[0].decode()
    lines = [line.partition(":") for line in sent.replace("\n ", " ").split("\n")]
    headers = {name: value.strip() for name, _colon, value in lines}
    address = headers["List-Unsubscribe"]
    assert address.startswith(f"<http://testserver/reminders/stop/{reminder.uuid.hex}:")
    assert address.endswith("/>")
    assert " " not in address
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert headers["Auto-Submitted"] == "auto-generated"
    assert address.strip("<>") in mailoutbox[0].body


@pytest.mark.parametrize("number", range(4))
def test_nothing_to_do_sends_nothing(
    reader: Client,
    learner: User,
    plan: Plan,
    reminder: Reminder,
    mailoutbox: list[EmailMessage],
    number: int,
) -> None:
    def day_off() -> None:
        prompt_for(learner, 3)
        reader.post("/today/minutes/", {"minutes": "0"})

    def everything_done() -> None:
        reader.get("/today/")
        for article in Article.objects.all()[:39]:
            LearnerProgress(learner).set(article, StateName.DONE)

    def no_plan_and_no_card() -> None:
        plan.delete()

    def no_time_on_this_weekday() -> None:
        Plan.objects.update(minutes=[0, *[40] * 6])

    (day_off, everything_done, no_plan_and_no_card, no_time_on_this_weekday)[number]()
    assert send_reminders(NOON) == 0
    assert not mailoutbox


def test_nothing_is_sent_without_a_mail_server(
    reader: Client, plan: Plan, reminder: Reminder, settings: Settings
) -> None:
    settings.HAS_EMAIL = False
    assert send_reminders(NOON) == 0
    reminder.refresh_from_db()
    assert reminder.settled_on is None


def test_only_a_confirmed_address_gets_mail(
    reader: Client, plan: Plan, reminder: Reminder, mailoutbox: list[EmailMessage]
) -> None:
    for change in ({"verified": False}, {"primary": False}):
        EmailAddress.objects.update(**change)
        assert send_reminders(NOON) == 0
        EmailAddress.objects.update(verified=True, primary=True)
    User.objects.update(is_active=False)
    assert send_reminders(NOON) == 0
    User.objects.update(is_active=True)
    assert send_reminders(NOON) == 1


def test_each_learner_gets_their_own_day(
    reader: Client, plan: Plan, reminder: Reminder, other: User, mailoutbox: list[EmailMessage]
) -> None:
    confirm(other)
    Reminder.objects.create(user=other, weekdays=EVERY_DAY, hour=12, browser_zone="UTC")
    Plan.objects.create(user=other, begins_on=MONDAY, minutes=[9] * 7, layers=["none"])
    OwnItem.objects.create(user=other, title="Theirs", minutes=9)
    assert send_reminders(NOON) == 2
    bodies = {mail.to[0]: mail.body for mail in mailoutbox}
    assert "Theirs" in bodies["other@example.org"]
    assert "Theirs" not in bodies["learner@example.org"]
    assert "15 min" in bodies["learner@example.org"]
    assert "15 min" not in bodies["other@example.org"]


@pytest.mark.parametrize(
    ("minutes", "sent"), [(-1, 0), (0, 1), (10, 1), (59, 1), (60, 0), (24 * 60, 1)]
)
def test_a_reminder_is_sent_within_its_hour(
    reader: Client, plan: Plan, reminder: Reminder, send_at: SendAt, minutes: int, sent: int
) -> None:
    assert send_at(NOON + timedelta(minutes=minutes)) == sent


def test_a_reminder_is_sent_on_its_weekdays(
    reader: Client, plan: Plan, reminder: Reminder, send_at: SendAt
) -> None:
    Reminder.objects.update(weekdays=[0, 3])
    sent = [send_at(NOON + timedelta(days=number)) for number in range(8)]
    assert sent == [1, 0, 0, 1, 0, 0, 0, 1]


@pytest.mark.parametrize(
    ("zone", "first", "offsets"),
    [
        ("Europe/Berlin", date(2027, 3, 27), [1, 2]),
        ("Europe/Berlin", date(2027, 10, 30), [2, 1]),
        ("Australia/Lord_Howe", date(2027, 4, 3), [11, 10.5]),
        ("Pacific/Apia", date(2027, 12, 31), [13, 13]),
        ("America/New_York", date(2028, 2, 28), [-5, -5]),
    ],
)
def test_a_reminder_comes_at_the_learners_hour_across_changes_of_the_clock(
    reader: Client,
    learner: User,
    reminder: Reminder,
    send_at: SendAt,
    zone: str,
    first: date,
    offsets: list[float],
) -> None:
    learner.time_zone = zone
    learner.save()
    Reminder.objects.update(hour=7)
    Plan.objects.create(user=learner, begins_on=first, minutes=[40] * 7)
    for number, offset in enumerate(offsets):
        local = datetime.combine(first + timedelta(days=number), datetime.min.time(), UTC)
        at = local + timedelta(hours=7) - timedelta(hours=offset)
        assert at.astimezone(ZoneInfo(zone)).hour == 7
        assert [send_at(at + timedelta(minutes=each)) for each in (-10, 0, 10)] == [0, 1, 0]


def test_a_learner_who_travels_west_gets_one_mail_a_study_day(
    reader: Client, learner: User, plan: Plan, reminder: Reminder, send_at: SendAt
) -> None:
    assert send_at(NOON) == 1
    learner.time_zone = "America/Los_Angeles"
    learner.save()
    assert send_at(NOON + timedelta(hours=8)) == 0
    assert send_at(NOON + timedelta(hours=32)) == 1


def test_a_reminder_that_could_not_be_sent_is_tried_again(
    reader: Client,
    plan: Plan,
    reminder: Reminder,
    settings: Settings,
    send_at: SendAt,
    caplog: pytest.LogCaptureFixture,
) -> None:
    settings.EMAIL_BACKEND = REFUSING
    with pytest.raises(NotAllSent):
        send_at(NOON)
    assert "A reminder could not be sent" in caplog.text
    settings.EMAIL_BACKEND = IN_MEMORY
    assert [send_at(NOON + timedelta(minutes=each)) for each in (10, 20)] == [1, 0]
    settings.EMAIL_BACKEND = REFUSING
    with pytest.raises(NotAllSent):
        send_at(NOON + timedelta(days=1))
    settings.EMAIL_BACKEND = IN_MEMORY
    assert send_at(NOON + timedelta(days=1, hours=1)) == 0


def test_a_reminder_that_cannot_be_made_keeps_no_other_from_being_sent(
    reader: Client,
    plan: Plan,
    reminder: Reminder,
    other: User,
    mailoutbox: list[EmailMessage],
    caplog: pytest.LogCaptureFixture,
) -> None:
    DayList.objects.create(plan=plan, day=MONDAY, minutes=40, parts=[{"kind": "broken"}])
    confirm(other)
    Reminder.objects.create(user=other, weekdays=EVERY_DAY, hour=12, browser_zone="UTC")
    Plan.objects.create(user=other, begins_on=MONDAY, minutes=[40] * 7)
    with pytest.raises(NotAllSent) as raised:
        send_reminders(NOON)
    assert str(raised.value) == "Reminders not sent: 1, see the log. Reminders sent: 1."
    assert [mail.to for mail in mailoutbox] == [["other@example.org"]]
    assert "A reminder could not be made" in caplog.text
    reminder.refresh_from_db()
    assert reminder.settled_on is None


def test_the_command_says_how_many_it_sent(reader: Client, plan: Plan, reminder: Reminder) -> None:
    output = StringIO()
    for _ in range(2):
        call_command("send_reminders", stdout=output)
    assert output.getvalue() == "Reminders sent: 1\nReminders sent: 0\n"


def test_looking_for_reminders_takes_one_query(
    reader: Client,
    plan: Plan,
    reminder: Reminder,
    other: User,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    confirm(other)
    Reminder.objects.create(user=other, weekdays=EVERY_DAY, hour=13)
    with django_assert_num_queries(1):
        send_reminders(NOON - timedelta(hours=3))


@pytest.mark.django_db(transaction=True)
def test_of_two_senders_at_once_one_sends(
    set_day: SetDay, learner: User, reminder: Reminder, mailoutbox: list[EmailMessage]
) -> None:
    Plan.objects.create(user=learner, begins_on=MONDAY, minutes=[40] * 7)
    OwnItem.objects.create(user=learner, title="A talk", minutes=25)
    together = Barrier(2)

    def send(_number: int) -> int:
        together.wait()
        try:
            return send_reminders(NOON)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(send, range(2))) == [0, 1]
    assert len(mailoutbox) == 1


@pytest.mark.django_db(transaction=True)
def test_a_reminder_is_claimed_once(reminder: Reminder) -> None:
    together = Barrier(4)

    def take(_number: int) -> bool:
        together.wait()
        try:
            return claim(reminder, MONDAY)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(take, range(4))) == [False, False, False, True]


def test_a_clock_that_was_ahead_stops_no_reminder(
    reader: Client, plan: Plan, reminder: Reminder
) -> None:
    Reminder.objects.update(settled_on=MONDAY + timedelta(days=400))
    assert [send_reminders(NOON), send_reminders(NOON)] == [1, 0]


def test_the_job_runs_every_ten_minutes_where_mail_is_sent(settings: Settings) -> None:
    settings.HAS_EMAIL = False
    assert "send_reminders" not in wanted_jobs()
    settings.HAS_EMAIL = True
    assert wanted_jobs()["send_reminders"].when.longest == timedelta(minutes=10)


def test_the_job_sends_reminders(
    reader: Client, plan: Plan, reminder: Reminder, mailoutbox: list[EmailMessage]
) -> None:
    for _ in range(2):
        wanted_jobs()["send_reminders"].run()
    assert len(mailoutbox) == 1


def test_a_run_in_which_a_mail_could_not_be_sent_has_failed(
    reader: Client,
    plan: Plan,
    reminder: Reminder,
    other: User,
    mailoutbox: list[EmailMessage],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Every mail is tried, and one that was sent is not sent again by the next run."""
    confirm(other)
    Reminder.objects.create(user=other, weekdays=EVERY_DAY, hour=12, browser_zone="UTC")
    Plan.objects.create(user=other, begins_on=MONDAY, minutes=[40] * 7)
    send = EmailMessage.send

    def refuse_first(mail: EmailMessage, *, fail_silently: bool = False) -> int:
        if mail.to == ["learner@example.org"]:
            raise SMTPServerDisconnected
        return send(mail, fail_silently=fail_silently)

    with monkeypatch.context() as server:
        server.setattr(EmailMessage, "send", refuse_first)
        assert "send_reminders" in due_jobs(NOON)
        assert not run_if_due("send_reminders")
    job = ScheduledJob.objects.get(name="send_reminders")
    failure = "CommandError: Reminders not sent: 1, see the log. Reminders sent: 1."
    assert (job.failure, job.succeeded_at) == (failure, None)
    monkeypatch.setattr(timezone, "now", lambda: NOON + timedelta(minutes=10))
    assert run_if_due("send_reminders")
    job.refresh_from_db()
    assert job.failure == ""
    assert [mail.to for mail in mailoutbox] == [["other@example.org"], ["learner@example.org"]]
