"""The forms of prompts in the admin, alone and as the rows of an article."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalog.admin.article_forms import set_aria_label
from catalog.admin.rows import (
    AT_THE_END,
    LinesTextarea,
    NumberField,
    SingleLineTextarea,
    SortableRows,
)
from catalog.prompts.models import Prompt


class PromptForm(forms.ModelForm[Prompt]):
    number = NumberField(
        help_text=_("The position among the article’s prompts. If empty, the prompt stays there.")
    )

    class Meta:
        widgets: ClassVar = {
            "question": SingleLineTextarea,
            "answer": LinesTextarea(3),
            "source_lines": LinesTextarea(2),
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.instance.pk is None:
            self.initial.pop("number", None)
            self.fields["number"].initial = None

    @property
    def old_number(self) -> int:
        """The number before the change. A new prompt comes from the end."""
        return int(self.initial.get("number", AT_THE_END))

    def clean_number(self) -> int:
        return self.cleaned_data["number"] or self.old_number


class PromptRowForm(PromptForm):
    """A row of an article's prompts, with a checkbox that retires it or, cleared, restores it."""

    retire = forms.BooleanField(label=_("Retired"), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial["retire"] = self.instance.is_retired
        for field in self.fields.values():
            set_aria_label(field, f"{field.label} – {self.instance.question or gettext('new')}")

    def save(self, commit: bool = True) -> Prompt:
        if "retire" in self.changed_data:
            is_retired = self.cleaned_data["retire"]
            self.instance.retired_at = timezone.now() if is_retired else None
        return super().save(commit)


class PromptRows(SortableRows[Prompt]):
    """The prompts of an article, renumbered after each change."""

    def clean(self) -> None:
        super().clean()
        rows = [form for form in self.forms if form.is_valid() and form.instance.question]
        questions = [
            form.instance.question.casefold()
            for form in rows
            if not form.cleaned_data.get("retire", form.instance.is_retired)
        ]
        if len(questions) > len(set(questions)):
            raise ValidationError(_("Two prompts ask the same question. Remove one of them."))

    def save(self, commit: bool = True) -> Any:
        rows = super().save(commit)
        if commit:
            Prompt.objects.of_article(self.instance).current().renumber(self.old_numbers)
        return rows
