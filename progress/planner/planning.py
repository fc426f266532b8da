"""A learner's active plan on one study day: its list, its schedule and its outlook."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta

from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils.functional import cached_property

from accounts.models import User
from catalog.models import Article
from catalog.prerequisites.prerequisite_index import PrerequisiteIndex
from catalog.snapshot import CatalogSnapshot
from playbook.study_day import study_day, study_days
from progress.learner import LearnerProgress
from progress.planner.day_lists import ListedPart, begun_on, listed, minutes_done, parts_in
from progress.planner.deck_forecast import deck_forecast
from progress.planner.models import DayList, Plan
from progress.planner.outlook import Outlook, more_minutes, to_leave_out
from progress.planner.page_sql import (
    StoredList,
    StoredPractice,
    active_plan,
    active_plan_row,
    lists_of,
    plan_from,
    practice_of,
)
from progress.planner.plan_parts import (
    DAYS_MAX,
    MINUTES_FOR_A_CARD,
    Day,
    DeckForecast,
    Part,
    PartKind,
    PracticeWish,
    Schedule,
)
from progress.planner.schedule import days_from, schedule
from progress.planner.tasks import PlanTasks, is_left
from progress.recall.deck import Deck

ONE_DAY = timedelta(days=1)


def plan_of(progress: LearnerProgress) -> Plan | None:
    """Return the learner's active plan."""
    return plan_from(progress.rows(active_plan_row))


def today_of_plan(user: User) -> str:
    """Return the address of Today if the learner has a plan."""
    return reverse("planner:today_detail") if active_plan(user) else ""


