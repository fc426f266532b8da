"""Admin of the scheduled jobs: when each ran, when it runs next, and why it failed."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from playbook.jobs import wanted_jobs
from playbook.scheduling.models import ScheduledJob


@admin.register(ScheduledJob)
class ScheduledJobAdmin(admin.ModelAdmin[ScheduledJob]):
    list_display = ("name", "purpose", "state", "started_at", "next_run_at", "failure")
    fields = readonly_fields = (
        "name",
        "purpose",
        "state",
        "started_at",
        "finished_at",
        "succeeded_at",
        "next_run_at",
        "failure",
        "runs",
        "failures",
    )
    actions = ("run_now",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=gettext_lazy("purpose"))
    def purpose(self, row: ScheduledJob) -> str:
        job = wanted_jobs().get(row.name)
        return str(job.description) if job else ""

    @admin.display(description=gettext_lazy("state"))
    def state(self, row: ScheduledJob) -> str:
        if row.name not in wanted_jobs():
            return _("Off")
        if row.claimed_until:
            return _("Running") if row.claimed_until > timezone.now() else _("Interrupted")
        if row.failure:
            return _("Failed")
        return _("Succeeded") if row.succeeded_at else _("Has not run yet")

    @admin.action(description=gettext_lazy("Run at once"), permissions=["change"])
    def run_now(self, request: HttpRequest, rows: QuerySet[ScheduledJob]) -> None:
        now = timezone.now()
        # A run that is in progress decides when the next one is.
        idle = rows.filter(name__in=wanted_jobs()).exclude(claimed_until__gt=now)
        if waiting := idle.update(next_run_at=now, claim=None, claimed_until=None):
            messages.success(
                request,
                ngettext(
                    "The scheduler runs %(count)s job within a minute.",
                    "The scheduler runs %(count)s jobs within a minute.",
                    waiting,
                )
                % {"count": waiting},
            )
        if others := len(rows) - waiting:
            messages.warning(
                request,
                ngettext(
                    "%(count)s job is off or running already, and stays as it is.",
                    "%(count)s jobs are off or running already, and stay as they are.",
                    others,
                )
                % {"count": others},
            )
