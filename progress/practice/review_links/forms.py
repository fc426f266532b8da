from django import forms
from django.utils.translation import gettext_lazy as _

from progress.forms import ReasonForm
from progress.practice.scoring.rubric_form import RubricForm


class ReviewForm(RubricForm):
    """The points that somebody else gives, with their name and what they want to say."""

    needs_quotes = False

    reviewer = forms.CharField(label=_("Your name"), max_length=100)
    comment = forms.CharField(
        label=_("What would you tell them?"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class OperationForm(ReasonForm):
    """The operation UUID of a write, so that a press sent twice does one thing."""

    operation = forms.UUIDField(
        error_messages={
            "required": _("The page is out of date. Reload it and try again."),
            "invalid": _("The page is out of date. Reload it and try again."),
        }
    )
