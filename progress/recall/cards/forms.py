from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from progress.own_cards import CardTexts
from progress.recall.forms import TextField
from progress.recall.models import ANSWER_MAX_LENGTH, QUESTION_MAX_LENGTH


class CardWriteForm(forms.Form):
    """The texts of a card, and the operation UUID of the write."""

    question = TextField(label=_("Question"), rows=2, max_length=QUESTION_MAX_LENGTH)
    answer = TextField(label=_("Answer"), rows=6, max_length=ANSWER_MAX_LENGTH)
    operation = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    @property
    def texts(self) -> CardTexts:
        return CardTexts(self.cleaned_data["question"], self.cleaned_data["answer"])


class CardSplitForm(CardWriteForm):
    """The texts of the two cards that replace one."""

    question = TextField(label=_("First question"), rows=2, max_length=QUESTION_MAX_LENGTH)
    answer = TextField(label=_("First answer"), rows=4, max_length=ANSWER_MAX_LENGTH)
    second_question = TextField(label=_("Second question"), rows=2, max_length=QUESTION_MAX_LENGTH)
    second_answer = TextField(label=_("Second answer"), rows=4, max_length=ANSWER_MAX_LENGTH)

    @property
    def parts(self) -> list[CardTexts]:
        data = self.cleaned_data
        return [self.texts, CardTexts(data["second_question"], data["second_answer"])]
