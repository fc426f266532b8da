"""The forms of a plan, of a day and of own items."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalog.snapshot import CatalogSnapshot
from progress.forms import ReasonForm
from progress.planner.models import (
    DAY_MINUTES_MAX,
    OUTCOME_MAX_LENGTH,
    OWN_ITEM_MINUTES_MAX,
    OwnItem,
    Plan,
)
from progress.planner.plan_parts import DAYS_MAX

COLUMNS = (
    "interview_on",
    "begins_on",
    "layers",
    "sections",
    "practice_per_week",
    "practice_minutes",
)
"""The columns of a plan that the form has a field of the same name for."""

PRACTICE_MINUTES = [(20, _("20 minutes")), (45, _("45 minutes")), (60, _("60 minutes"))]


def day_field(label: Any, *, required: bool = False, help_text: Any = "") -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(
        label=label,
        required=required,
        help_text=help_text,
        widget=widget,
        input_formats=["%Y-%m-%d"],
        error_messages={"invalid": _("Write the day as year, month and day: 2027-01-07.")},
    )


class MinutesField(forms.IntegerField):
    """Minutes of a day. Empty is none."""

    def __init__(self, **options: Any) -> None:
        widget = forms.NumberInput(attrs={"inputmode": "numeric", "step": 5})
        super().__init__(
            min_value=0, max_value=DAY_MINUTES_MAX, required=False, widget=widget, **options
        )

    def clean(self, value: Any) -> int:
        return super().clean(value) or 0


class PlanForm(forms.Form):
    """A plan: until when, how much time on each weekday, and what to cover."""

    interview_on = day_field(
        _("Day of the interview"), help_text=_("Leave it empty if there is none yet.")
    )
    begins_on = day_field(_("Begin on"), required=True)
    layers = forms.MultipleChoiceField(
        label=_("Layers"), required=False, widget=forms.CheckboxSelectMultiple
    )
    sections = forms.MultipleChoiceField(
        label=_("Sections"), required=False, widget=forms.CheckboxSelectMultiple
    )
    practice_per_week = forms.IntegerField(
        label=_("Practice interviews a week"),
        min_value=0,
        max_value=7,
        initial=1,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    practice_minutes = forms.TypedChoiceField(
        label=_("Length of a practice interview"),
        choices=PRACTICE_MINUTES,
        coerce=int,
        initial=45,
    )

    def __init__(
        self,
        snapshot: CatalogSnapshot,
        today: date,
        data: QueryDict | None = None,
        plan: Plan | None = None,
    ) -> None:
        super().__init__(data, initial=initial_of(plan, today))
        self.today = today
        self.plan = plan
        for number, name in WEEKDAYS.items():
            minutes = plan.minutes[number] if plan else DEFAULT_MINUTES[number]
            self.fields[f"minutes_{number}"] = MinutesField(label=name, initial=minutes)
        choices = {
            "layers": [(layer.slug, layer.title) for layer in snapshot.layers],
            "sections": [(section.slug, section.title) for section in snapshot.sections],
        }
        for field, values in choices.items():
            self.fields[field].choices = values  # type: ignore[attr-defined]  # typed as Field

    @property
    def weekdays(self) -> list[forms.BoundField]:
        return [self[f"minutes_{number}"] for number in WEEKDAYS]

    def clean_interview_on(self) -> date | None:
        interview_on: date | None = self.cleaned_data["interview_on"]
        if interview_on and interview_on <= self.today:
            raise ValidationError(_("Choose a day after today: the plan ends the day before."))
        self._refuse_far_day(interview_on)
        return interview_on

    def clean_begins_on(self) -> date:
        begins_on: date = self.cleaned_data["begins_on"]
        self._refuse_far_day(begins_on)
        return begins_on

    def _refuse_far_day(self, day: date | None) -> None:
        """Refuse a day so far away that the calendar could end before the plan."""
        if day and day - self.today > timedelta(days=DAYS_MAX):
            raise ValidationError(_("Choose a day within the next three years."))

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        begins_on, interview_on = data.get("begins_on"), data.get("interview_on")
        if begins_on and interview_on and begins_on >= interview_on:
            self.add_error("begins_on", _("Begin before the day of the interview."))
        names = [f"minutes_{number}" for number in WEEKDAYS]
        if all(name in data for name in names) and not any(data[name] for name in names):
            self.add_error("minutes_0", _("Give at least one weekday some minutes."))
        return data

    @property
    def values(self) -> dict[str, Any]:
        """The columns of the plan."""
        minutes = [self.cleaned_data[f"minutes_{number}"] for number in WEEKDAYS]
        return {**{name: self.cleaned_data[name] for name in COLUMNS}, "minutes": minutes}


DEFAULT_MINUTES = (30, 30, 30, 30, 30, 60, 60)
"""The minutes of each weekday that a new plan offers, Monday first."""


def initial_of(plan: Plan | None, today: date) -> dict[str, Any]:
    if plan is None:
        return {"begins_on": today}
    return {name: getattr(plan, name) for name in COLUMNS}


class OwnItemForm(forms.ModelForm[OwnItem]):
    """Something of the learner's own to study."""

    url = forms.URLField(
        label=_("Link (optional)"),
        required=False,
        max_length=2000,
        assume_scheme="https",
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"}),
    )
    day = day_field(
        _("Not before"), help_text=_("Leave it empty to plan it as soon as there is time.")
    )
    minutes = forms.IntegerField(
        label=_("Minutes"),
        min_value=1,
        max_value=OWN_ITEM_MINUTES_MAX,
        initial=15,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )

    class Meta:
        model = OwnItem
        fields = ("title", "url", "minutes", "day")


class OwnItemAddForm(OwnItemForm):
    """A new item, with the operation UUID that makes two presses one item."""

    operation = forms.UUIDField(widget=forms.HiddenInput)


class DayMinutesForm(ReasonForm):
    """The minutes that a learner has on this day after all."""

    minutes = forms.IntegerField(
        min_value=0,
        max_value=DAY_MINUTES_MAX,
        error_messages={
            "required": _("Say how many minutes you have today."),
            "invalid": _("Write the minutes as a whole number."),
        },
    )


class TickForm(ReasonForm):
    """A tick of a part of today's list."""

    is_ticked = forms.TypedChoiceField(
        choices=[("yes", ""), ("no", "")],
        coerce=lambda value: value == "yes",
        error_messages={
            "required": _("Say whether it is done."),
            "invalid_choice": _("Say yes or no."),
        },
    )


class OutcomeForm(ReasonForm):
    """A learner's own words about how the interview went."""

    outcome = forms.CharField(
        label=_("How did it go?"),
        required=False,
        max_length=OUTCOME_MAX_LENGTH,
        help_text=_("For yourself: what they asked, what you knew, what you want to look at."),
        widget=forms.Textarea(attrs={"rows": 5}),
    )


class WeeklyMinutesForm(ReasonForm):
    """The minutes of each weekday, as a suggestion of Today sends them."""

    minutes = forms.RegexField(
        r"^\d{1,3}(,\d{1,3}){6}$",
        error_messages={
            "required": _("The minutes of the week are missing."),
            "invalid": _("The minutes of the week are seven numbers."),
        },
    )

    def clean_minutes(self) -> list[int]:
        minutes = [int(each) for each in self.cleaned_data["minutes"].split(",")]
        if max(minutes) > DAY_MINUTES_MAX:
            raise ValidationError(gettext("A day cannot have so many minutes."))
        return minutes
