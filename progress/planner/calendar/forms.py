from django import forms
from django.utils.translation import gettext_lazy as _


class StartsAtForm(forms.Form):
    """The time at which each day of the plan begins in the calendar."""

    starts_at = forms.TimeField(
        label=_("I study at"),
        required=False,
        help_text=_("Leave it empty for events of the whole day."),
        input_formats=["%H:%M", "%H:%M:%S"],
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"invalid": _("Write the time as hours and minutes: 19:30.")},
    )
