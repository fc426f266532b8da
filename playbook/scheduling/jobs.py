"""The jobs that belong to no app."""

from datetime import time, timedelta

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from playbook.backup.nightly import back_up
from playbook.jobs import Daily, Job, command, register


def register_all() -> None:
    description = _("Deletes the sessions that have expired.")
    register(
        Job("clearsessions", command("clearsessions"), Daily(time(4)), description=description)
    )
    register(
        Job(
            "backup",
            back_up,
            Daily(time(3, 15)),
            is_wanted=lambda: settings.BACKUP_FOLDER is not None,
            description=_("Writes all data to a file in BACKUP_FOLDER."),
            takes_at_most=timedelta(hours=6),
        )
    )
