from datetime import UTC, date, datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalog.links.querysets import BrokenLinkQuerySet, CheckQuerySet, ReportQuerySet
from catalog.links.results import URL_MAX_LENGTH, CheckResult, Fault
from catalog.models import Article

GONE_AFTER_DAYS = 3
"""A link is gone once it was missing on this many days, at least this many days apart."""


class Report(models.Model):
    """A learner's report that a link does not work; nobody is shown who reported it."""

    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="link_reports"
    )
    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="link_reports")
    url = models.CharField(max_length=URL_MAX_LENGTH)
    day = models.DateField(help_text=_("In UTC."))
    settled_at = models.DateTimeField(null=True, blank=True)

    objects = ReportQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        ordering = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["learner", "article", "day"], name="unique_report_learner_article_day"
            )
        ]

    def __str__(self) -> str:
        return f"{self.url} ({self.day})"


class Outcome(models.TextChoices):
    OK = "ok", _("Works")
    MOVED = "moved", _("Moved")
    GONE = "gone", _("Gone")
    UNKNOWN = "unknown", _("Unknown")


class Check(models.Model):
    """The state of an article's link, from all checks so far."""

    DECISIVE = (Outcome.MOVED, Outcome.GONE)

    article = models.OneToOneField(Article, on_delete=models.CASCADE, related_name="link_check")
    url = models.CharField(max_length=URL_MAX_LENGTH)
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    status_code = models.PositiveSmallIntegerField(null=True)
    fault = models.CharField(max_length=20, choices=Fault.choices, blank=True)
    new_url = models.CharField(max_length=URL_MAX_LENGTH, blank=True)
    checked_at = models.DateTimeField()
    missing_since = models.DateField(null=True)
    missing_until = models.DateField(null=True)
    missing_days = models.PositiveSmallIntegerField(default=0)
    dismissed_outcome = models.CharField(max_length=10, blank=True)
    dismissed_url = models.CharField(max_length=URL_MAX_LENGTH, blank=True)

    objects = CheckQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.url}: {self.outcome}"

    @property
    def reason(self) -> str:
        """The reason why the link is not known to work."""
        if self.fault:
            return str(Fault(self.fault).label)
        return gettext("it answered %(code)s") % {"code": self.status_code}

    def note(self, url: str, result: CheckResult, at: datetime) -> None:
        if url != self.url:
            self.forget_missing()
            self.undismiss()
        self.url, self.checked_at = url, at
        self.status_code, self.fault, self.new_url = result.status_code, result.fault, ""
        if result.is_missing:
            self.note_missing(at.astimezone(UTC).date())
            return
        self.forget_missing()
        if not result.is_ok:
            self.outcome = Outcome.UNKNOWN
        elif result.new_url:
            self.outcome, self.new_url = Outcome.MOVED, result.new_url
        else:
            self.outcome = Outcome.OK
            self.undismiss()

    def note_missing(self, day: date) -> None:
        if day != self.missing_until:
            self.missing_days += 1
        self.missing_since = self.missing_since or day
        self.missing_until = day
        is_lasting = (day - self.missing_since).days >= GONE_AFTER_DAYS
        is_gone = is_lasting and self.missing_days >= GONE_AFTER_DAYS
        self.outcome = Outcome.GONE if is_gone else Outcome.UNKNOWN

    def forget_missing(self) -> None:
        self.missing_since = self.missing_until = None
        self.missing_days = 0

    def undismiss(self) -> None:
        self.dismissed_outcome = self.dismissed_url = ""


class BrokenLink(Article):
    """An article in the editors' queue of broken links."""

    objects = BrokenLinkQuerySet.as_manager()  # type: ignore[assignment,misc]  # not the article's

    # From `with_findings()`.
    old_url: str
    report_count: int
    first_report: date | None
    last_report: date | None

    class Meta:
        proxy = True
        default_permissions = ()
        verbose_name = _("broken link")
        verbose_name_plural = _("broken links")

    @property
    def latest_check(self) -> Check | None:
        """The check of the article's present link."""
        check: Check | None = getattr(self, "link_check", None)
        return check if check and check.url == self.old_url else None

    @property
    def suggested_url(self) -> str:
        return self.latest_check.new_url if self.latest_check else ""

    def settle(self) -> None:
        """Remove the article from the queue until something new is found."""
        Report.objects.filter(article=self.pk).settle()
        Check.objects.filter(article=self.pk).dismiss()
