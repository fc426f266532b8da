from django import forms

from progress.recall.models import ANSWER_MAX_LENGTH, Rating


class AnswerForm(forms.Form):
    """The card that a learner looks at, the operation UUID of its rating, and a typed answer."""

    card = forms.UUIDField()
    operation = forms.UUIDField()
    answer = forms.CharField(max_length=ANSWER_MAX_LENGTH, required=False)


class ReviewForm(AnswerForm):
    rating = forms.TypedChoiceField(choices=Rating.choices, coerce=lambda value: Rating(int(value)))
