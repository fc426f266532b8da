from datetime import time

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from playbook.jobs import Daily, Job, register
from progress.notes.models import DroppedText
from progress.notes.sql import delete_expired_texts
from progress.sql import lock_learner


def register_all() -> None:
    description = _("Deletes texts of notes that learners dropped more than 30 days ago.")
    daily = Daily(time(4, 10))
    register(Job("delete_dropped_texts", delete_dropped_texts, daily, description=description))


def delete_dropped_texts() -> None:
    """Delete the texts of notes that were dropped more than 30 days ago."""
    expired = DroppedText.objects.expired()
    for learner in User.objects.filter(pk__in=expired.values("note__user")).iterator():
        with transaction.atomic():
            lock_learner(learner)
            delete_expired_texts(learner)
