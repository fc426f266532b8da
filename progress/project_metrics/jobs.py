from datetime import time, timedelta

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from playbook.jobs import Daily, Every, Job, command, register


def register_all() -> None:
    register(
        Job(
            "refresh_metrics",
            command("refresh_metrics"),
            Every(timedelta(minutes=15)),
            description=_("Counts the figures of the public page of metrics."),
        )
    )
    register(
        Job(
            "fetch_repository_figures",
            command("fetch_repository_figures"),
            Daily(time(5)),
            is_wanted=lambda: bool(settings.METRICS_REPOSITORY),
            description=_("Fetches the stars and forks of METRICS_REPOSITORY from GitHub."),
        )
    )
