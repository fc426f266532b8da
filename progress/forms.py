from datetime import UTC, datetime

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from progress.models import StateName

SHOWN_MAX_LENGTH = 100_000


class StateForm(forms.Form):
    """The state that an article should have."""

    state = forms.ChoiceField(
        choices=StateName.choices,
        error_messages={
            "required": _("Say which state the article should have."),
            "invalid_choice": _("“%(value)s” is not a state: to do, reading, done or skipped."),
        },
    )

    @property
    def reason(self) -> str:
        return " ".join(str(error) for error in self.errors["state"])


class ChangesAcknowledgeForm(forms.Form):
    """Up to when somebody knows what changed: of one article, or of all that they have done."""

    until = forms.DateTimeField(
        error_messages={
            "required": _("Say up to when you know the changes."),
            "invalid": _("That is not a time."),
        }
    )
    article = forms.SlugField(max_length=150, required=False)

    def clean_until(self) -> datetime:
        """What has not changed yet is not seen yet."""
        until: datetime = self.cleaned_data["until"]
        try:
            return min(until.astimezone(UTC), timezone.now())
        except OverflowError:  # at the very beginning or end of the calendar
            raise forms.ValidationError(self.fields["until"].error_messages["invalid"]) from None

    @property
    def reason(self) -> str:
        return " ".join(str(error) for errors in self.errors.values() for error in errors)


class PlaceForm(forms.Form):
    """Where a change was asked for: the row, and what of the page shows progress."""

    spot = forms.RegexField(r"^[a-z0-9-]+$", max_length=200, required=False)
    shown = forms.CharField(max_length=SHOWN_MAX_LENGTH, required=False)

    def clean_shown(self) -> frozenset[str]:
        return frozenset(self.cleaned_data["shown"].split())
