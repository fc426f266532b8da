from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from progress.recall.models import ANSWER_MAX_LENGTH, Rating

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

TOO_LONG = _(
    "This has %(show_value)s characters. Shorten it to %(limit_value)s or fewer: nothing was saved."
)


class TextField(forms.CharField):
    """A text of several lines, counted as browsers count it: a line break is one character."""

    def __init__(
        self,
        *,
        max_length: int,
        label: "StrOrPromise" = "",
        rows: int = 4,
        required: bool = True,
    ) -> None:
        super().__init__(
            label=label,
            max_length=max_length,
            required=required,
            widget=forms.Textarea(attrs={"rows": rows}),
            error_messages={"max_length": TOO_LONG, "required": _("Fill this in.")},
        )

    def to_python(self, value: Any) -> str | None:
        return super().to_python(value.replace("\r\n", "\n") if isinstance(value, str) else value)


class AnswerForm(forms.Form):
    """The card that a learner looks at, the operation UUID of its rating, and a typed answer."""

    card = forms.UUIDField()
    operation = forms.UUIDField()
    answer = TextField(max_length=ANSWER_MAX_LENGTH, required=False)


class ReviewForm(AnswerForm):
    rating = forms.TypedChoiceField(choices=Rating.choices, coerce=lambda value: Rating(int(value)))
