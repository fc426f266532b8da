from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from progress.notes.saving import ConflictChoice, Draft


class MarkdownField(forms.CharField):
    """A text as it was typed, with the line ends that a text area shows."""

    def __init__(self, **options: Any) -> None:
        super().__init__(strip=False, required=False, **options)

    def to_python(self, value: Any) -> str:
        text = str(super().to_python(value)).replace("\r\n", "\n").replace("\r", "\n")
        return text if text.strip() else ""


class NoteForm(forms.Form):
    """A text, what it is based on, and what to do with it if that changed meanwhile."""

    text = MarkdownField(
        label=_("My note"),
        error_messages={"null_characters_not_allowed": _("A note cannot have null characters.")},
    )
    version = forms.IntegerField(min_value=0, max_value=2**31 - 1, required=False)
    page = forms.UUIDField(required=False)
    number = forms.IntegerField(min_value=0, max_value=2**31 - 1, required=False)
    choice = forms.ChoiceField(choices=ConflictChoice.choices, required=False)
    theirs = forms.IntegerField(min_value=0, max_value=2**31 - 1, required=False)

    @property
    def draft(self) -> Draft:
        values = self.cleaned_data
        return Draft(
            text=values.get("text", ""),
            based_on=values.get("version") or 0,
            page=values.get("page"),
            number=values.get("number") or 0,
        )

    @property
    def choice_made(self) -> ConflictChoice | None:
        choice = self.cleaned_data.get("choice")
        return ConflictChoice(choice) if choice else None

    @property
    def version_seen(self) -> int:
        """The version of the saved text that the learner saw when they chose."""
        return self.cleaned_data.get("theirs") or 0
