"""Keep plans right when two articles are merged, and calendars when a learner travels."""

from collections.abc import Collection

from django.db.models import F
from django.db.models.signals import post_save

from accounts.models import User
from catalog.models import Article
from catalog.signals import article_merged
from progress.planner.models import Plan


def on_article_merged(
    sender: type[Article], kept: Article, duplicate: Article, **kwargs: object
) -> None:
    """Leave the kept article out of the plans that left out the duplicate.

    Lists of days name an article by its UUID, which leads to the kept one by itself.
    """
    for plan in Plan.objects.filter(left_out=duplicate).order_by("user", "pk"):
        plan.left_out.remove(duplicate)
        plan.left_out.add(kept)


def on_account_saved(
    sender: type[User], instance: User, update_fields: Collection[str] | None, **kwargs: object
) -> None:
    """Count the change for the calendar, whose events may begin in another time zone now."""
    if update_fields is None or "time_zone" in update_fields:
        with_calendar = User.objects.filter(pk=instance.pk, calendarfeed__isnull=False)
        with_calendar.update(progress_version=F("progress_version") + 1)


def connect() -> None:
    post_save.connect(on_account_saved, sender=User, dispatch_uid="planner.on_account_saved")
    article_merged.connect(on_article_merged, dispatch_uid="planner.on_article_merged")
