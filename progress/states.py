"""The states that a learner can give an article: everything else takes them from here.

To add a state, add one member to `StateName` and run `manage.py makemigrations progress`.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum, auto
from typing import Self

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Stage(Enum):
    """The meaning of a state for statistics."""

    NOT_STARTED = auto()
    """There is no State row. Only one state has this stage."""
    STARTED = auto()
    FINISHED = auto()
    EXCLUDED = auto()
    """The article is not among those that the learner has to read."""


STUDY = (Stage.STARTED, Stage.FINISHED)
"""A change to one of these counts as study on its day."""
REQUIRED = (Stage.NOT_STARTED, Stage.STARTED, Stage.FINISHED)


@dataclass(frozen=True, kw_only=True)
class StateTraits:
    """The traits of a state that the project needs, besides its value and label."""

    stage: Stage
    rank: int
    """Unique. The state with the higher rank wins when two histories merge."""
    key: str
    """The keyboard key that sets it. Unique; `static/js/keys.js` uses J, K and Z itself."""
    verb: str | Promise
    """The text of the button that sets it."""


class StateChoices(models.TextChoices):
    """Choices with traits: each member is a value, its traits and a label."""

    traits: StateTraits

    def __new__(cls, value: str, traits: StateTraits | None = None) -> Self:
        if traits is None:
            raise TypeError(
                f"The state “{value}” needs StateTraits between its value and its label."
            )
        member = str.__new__(cls, value)
        member._value_ = value
        member.traits = traits
        return member

    @property
    def stage(self) -> Stage:
        return self.traits.stage

    @property
    def rank(self) -> int:
        return self.traits.rank

    @property
    def key(self) -> str:
        return self.traits.key

    @property
    def verb(self) -> str:
        return str(self.traits.verb)

    @property
    def button_target(self) -> Self:
        """The state that the round button sets: finished, or not started if it is finished."""
        stage = Stage.NOT_STARTED if self.stage is Stage.FINISHED else Stage.FINISHED
        return self.at(stage)[0]

    @classmethod
    def in_bulk(cls) -> list[Self]:
        """Return the states that a whole section or layer can be given, the furthest first."""
        return cls.at(Stage.FINISHED, Stage.EXCLUDED, Stage.NOT_STARTED)

    @classmethod
    def at(cls, *stages: Stage) -> list[Self]:
        """Return the states with one of these stages, the furthest first."""
        states = [state for state in cls if state.stage in stages]
        return sorted(states, key=lambda state: state.rank, reverse=True)

    @classmethod
    def stored(cls) -> list[Self]:
        """Return the states that have a State row, in the order of their declaration."""
        return [state for state in cls if state.stage is not Stage.NOT_STARTED]

    @classmethod
    def excluded(cls) -> list[Self]:
        return cls.at(Stage.EXCLUDED)

    @classmethod
    def detour(cls, state: str) -> Self:
        """Return a state other than this one that a history can pass through without study."""
        others = (other for other in cls if other.stage not in STUDY and other != state)
        return min(others, key=lambda other: other.rank)

    @classmethod
    def further(cls, states: Collection[str]) -> Self:
        """Return the state with the highest rank."""
        return max(map(cls, states), key=lambda state: state.rank)


class StateName(StateChoices):
    """The state of one article for one learner, in the order of the controls."""

    TODO = (
        "todo",
        StateTraits(stage=Stage.NOT_STARTED, rank=0, key="u", verb=_("To do")),
        _("To do"),
    )
    READING = (
        "reading",
        StateTraits(stage=Stage.STARTED, rank=2, key="r", verb=_("Reading")),
        _("Reading"),
    )
    DONE = (
        "done",
        StateTraits(stage=Stage.FINISHED, rank=3, key="d", verb=_("Done")),
        _("Done"),
    )
    SKIPPED = (
        "skipped",
        StateTraits(stage=Stage.EXCLUDED, rank=1, key="s", verb=_("Skip")),
        _("Skipped"),
    )
