from typing import Any

from django import forms
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

HOURS = [(hour, f"{hour:02}:00") for hour in range(4, 24)]
"""The hours of a study day up to midnight."""


class ReminderForm(forms.Form):
    """The weekdays and the hour at which a reminder is sent."""

    weekdays = forms.TypedMultipleChoiceField(
        label=_("Days"),
        required=False,
        choices=list(WEEKDAYS.items()),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
    )
    hour = forms.TypedChoiceField(label=_("At"), choices=HOURS, coerce=int)

    @property
    def values(self) -> dict[str, Any]:
        """The columns of the reminder."""
        zone = timezone.get_current_timezone_name()
        return {**self.cleaned_data, "browser_zone": zone}
