import uuid
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class ScheduledJob(models.Model):
    """The last and the next run of a job. The scheduler that runs it holds the row's claim."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    next_run_at = models.DateTimeField(_("next run"))
    claim: models.UUIDField[uuid.UUID | None, uuid.UUID | None] = models.UUIDField(
        null=True, editable=False
    )
    claimed_until = models.DateTimeField(null=True, editable=False)
    started_at = models.DateTimeField(_("last run"), null=True)
    finished_at = models.DateTimeField(_("finished"), null=True)
    succeeded_at = models.DateTimeField(_("last success"), null=True)
    failure = models.TextField(
        _("failure"), blank=True, help_text=_("The message of the last run, if it failed.")
    )
    runs = models.PositiveIntegerField(_("runs"), default=0)
    failures = models.PositiveIntegerField(_("failures"), default=0)

    class Meta:
        verbose_name = _("scheduled job")
        verbose_name_plural = _("scheduled jobs")
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name
