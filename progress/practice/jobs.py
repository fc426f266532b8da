from datetime import time

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from playbook.jobs import Daily, Job, register
from progress.practice.models import DroppedScratch
from progress.practice.sql import delete_expired_scratches
from progress.sql import lock_learner


def register_all() -> None:
    description = _("Deletes texts of practice that learners dropped more than 30 days ago.")
    daily = Daily(time(4, 20))
    register(
        Job("delete_dropped_scratches", delete_dropped_scratches, daily, description=description)
    )


def delete_dropped_scratches() -> None:
    """Delete the texts of practice sessions that were dropped more than 30 days ago."""
    expired = DroppedScratch.objects.expired()
    owners = expired.values("scratch__practice_session__user")
    for learner in User.objects.filter(pk__in=owners).iterator():
        with transaction.atomic():
            lock_learner(learner)
            delete_expired_scratches(learner)
