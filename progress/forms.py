from datetime import UTC, datetime
from typing import Self

from django import forms
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import lazy
from django.utils.text import get_text_list
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from progress.states import StateName

SHOWN_MAX_LENGTH = 100_000


def _not_a_state() -> str:
    labels = [state.label.lower() for state in StateName]
    # Django fills in the value later.
    names = {"value": "%(value)s", "states": get_text_list(labels, gettext("or"))}
    return gettext("“%(value)s” is not a state: %(states)s.") % names


class ReasonForm(forms.Form):
    """A form whose errors are told on a page of their own."""

    @property
    def reason(self) -> str:
        return " ".join(str(error) for errors in self.errors.values() for error in errors)


class StateForm(ReasonForm):
    """The state that an article should get."""

    state = forms.ChoiceField(
        choices=lambda: StateName.choices,
        error_messages={
            "required": _("Choose a state for the article."),
            "invalid_choice": lazy(_not_a_state, str)(),
        },
    )


class ChangesAcknowledgeForm(ReasonForm):
    """The time up to which a learner saw the changes of one article, or of all they finished."""

    until = forms.DateTimeField(
        error_messages={
            "required": _("The time of the last change you saw is missing."),
            "invalid": _("The time of the last change you saw is not a time."),
        }
    )
    article = forms.SlugField(max_length=150, required=False)

    def clean_until(self) -> datetime:
        """Return the time in UTC, or the current time if it is in the future."""
        until: datetime = self.cleaned_data["until"]
        try:
            return min(until.astimezone(UTC), timezone.now())
        except OverflowError:  # the first or last day of the calendar
            raise forms.ValidationError(self.fields["until"].error_messages["invalid"]) from None


class PlaceForm(forms.Form):
    """The row that a change was made in (`spot`), and the ids of the page that show progress."""

    spot = forms.RegexField(r"^[a-z0-9-]+$", max_length=200, required=False)
    shown = forms.CharField(max_length=SHOWN_MAX_LENGTH, required=False)

    @classmethod
    def of(cls, request: HttpRequest) -> Self:
        """Return the form of a request, with the invalid values left out."""
        form = cls({**request.GET.dict(), **request.POST.dict()})
        form.is_valid()
        return form

    @property
    def in_spot(self) -> str:
        return str(self.cleaned_data.get("spot", ""))

    @property
    def in_view(self) -> frozenset[str]:
        return frozenset(str(self.cleaned_data.get("shown", "")).split())
