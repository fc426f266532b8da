from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Self

from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, TruncDate

if TYPE_CHECKING:
    from accounts.models import User
    from progress.models import Event, State


class StateQuerySet(QuerySet["State"]):
    def for_user(self, user: User) -> Self:
        return self.filter(user=user)

    def reading(self) -> Self:
        return self.filter(state="reading")

    def done(self) -> Self:
        return self.filter(state="done")

    def with_read_at(self) -> QuerySet[Any, Any]:
        """Annotates `read_at`: when the article was last marked as done, not counting an undo."""
        from progress.models import Event  # which needs this module to be made

        events = Event.objects.lasting().filter(
            user=OuterRef("user"), article=OuterRef("article"), to_state="done"
        )
        # Not the first by time: SQLite would go through all of the learner's events for each.
        latest = events.order_by().values("article").values(latest=Max("happened_at"))
        return self.annotate(read_at=Coalesce(Subquery(latest), "changed_at"))


class EventQuerySet(QuerySet["Event"]):
    def for_user(self, user: User) -> Self:
        return self.filter(user=user)

    def lasting(self) -> Self:
        """Neither undone nor an undo: what a statistic may count."""
        # Not as `undoes=None`: SQLite would look all of those up, instead of one learner's.
        return self.alias(undone_id=Coalesce("undoes_id", 0)).filter(undone_id=0, undone_by=None)

    def study(self) -> Self:
        """The lasting ones that moved an article forward: started or finished."""
        return self.lasting().filter(to_state__in=["reading", "done"])

    def on_day(self, day: date) -> Self:
        """Of that day in the current time zone."""
        return self.filter(happened_at__date=day)

    def by_day(self) -> QuerySet[Any, Any]:
        """`date`, in the current time zone, and how many articles were `started`, `finished`."""
        days = self.order_by().values(date=TruncDate("happened_at"))
        return days.annotate(
            started=Count("article", distinct=True, filter=Q(to_state="reading")),
            finished=Count("article", distinct=True, filter=Q(to_state="done")),
        ).order_by("date")

    def by_day_and_layer(self) -> QuerySet[Any, Any]:
        """`date` and `layer`, and of how many `articles`; most articles and first layer first."""
        layer = F("article__entries__section__layer")
        listed = self.filter(article__entries__isnull=False, article__entries__retired_at=None)
        days = listed.order_by().values(date=TruncDate("happened_at"), layer=layer)
        return days.annotate(articles=Count("article", distinct=True)).order_by(
            "-articles", "article__entries__section__layer__number"
        )

    def with_article(self) -> Self:
        return self.select_related("article__status")

    def with_can_undo(self) -> Self:
        """Annotates `is_undone`, and `can_undo` for the newest lasting event of each article."""
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