class Planning:
    """Everything that Today shows of a plan. What it reads, it reads once."""

    def __init__(self, plan: Plan, progress: LearnerProgress) -> None:
        self.plan = plan
        self.progress = progress
        self.user = progress.user
        self.today = progress.today

    @property
    def last_day(self) -> date | None:
        """The last study day, which is the day before the interview. None without a date."""
        return self.plan.interview_on - ONE_DAY if self.plan.interview_on else None

    @property
    def is_over(self) -> bool:
        """Return whether the day of the interview has come."""
        return self.last_day is not None and self.today > self.last_day

    @property
    def has_begun(self) -> bool:
        return self.today >= self.plan.begins_on

    @property
    def is_running(self) -> bool:
        """Return whether today is one of its study days, so that there is a list of today."""
        return self.has_begun and not self.is_over

    @property
    def days_left(self) -> int | None:
        """The days up to the interview. None without a date."""
        return (self.plan.interview_on - self.today).days if self.plan.interview_on else None

    @property
    def first_day(self) -> date:
        return max(self.today, self.plan.begins_on)

    @cached_property
    def lists(self) -> Mapping[date, StoredList]:
        """The list of each day on which Today was shown."""
        return lists_of(self.plan)

    @cached_property
    def tasks(self) -> PlanTasks:
        by_pk = self.progress.snapshot.by_pk
        started_at = {
            str(by_pk[pk].uuid): at for pk, at in self.progress.started_at().items() if pk in by_pk
        }
        earlier = (each for each in self.lists.values() if each.day < self.today)
        done = minutes_done(earlier, begun_on(started_at))
        return PlanTasks(self.plan, self.progress, done)

    @cached_property
    def deck(self) -> DeckForecast:
        return deck_forecast(self.progress)

    @cached_property
    def practised_on(self) -> Sequence[date]:
        """The study day of each practice session that was finished since the plan began."""
        practice = self.progress.rows(practice_of)
        times = [each.finished_at for each in practice if each.finished_at]
        days = study_days(times)
        return [days[at] for at in times if days[at] >= self.plan.begins_on]

    @property
    def running_practice(self) -> StoredPractice | None:
        """The newest practice session of today that is not finished.

        One of an earlier day was abandoned: finishing it is no practice of today.
        """
        unfinished = (each for each in self.progress.rows(practice_of) if not each.finished_at)
        newest = max(unfinished, key=lambda each: each.started_at, default=None)
        return newest if newest and study_day(newest.started_at) == self.today else None

    @property
    def wish(self) -> PracticeWish:
        monday = self.today - timedelta(days=self.today.weekday())
        done = sum(day >= monday for day in self.practice_done_on)
        return PracticeWish(self.plan.practice_per_week, self.plan.practice_minutes, done)

    @cached_property
    def practice_done_on(self) -> Sequence[date]:
        """The day of each practice session, and those on which the learner only ticked one."""
        ticked = [
            stored.day
            for stored in self.lists.values()
            for part in stored.parts
            if part["is_ticked"] and part["kind"] == PartKind.PRACTICE
        ]
        return [*self.practised_on, *(day for day in ticked if day not in self.practised_on)]

    def schedule(
        self,
        *,
        weekly: Sequence[int] | None = None,
        leaving_out: Collection[int] = (),
        goes_on: bool = False,
    ) -> Schedule:
        """Return the schedule from today, up to the date or, if it goes on, to the last task."""
        last = None if goes_on else self.last_day
        # Today keeps the list that it has: only the days after it get other minutes.
        stored = self.lists.get(self.today) if self.has_begun else None
        minutes = stored.minutes if stored else self.plan.minutes[self.today.weekday()]
        days = days_from(self.first_day, last, weekly or self.plan.minutes, {self.today: minutes})
        horizon = self.last_day or self.first_day + timedelta(days=DAYS_MAX - 1)
        tasks = [
            task
            for task in self.tasks.tasks(leaving_out)
            if task.from_day is None or task.from_day <= horizon
        ]
        return schedule(
            days,
            tasks,
            self.deck,
            self.wish,
            is_open=last is None,
            fixed=self._left_of(stored) if stored else None,
        )

    def _left_of(self, stored: StoredList) -> Sequence[Part]:
        """Return the parts of today's list that are left, and those done of things that go on."""
        reviewed = self.progress.derive(Deck).reviewed_count
        left = []
        for each in parts_in(stored):
            part = each.part
            if part.kind is PartKind.RECALL:
                cards = max(part.cards - (reviewed - part.before), 0)
                part = part._replace(cards=cards, minutes=cards * MINUTES_FOR_A_CARD)
            if part.minutes and (not self.is_done(each) or (each.is_ticked and part.key)):
                left.append(part)
        return left

    @cached_property
    def planned(self) -> Schedule:
        return self.schedule()

    @cached_property
    def outlook(self) -> Outlook:
        planned = self.planned if self.planned.fits else self.schedule(goes_on=True)
        return Outlook(planned.finished_on, self.last_day, has_tasks=self.tasks.are_left)

    @cached_property
    def more_minutes(self) -> int | None:
        """The fewest more minutes a week with which everything fits."""
        return more_minutes(self.plan.minutes, lambda each: self.schedule(weekly=each).fits)

    @cached_property
    def could_leave_out(self) -> list[Article]:
        """The fewest articles without which the rest fits."""
        by_pk = self.progress.snapshot.by_pk
        requires = PrerequisiteIndex.of(self.progress.snapshot).requires
        pks = to_leave_out(
            [article.pk for article in self.tasks.unread],
            lambda pk: (article.pk for article in requires(pk)),
            lambda left_out: self.schedule(leaving_out=left_out).fits,
        )
        return [by_pk[pk] for pk in pks or ()]

    @cached_property
    def list_of_today(self) -> StoredList:
        """The list of today, which is stored when it is first asked for.

        As a visit, it is begun once on each study day; a database that only reads shows it too.
        """
        if self.today in self.lists:
            return self.lists[self.today]
        day = self._day_of_today()
        new = StoredList(self.today, day.minutes, listed(day.parts))
        if not self.has_begun:
            return new
        try:
            with transaction.atomic():
                # A deletion of the account, which locks it first, finds every list of its plans.
                if not User.objects.select_for_update(no_key=True).filter(pk=self.user.pk):
                    return new
                stored, _is_new = DayList.objects.get_or_create(
                    plan=self.plan,
                    day=self.today,
                    defaults={"minutes": new.minutes, "parts": new.parts},
                )
        except DatabaseError:
            return new
        return StoredList(stored.day, stored.minutes, stored.parts)

    def _day_of_today(self) -> Day:
        days = self.planned.days
        return days[0] if days and days[0].date == self.today else Day(self.today, 0)

    @cached_property
    def parts(self) -> Sequence[ListedPart]:
        return parts_in(self.list_of_today)

    def is_done(self, each: ListedPart) -> bool:
        """Return whether a part of today's list is done: ticked, or done on its own page."""
        part = each.part
        if each.is_ticked:
            return True
        if part.kind is PartKind.PRACTICE:
            return self.today in self.practised_on
        if part.kind is PartKind.READ:
            article = self.article_of(part.key)
            return article is None or not is_left(self.progress.state_of(article.pk))
        if part.kind is PartKind.OWN:
            return part.key not in self.tasks.own_keys
        deck = self.progress.derive(Deck)
        return not deck.due_count or deck.reviewed_count - part.before >= part.cards

    def article_of(self, key: str) -> Article | None:
        """Return the article with this UUID, or the one that it was merged into."""
        return self.progress.snapshot.derive("by-uuid", by_uuid).get(key)


def by_uuid(snapshot: CatalogSnapshot) -> Mapping[str, Article]:
    """Return the articles that readers see and that are not retired, by UUID."""
    kept = {
        pk: snapshot.by_pk[kept] for pk, kept in snapshot.merged.items() if kept in snapshot.by_pk
    }
    current = {each: kept.get(each.pk, each) for each in snapshot.articles.values()}
    return {str(each.uuid): is_now for each, is_now in current.items() if not is_now.retired_at}
