from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from catalog.editor_queues import Queue, register
from playbook.jobs import wanted_jobs
from playbook.scheduling.models import ScheduledJob


def register_all() -> None:
    register(
        "failed-jobs",
        Queue(
            name=_("Failed jobs"),
            count=count_failed,
            address=lambda: reverse("admin:scheduling_scheduledjob_changelist"),
            permission="scheduling.view_scheduledjob",
        ),
    )


def count_failed() -> int:
    """Return the number of wanted jobs whose last run failed."""
    return ScheduledJob.objects.filter(name__in=wanted_jobs()).exclude(failure="").count()
