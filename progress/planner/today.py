"""The content of Today: the list of the day, the week, and the learner's standing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.models import Article, Layer
from catalog.prerequisites.prerequisite_index import PrerequisiteIndex
from progress.planner.day_lists import ListedPart, parts_in
from progress.planner.page_sql import StoredItem
from progress.planner.plan_parts import Day, Part, PartKind
from progress.planner.planning import Planning
from progress.recall.day_counts import ratings_on, reviews_by_day
from progress.recall.deck import Deck
from progress.states import Stage, StateName

MORE_MINUTES = 15
"""The minutes that Today offers when everything is done."""


@dataclass(frozen=True)
class Row:
    """A part of today's list as a row."""

    listed: ListedPart
    is_done: bool
    title: str
    note: str = ""
    article: Article | None = None
    layer: Layer | None = None
    state: StateName | None = None
    item: StoredItem | None = None
    url: str = ""
    is_running: bool = False

    @property
    def kind(self) -> PartKind:
        return self.listed.part.kind

    @property
    def minutes(self) -> int:
        return self.listed.part.minutes

    @property
    def is_split(self) -> bool:
        """Return whether the thing is not finished with this part."""
        return bool(self.listed.part.key) and not self.listed.part.is_last

    @property
    def is_about(self) -> bool:
        """Return whether its minutes are a guess, because editors state none."""
        return self.article is not None and not self.article.reading_minutes

    @property
    def can_tick(self) -> bool:
        """Return whether the learner can say that it is done for today."""
        return self.is_split or self.kind in {PartKind.RECALL, PartKind.PRACTICE}


@dataclass(frozen=True)
class WeekDay:
    """A day of this week: the minutes planned, and whether its list is done."""

    date: date
    minutes: int
    has_practice: bool = False
    is_done: bool = False
    is_today: bool = False


