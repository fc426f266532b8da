"""The models with rows of a learner about an article: each has a foreign key `article`.

Merging two articles locks every learner who has one of these rows. Sub-apps register their own.
"""

from django.db.models import Model

from progress.models import Completion, Event, State

user_of: dict[type[Model], str] = {State: "user", Event: "user", Completion: "user"}
"""The path from a row of each model to its learner."""


def register(model: type[Model], user: str = "user") -> None:
    user_of[model] = user
