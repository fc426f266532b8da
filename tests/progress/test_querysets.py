"""Queries for the rows of a learner start from `for_user`."""

import pytest
from django.apps import apps
from django.db.models import Model

from accounts.models import User
from progress.planner.models import DayList
from progress.practice.models import ReviewLink

pytestmark = pytest.mark.same_everywhere

APPS = ("progress", "notes", "recall", "practice", "planner")
PRIVATE: list[type[Model]] = [
    *(
        model
        for label in APPS
        for model in apps.get_app_config(label).get_models()
        if any(field.name == "user" for field in model._meta.fields)
    ),
    DayList,
    ReviewLink,
]


@pytest.mark.parametrize("model", PRIVATE)
def test_rows_of_a_learner_have_a_starting_point(model: type[Model]) -> None:
    rows = model._default_manager.for_user(User(pk=7))  # type: ignore[attr-defined]  # tested here
    assert '_id" = 7' in str(rows.query)
