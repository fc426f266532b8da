from datetime import date, tzinfo
from typing import ClassVar
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.time_zones import is_time_zone
from catalog.models import Article
from playbook.study_day import study_day
from progress.planner.querysets import (
    CalendarFeedQuerySet,
    DayListQuerySet,
    OwnItemQuerySet,
    PlanQuerySet,
    ReminderQuerySet,
)

DAY_MINUTES_MAX = 16 * 60
OWN_ITEM_MINUTES_MAX = 1000
OUTCOME_MAX_LENGTH = 2000


class Plan(models.Model):
    """A learner's plan: the sections, the minutes of each weekday, the date. One is active."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="plans"
    )
    begins_on = models.DateField()
    interview_on = models.DateField(null=True, blank=True)
    # Minutes of each weekday, Monday first.
    minutes = models.JSONField()
    # Slugs of the layers and sections to cover. Both empty for the whole playbook.
    layers = models.JSONField(default=list)
    sections = models.JSONField(default=list)
    # Articles that the learner left out so that the rest fits.
    left_out = models.ManyToManyField(Article, related_name="+", blank=True)
    practice_per_week = models.PositiveSmallIntegerField(
        default=1, validators=[MaxValueValidator(7)]
    )
    practice_minutes = models.PositiveSmallIntegerField(default=45)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)
    archived_at = models.DateTimeField(null=True, blank=True)
    # The learner's own words on how the interview went.
    outcome = models.TextField(max_length=OUTCOME_MAX_LENGTH, blank=True)
    # The hash of the calendar's events when it was last read, and when they last changed.
    events_hash = models.CharField(max_length=64, blank=True, editable=False)
    events_changed_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = PlanQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("plan")
        verbose_name_plural = _("plans")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(archived_at=None), name="unique_plan_user"
            )
        ]

    @property
    def ended_on(self) -> date | None:
        """The study day on which it was archived, in the reader's time zone."""
        return study_day(self.archived_at) if self.archived_at else None

    def __str__(self) -> str:
        return f"{self.user}: {self.begins_on}"


class OwnItem(models.Model):
    """Something of the learner's own to study, which the playbook does not have."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="own_items"
    )
    title = models.CharField(max_length=200)
    url = models.URLField(max_length=2000, blank=True)
    minutes = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(1), MaxValueValidator(OWN_ITEM_MINUTES_MAX)]
    )
    # The study day from which it is planned. None for as soon as there is time.
    day = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(null=True, blank=True)

    objects = OwnItemQuerySet.as_manager()

    class Meta:
        ordering = ["created_at", "pk"]
        verbose_name = _("own item")
        verbose_name_plural = _("own items")

    def __str__(self) -> str:
        return f"{self.user}: {self.uuid}"


class DayList(models.Model):
    """The list of one study day of a plan, fixed when it is first shown."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="day_lists")
    day = models.DateField()
    # The minutes that the learner had on this day, which they may have changed.
    minutes = models.PositiveSmallIntegerField(validators=[MaxValueValidator(DAY_MINUTES_MAX)])
    # `schedule.Part` as JSON, in their order, each with whether it was ticked.
    parts = models.JSONField(default=list)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    objects = DayListQuerySet.as_manager()

    class Meta:
        ordering = ["day", "pk"]
        verbose_name = _("list of a day")
        verbose_name_plural = _("lists of days")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "day"], name="unique_day_list_plan_day")
        ]

    def __str__(self) -> str:
        return f"{self.plan}: {self.day}"


class ByTheClock(models.Model):
    """Settings of a learner that are about a time of day, outside of any request."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="%(class)s"
    )
    # The browser's time zone when they were saved, for learners who chose none.
    browser_zone = models.CharField(max_length=64, blank=True)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        abstract = True

    @property
    def zone(self) -> tzinfo:
        """The learner's time zone: chosen, that of their browser, or the site's."""
        if self.user.zone:
            return self.user.zone
        is_known = is_time_zone(self.browser_zone)
        return ZoneInfo(self.browser_zone) if is_known else timezone.get_default_timezone()


class CalendarFeed(ByTheClock):
    """The calendar of a learner's plan: its settings and its secret address."""

    # When each day begins to study. None for events of the whole day.
    starts_at = models.TimeField(null=True, blank=True)
    # The SHA-256 of the secret in the address. None if there is no address.
    secret_hash = models.CharField(
        max_length=64, unique=True, null=True, blank=True, editable=False
    )
    secret_made_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = CalendarFeedQuerySet.as_manager()

    class Meta:
        verbose_name = _("calendar")
        verbose_name_plural = _("calendars")

    def __str__(self) -> str:
        return str(self.uuid)


class Reminder(ByTheClock):
    """The weekdays and the hour at which a learner gets a mail about the day."""

    # Numbers of weekdays, Monday is 0. Empty for no mail.
    weekdays = models.JSONField(default=list)
    hour = models.PositiveSmallIntegerField(default=8, validators=[MaxValueValidator(23)])
    # The last study day that was dealt with: claimed before its mail is sent.
    settled_on = models.DateField(null=True, blank=True, editable=False)

    address = ""
    """The confirmed e-mail address of the learner. Set by `sendable`."""

    objects = ReminderQuerySet.as_manager()

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")

    def __str__(self) -> str:
        return str(self.uuid)
