"""Test that an operation UUID makes one row, whoever sends it and however many do at once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client

from accounts.models import User
from progress.planner.models import OwnItem


@pytest.mark.django_db(transaction=True)
def test_of_two_learners_who_send_an_operation_at_once_one_is_told_of_the_conflict(
    learner: User, editor: User
) -> None:
    together = Barrier(2)

    def add(user: User) -> int:
        client = Client()
        client.force_login(user)
        try:
            together.wait()
            return client.post("/me/items/add/", sent).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        for number in range(1, 6):
            sent = {"operation": str(uuid4()), "title": "A talk", "minutes": "25"}
            assert sorted(pool.map(add, (learner, editor))) == [302, 409]
            assert OwnItem.objects.count() == number
