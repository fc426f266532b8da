"""The forms of prerequisites in the admin, alone and as the rows of an article."""

from typing import Any, ClassVar

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalog.admin.article_forms import set_aria_label
from catalog.admin.entry_forms import ArticleLink
from catalog.admin.rows import CatalogRows, SingleLineTextarea
from catalog.prerequisites.models import Prerequisite


class PrerequisiteForm(forms.ModelForm[Prerequisite]):
    class Meta:
        widgets: ClassVar = {"reason": SingleLineTextarea}


class PrerequisiteRowForm(PrerequisiteForm):
    """A row of what an article requires, with a checkbox that retires or restores it."""

    retire = forms.BooleanField(label=_("Retired"), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial["retire"] = self.instance.is_retired
        if self.instance.pk and "requires" in self.fields:
            self.fields["requires"].disabled = True
            self.fields["requires"].widget = ArticleLink(self.instance.requires)
        title = self.instance.requires.title if self.instance.pk else gettext("new")
        for field in self.fields.values():
            set_aria_label(field, f"{field.label} – {title}")

    def clean(self) -> dict[str, Any]:
        """Retire or restore the row before the model is validated, which refuses a cycle."""
        super().clean()
        if "retire" in self.changed_data:
            is_retired = self.cleaned_data["retire"]
            self.instance.retired_at = timezone.now() if is_retired else None
        return self.cleaned_data


class PrerequisiteRows(CatalogRows[Prerequisite]):
    """The articles that an article requires.

    All rows begin at one article, so each can be checked for a cycle without the others.
    """
