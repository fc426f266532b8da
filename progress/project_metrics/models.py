from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Summary(models.Model):
    """Totals over all learners, as `refresh_metrics` last counted them, in at most one row."""

    made_at = models.DateTimeField(default=timezone.now)
    learners = models.PositiveIntegerField()
    finished = models.PositiveIntegerField()
    finished_this_week = models.PositiveIntegerField()
    most_finished = models.JSONField()
    """Pairs of an article's primary key and the number of learners who finished it, most first."""

    class Meta:
        verbose_name = _("summary")
        verbose_name_plural = _("summaries")

    def __str__(self) -> str:
        return f"{self.made_at:%Y-%m-%d %H:%M}"


class RepositoryFigures(models.Model):
    """The figures of the operator's repository, as they were last fetched."""

    name = models.CharField(max_length=200, unique=True)
    stars = models.PositiveIntegerField()
    forks = models.PositiveIntegerField()
    fetched_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("figures of a repository")
        verbose_name_plural = _("figures of repositories")

    def __str__(self) -> str:
        return self.name


class VisitorDay(models.Model):
    """The number of visitors of a day that is over."""

    date = models.DateField(unique=True)
    count = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("day of visitors")
        verbose_name_plural = _("days of visitors")
        ordering = ["-date"]

    def __str__(self) -> str:
        return f"{self.date}: {self.count}"


class DaySalt(models.Model):
    """The salt of a day's hashes. Both are deleted when the day is over."""

    date = models.DateField(unique=True)
    salt = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("salt of a day")
        verbose_name_plural = _("salts of days")

    def __str__(self) -> str:
        return str(self.date)


class VisitorHash(models.Model):
    """A visitor of a day."""

    day = models.ForeignKey(DaySalt, on_delete=models.CASCADE, related_name="hashes")
    digest = models.CharField(max_length=32)

    class Meta:
        verbose_name = _("hash of a visitor")
        verbose_name_plural = _("hashes of visitors")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["day", "digest"], name="unique_visitorhash_day_digest")
        ]

    def __str__(self) -> str:
        return self.digest