class Today:
    """Today's list and week of a learner with an active plan."""

    def __init__(self, planning: Planning) -> None:
        self.planning = planning
        self.plan = planning.plan
        self.progress = planning.progress
        self.snapshot = planning.progress.snapshot

    @cached_property
    def rows(self) -> Sequence[Row]:
        return [self._row(each) for each in self.planning.parts]

    def _row(self, each: ListedPart) -> Row:
        make = {
            PartKind.RECALL: self._recall,
            PartKind.PRACTICE: self._practice,
            PartKind.OWN: self._own,
            PartKind.READ: self._read,
        }
        return make[each.part.kind](each)

    def _recall(self, each: ListedPart) -> Row:
        deck = self.progress.derive(Deck)
        title = ngettext("%(n)s card due", "%(n)s cards due", each.part.cards)
        is_done = self.planning.is_done(each)
        return Row(
            each,
            is_done,
            title % {"n": each.part.cards},
            self._reviewed_today(deck.reviewed_count, is_done=is_done),
            url=reverse("recall:recall_session"),
        )

    def _reviewed_today(self, count: int, *, is_done: bool) -> str:
        """Return how many cards were reviewed; when all are, how they were rated."""
        if not count:
            return ""
        ratings = ratings_on(self.planning.user, self.planning.today) if is_done else {}
        rated = [f"{number} {rating.label.lower()}" for rating, number in ratings.items()]
        reviewed = ngettext("%(n)s reviewed today", "%(n)s reviewed today", count) % {"n": count}
        return ", ".join(rated) or reviewed

    def _practice(self, each: ListedPart) -> Row:
        title = _("An interview of %(n)s minutes") % {"n": each.part.minutes}
        is_done, running = self.planning.is_done(each), self.planning.running_practice
        if running:
            url = reverse("practice:session_detail", args=[running.uuid])
            return Row(each, is_done, title, url=url, is_running=True)
        url = f"{reverse('practice:practice_list')}?length={each.part.minutes}"
        return Row(each, is_done, title, url=url)

    def _own(self, each: ListedPart) -> Row:
        item = self._own_items.get(each.part.key)
        title = item.title if item else _("An item that you deleted")
        return Row(
            each,
            item is None or self.planning.is_done(each),
            title,
            self._share(each),
            item=item,
            url=item.url if item else "",
        )

    def _read(self, each: ListedPart) -> Row:
        article = self.planning.article_of(each.part.key)
        if article is None:
            return Row(each, True, _("An article that is not in the playbook any more"))
        entries = self.snapshot.entries_of(article.pk)
        return Row(
            each,
            self.planning.is_done(each),
            article.title,
            self._made_of(article) or self._share(each) or self._requires(article),
            article=article,
            layer=entries[0].section.layer if entries else None,
            state=self.progress.state_of(article.pk),
        )

    @staticmethod
    def _share(each: ListedPart) -> str:
        part = each.part
        if not part.key or part.minutes == part.total:
            return ""
        if not part.before:
            return _("The first %(n)s of %(total)s min") % {"n": part.minutes, "total": part.total}
        left = part.total - part.before
        return _("%(n)s of %(total)s min left") % {"n": left, "total": part.total}

    def _made_of(self, article: Article) -> str:
        """Return what the learner made of an article that they finished."""
        if self.progress.state_of(article.pk).stage is not Stage.FINISHED:
            return ""
        completion = self.progress.completions.get(article.pk)
        points = completion.point_count if completion else 0
        cards = self.progress.derive(Deck).brought_count(article)
        made = [
            ngettext("%(n)s key point", "%(n)s key points", points) % {"n": points},
            ngettext("%(n)s new card", "%(n)s new cards", cards) % {"n": cards},
        ]
        return ", ".join(each for each, n in zip(made, (points, cards), strict=True) if n)

    def _requires(self, article: Article) -> str:
        required = PrerequisiteIndex.of(self.snapshot).requires(article.pk)
        titles = ", ".join(map(self._with_tick, required))
        return _("Requires: %(titles)s") % {"titles": titles} if required else ""

    def _with_tick(self, article: Article) -> str:
        """Return the title of an article, with a tick if the learner finished it."""
        is_finished = self.progress.state_of(article.pk).stage is Stage.FINISHED
        return f"{article.title} ✓" if is_finished else article.title

    @cached_property
    def _own_items(self) -> Mapping[str, StoredItem]:
        return {str(item.uuid): item for item in self.planning.tasks.recent_items}

    @cached_property
    def days(self) -> Sequence[tuple[Day, Sequence[Row]]]:
        """The days of the plan with something to do, each with its rows.

        Today is as it is fixed, with what is done of it.
        """
        today, planned = self.planning.today, self.planning.planned.days
        later = [(day, self._rows_of(day.parts)) for day in planned if day.date > today]
        if not self.planning.has_begun or not self.rows:
            return [(day, rows) for day, rows in later if rows]
        parts = [each.part for each in self.planning.parts]
        first = Day(today, self.planning.list_of_today.minutes, parts)
        return [(first, self.rows), *((day, rows) for day, rows in later if rows)]

    @property
    def left_over(self) -> Sequence[Row]:
        """The rows that do not fit into the plan."""
        return self._rows_of(self.planning.planned.left_over)

    def _rows_of(self, parts: Sequence[Part]) -> list[Row]:
        """Return the parts of any day as rows, which only say how much of a thing they are."""
        listed = [ListedPart(part) for part in parts]
        return [replace(self._row(each), note=self._share(each)) for each in listed]

    @property
    def usual_minutes(self) -> int:
        """The minutes that the plan has on this weekday."""
        minutes: list[int] = self.plan.minutes
        return minutes[self.planning.today.weekday()]

    @property
    def is_day_off(self) -> bool:
        """Return whether the learner took the day off, with nothing of it done."""
        has_begun, minutes = self.planning.has_begun, self.planning.list_of_today.minutes
        return has_begun and not self.rows and not minutes and self.usual_minutes > 0

    @property
    def next_day(self) -> Day | None:
        """The next day with something to do after a day without time."""
        if self.rows or self.planning.list_of_today.minutes:
            return None
        days = (day for day in self.planning.planned.days if day.date > self.planning.today)
        return next((day for day in days if day.parts), None)

    @property
    def minutes(self) -> int:
        """The minutes of today's list in all."""
        return sum(row.minutes for row in self.rows)

    @property
    def minutes_done(self) -> int:
        return sum(row.minutes for row in self.rows if row.is_done)

    @property
    def more(self) -> int:
        """The minutes of today with a quarter of an hour more."""
        return self.minutes + MORE_MINUTES

    @property
    def is_finished(self) -> bool:
        return all(row.is_done for row in self.rows)

    @cached_property
    def week(self) -> Sequence[WeekDay]:
        """The seven days of this week, from Monday."""
        monday = self.planning.today - timedelta(days=self.planning.today.weekday())
        days = (monday + timedelta(days=number) for number in range(7))
        return [self._week_day(day) for day in days]

    def _week_day(self, day: date) -> WeekDay:
        if day == self.planning.today:
            return WeekDay(day, self.minutes, is_today=True, is_done=self.is_finished)
        if day < self.planning.today:
            return self._past(day)
        planned = self._planned.get(day)
        if planned is None:
            return WeekDay(day, 0)
        kinds = {part.kind for part in planned.parts}
        return WeekDay(day, planned.planned, PartKind.PRACTICE in kinds)

    def _past(self, day: date) -> WeekDay:
        stored = self.planning.lists.get(day)
        parts = parts_in(stored) if stored else []
        minutes = sum(each.part.minutes for each in parts)
        is_done = all(self._was_done(each, day) for each in parts) if parts else False
        return WeekDay(day, minutes, is_done=is_done)

    def _was_done(self, each: ListedPart, day: date) -> bool:
        if each.part.kind is PartKind.PRACTICE:
            return each.is_ticked or day in self.planning.practised_on
        if each.part.kind is PartKind.RECALL:
            return (
                each.is_ticked
                or self._reviewed_on.get(day, 0) - each.part.before >= each.part.cards
            )
        return self.planning.is_done(each)

    @cached_property
    def _reviewed_on(self) -> Mapping[date, int]:
        return self.progress.rows(reviews_by_day)

    @cached_property
    def _planned(self) -> Mapping[date, Day]:
        return {day.date: day for day in self.planning.planned.days}
