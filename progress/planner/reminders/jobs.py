from datetime import timedelta

from django.conf import settings

from playbook.jobs import Every, Job, command, register


def register_all() -> None:
    register(
        Job(
            "send_reminders",
            command("send_reminders"),
            Every(timedelta(minutes=10)),
            is_wanted=lambda: bool(settings.HAS_EMAIL),
        )
    )
