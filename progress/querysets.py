from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Self, TypedDict, cast

from django.db.models import Exists, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from playbook.study_day import StudyDay
from progress.states import Stage, StateName

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    from accounts.models import User
    from progress.models import Completion, Event, State


class ReadAt(TypedDict):
    read_at: datetime


class StateQuerySet(QuerySet["State"]):
    def for_user(self, user: User) -> Self:
        return self.filter(user=user)

    def finished(self) -> Self:
        return self.filter(state__in=StateName.at(Stage.FINISHED))

    def write_all(self, user: User, states: Mapping[int, StateName], changed_at: datetime) -> None:
        """Store the learner's state of each article, given by article id.

        Articles to do have no row.
        """
        to_do = [pk for pk, state in states.items() if state.stage is Stage.NOT_STARTED]
        self.for_user(user).filter(article__in=to_do).delete()
        rows = [
            self.model(user=user, article_id=pk, state=state.value, changed_at=changed_at)
            for pk, state in states.items()
            if state.stage is not Stage.NOT_STARTED
        ]
        self.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["user", "article"],
            update_fields=["state", "changed_at"],
        )

    def with_read_at(self) -> QuerySet[WithAnnotations[State, ReadAt]]:
        """Annotate `read_at`: the time the article was last finished, not counting an undo."""
        from progress.models import Event  # progress.models imports this module

        events = Event.objects.lasting().filter(
            user=OuterRef("user"),
            article=OuterRef("article"),
            to_state__in=StateName.at(Stage.FINISHED),
        )
        # A maximum, because ordering by time makes SQLite read all events of the learner each time.
        latest = events.order_by().values("article").values(latest=Max("happened_at"))
        states = self.annotate(read_at=Coalesce(Subquery(latest), "changed_at"))
        return cast("QuerySet[WithAnnotations[State, ReadAt]]", states)


class EventQuerySet(QuerySet["Event"]):
    def for_user(self, user: User) -> Self:
        return self.filter(user=user)

    def lasting(self) -> Self:
        """Filter to the events that statistics count: not undone, and not an undo."""
        # `undoes=None` would make SQLite use that index instead of the learner's.
        return self.alias(undone_id=Coalesce("undoes_id", 0)).filter(undone_id=0, undone_by=None)

    def on_day(self, day: date) -> Self:
        """Filter to one study day in the current time zone."""
        return self.alias(day=StudyDay("happened_at")).filter(day=day)

    def with_article(self) -> Self:
        return self.select_related("article__status")

    def with_can_undo(self) -> Self:
        """Annotate `is_undone`, and `can_undo`: true for the newest lasting event of an article."""
        newer = self.model._default_manager.filter(
            user=OuterRef("user"),
            article=OuterRef("article"),
            pk__gt=OuterRef("pk"),
            happened_at__gte=OuterRef("happened_at"),
        ).lasting()
        return self.annotate(
            is_undone=Q(undone_by__isnull=False),
            can_undo=Q(undoes=None, undone_by=None) & ~Exists(newer),
        )


class CompletionQuerySet(QuerySet["Completion"]):
    def for_user(self, user: User) -> Self:
        return self.filter(user=user)

    def with_article(self) -> Self:
        return self.select_related("article__status")
