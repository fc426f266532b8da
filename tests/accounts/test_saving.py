"""Saving an account as a whole, as the admin and a change of the password do."""

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from accounts.models import User


def test_saving_an_account_does_not_take_back_what_is_written_alone(learner: User) -> None:
    stale, now = User.objects.get(pk=learner.pk), timezone.now()
    meanwhile = {
        "progress_version": 7,
        "recall_aims_at": now.date(),
        "visit_began_at": now,
        "previous_visit_at": now,
    }
    rows = User.objects.filter(pk=learner.pk)
    rows.update(**meanwhile)
    stale.first_name = "Ada"
    stale.save()
    assert rows.values(*meanwhile).get() == meanwhile
    assert rows.get().first_name == "Ada"


def test_saving_an_account_does_not_bring_it_back(learner: User) -> None:
    stale = User.objects.get(pk=learner.pk)
    User.objects.filter(pk=learner.pk).delete()
    with pytest.raises(DatabaseError, match="did not affect any rows"), transaction.atomic():
        stale.save()
    assert not User.objects.filter(pk=learner.pk).exists()
