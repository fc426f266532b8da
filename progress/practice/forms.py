from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from catalog.cases.models import Case
from catalog.cases.stages import Stage, StageOrder
from progress.practice.models import REASON_MAX_LENGTH
from progress.practice.stage_plan import (
    DEFAULT_LENGTH,
    LENGTHS,
    PlannedStage,
    planned_stages,
    rescaled,
)

LENGTH_CHOICES = [(length, _("%(n)s minutes") % {"n": length}) for length in LENGTHS]


class ChoicesForm(forms.Form):
    """The length and the order of a session. Missing or invalid values become the defaults."""

    length = forms.TypedChoiceField(choices=LENGTH_CHOICES, coerce=int, required=False)
    order = forms.ChoiceField(choices=StageOrder.choices, required=False)

    @cached_property
    def chosen(self) -> tuple[int, StageOrder]:
        self.is_valid()
        length = self.cleaned_data.get("length") or DEFAULT_LENGTH
        order = self.cleaned_data.get("order") or StageOrder.INTERVIEW
        return length, StageOrder(order)


class StartForm(forms.Form):
    """The minutes of each stage of a case, which add up to the length of the session."""

    operation = forms.UUIDField()

    def __init__(self, case: Case, data: Mapping[str, Any]) -> None:
        self.choices = ChoicesForm(data)
        self.length, self.order = self.choices.chosen
        self.planned = planned_stages(case.stages, self.order, self.length)
        sent = {name_of(stage): stage for stage, _minutes in self.planned}
        has_minutes = any(name in data for name in sent)
        defaults = {name_of(stage): minutes for stage, minutes in self.planned}
        super().__init__({**(data if has_minutes else defaults), "operation": _operation(data)})
        for name, stage in sent.items():
            self.fields[name] = forms.IntegerField(
                label=stage.label, min_value=0, max_value=self.length, required=False
            )
        self.is_valid()

    @cached_property
    def minutes(self) -> dict[Stage, int]:
        """Return the minutes of each stage; 0 where they are missing or not valid."""
        return {
            stage: self.cleaned_data.get(name_of(stage)) or 0 for stage, _minutes in self.planned
        }

    @property
    def stages(self) -> list[PlannedStage]:
        return [PlannedStage(stage, minutes) for stage, minutes in self.minutes.items()]

    @property
    def total(self) -> int:
        return sum(self.minutes.values())

    @property
    def excess(self) -> int:
        """Return the minutes that are too many; negative where some are missing."""
        return self.total - self.length

    @property
    def missing(self) -> int:
        return -self.excess

    @property
    def can_start(self) -> bool:
        return self.is_valid() and not self.excess

    def fit(self) -> None:
        """Scale the minutes so that they add up to the length."""
        fitted = rescaled(self.minutes, self.length) if self.total else dict(self.planned)
        self.data = {**self.data, **{name_of(stage): n for stage, n in fitted.items()}}
        self.minutes = fitted
        self.full_clean()

    @property
    def rows(self) -> list[tuple[Stage, forms.BoundField]]:
        return [(stage, self[name_of(stage)]) for stage, _minutes in self.planned]


def name_of(stage: Stage) -> str:
    return f"minutes-{stage.value}"


def _operation(data: Mapping[str, Any]) -> str:
    return data.get("operation") or str(uuid4())


class PauseForm(forms.Form):
    reason = forms.CharField(max_length=REASON_MAX_LENGTH, required=False)


class QuestionForm(forms.Form):
    question = forms.IntegerField(min_value=0, max_value=10_000)
