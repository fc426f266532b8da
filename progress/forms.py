from datetime import UTC, datetime
from typing import Self

from django import forms
from django.core.validators import MaxValueValidator
from django.forms import model_to_dict
from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.functional import lazy
from django.utils.text import get_text_list
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from progress.finishing import Report
from progress.models import (
    KEY_POINT_MAX_LENGTH,
    KEY_POINTS_MAX,
    MINUTES_MAX,
    Completion,
    Confidence,
    lines_of,
)
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
    """The report of a learner who finishes an article, and the key points that the page showed.

    Two merged articles may have more key points and minutes than one can: they can stay as many.
    """

    key_points = forms.CharField(
        label=_("Key points, in your own words"),
        help_text=_("Up to seven lines. They become a card that asks you to explain the article."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 7}),
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    minutes = forms.IntegerField(
        label=_("Minutes it took"),
        required=False,
        min_value=1,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    confidence = forms.TypedChoiceField(
        label=_("How confident are you that you could explain it?"),
        choices=Confidence.choices,
        coerce=int,
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
    )

    def __init__(self, data: QueryDict | None = None, *, stored: Completion | None = None) -> None:
        points, minutes = (stored.points, stored.minutes or 0) if stored else ([], 0)
        self.points_max = max(KEY_POINTS_MAX, len(points))
        initial = model_to_dict(stored) if stored else {}
        super().__init__(data, initial={**initial, "seen": "\n".join(points)})
        field = self.fields["minutes"]
        minutes_max = max(MINUTES_MAX, minutes)
        field.validators.append(MaxValueValidator(minutes_max))
        field.widget.attrs["max"] = minutes_max

    def clean_key_points(self) -> str:
        """Return the lines without empty ones and without spaces around them."""
        lines = lines_of(self.cleaned_data["key_points"])
        if len(lines) > self.points_max:
            message = _(
                "You wrote %(n)s lines. Shorten them to %(max)s or fewer: nothing was saved."
            )
            raise forms.ValidationError(message % {"n": len(lines), "max": self.points_max})
        if too_long := next((line for line in lines if len(line) > KEY_POINT_MAX_LENGTH), None):
            message = _("The line “%(line)s…” has more than %(max)s characters: nothing was saved.")
            raise forms.ValidationError(
                message % {"line": too_long[:30], "max": KEY_POINT_MAX_LENGTH}
            )
        return "\n".join(lines)

    @property
    def report(self) -> Report:
        return Report(**{name: self.cleaned_data[name] for name in Report.__dataclass_fields__})

    @property
    def seen_points(self) -> list[str] | None:
        """The key points that were stored when the page was shown; None if it does not say."""
        return lines_of(self.cleaned_data["seen"]) if "seen" in self.data else None


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
