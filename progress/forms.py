from datetime import UTC, datetime
from typing import Self

from django import forms
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import lazy
from django.utils.text import get_text_list
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from progress.finishing import Report
from progress.models import KEY_POINT_MAX_LENGTH, KEY_POINTS_MAX, Confidence
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


class FinishForm(forms.Form):
    """What a learner reports on finishing an article."""

    key_points = forms.CharField(
        label=_("Key points, in your own words"),
        help_text=_("Up to seven lines. They become a card that asks you to explain the article."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 7}),
    )
    minutes = forms.IntegerField(
        label=_("Minutes it took"),
        required=False,
        min_value=1,
        max_value=1000,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    confidence = forms.TypedChoiceField(
        label=_("How sure are you that you could explain it?"),
        choices=Confidence.choices,
        coerce=int,
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
    )

    def clean_key_points(self) -> str:
        """Return the lines without empty ones and without spaces around them."""
        lines = [
            line for line in map(str.strip, self.cleaned_data["key_points"].splitlines()) if line
        ]
        if len(lines) > KEY_POINTS_MAX:
            message = _(
                "These are %(n)s lines. Shorten them to %(max)s or fewer: nothing was saved."
            )
            raise forms.ValidationError(message % {"n": len(lines), "max": KEY_POINTS_MAX})
        if too_long := next((line for line in lines if len(line) > KEY_POINT_MAX_LENGTH), None):
            message = _("The line “%(line)s…” has more than %(max)s characters: nothing was saved.")
            raise forms.ValidationError(
                message % {"line": too_long[:30], "max": KEY_POINT_MAX_LENGTH}
            )
        return "\n".join(lines)

    @property
    def report(self) -> Report:
        return Report(**self.cleaned_data)


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
