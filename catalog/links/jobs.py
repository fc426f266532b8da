from datetime import datetime, timedelta

from django.db.models import Max

from catalog.links.models import Check
from playbook.jobs import Job, register


def register_all() -> None:
    register(Job("check_links", timedelta(days=1), last_checked_at))


def last_checked_at() -> datetime | None:
    newest: datetime | None = Check.objects.aggregate(at=Max("checked_at"))["at"]
    return newest
