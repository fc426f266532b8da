"""The models with rows of a learner about an article: both have foreign keys `user` and `article`.

Merging two articles locks every learner who has one of these rows. Sub-apps register their own.
"""

from django.db.models import Model

from progress.models import Completion, Event, State

models: list[type[Model]] = [State, Event, Completion]


def register(model: type[Model]) -> None:
    models.append(model)
