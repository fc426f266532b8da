from datetime import timedelta

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from playbook.jobs import Every, Job, command, register


def register_all() -> None:
    register(
        Job(
            "send_reminders",
            command("send_reminders"),
            Every(timedelta(minutes=10)),
            is_wanted=lambda: bool(settings.HAS_EMAIL),
            description=_("Mails learners who chose this hour what is planned and due."),
        )
    )
