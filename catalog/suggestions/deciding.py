"""The forms with which editors accept or decline a suggestion."""

from hashlib import sha256
from typing import Any, ClassVar

from django import forms
from django.contrib.admin.widgets import AdminTextInputWidget
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from catalog import catalog_version
from catalog.admin.article_forms import ArticleForm
from catalog.admin.retiring import renumber
from catalog.admin.rows import AT_THE_END, SingleLineTextarea
from catalog.models import Article, Entry, Section, Status
from catalog.suggestions.forms import WebAddressField
from catalog.suggestions.models import NOTES_MAX_LENGTH, Suggestion


class AcceptForm(ArticleForm):
    """The new or corrected article, with the suggested values, which the editor may change."""

    url = WebAddressField(
        label=_("Link"),
        help_text=_("Leave empty until the article is published."),
        widget=forms.URLInput(attrs={"class": "vURLField"}),
    )
    section = forms.ModelChoiceField(
        Section.objects.listed().in_journey_order(),
        label=_("Section"),
        required=False,
        help_text=_("The article is added at the end. Leave empty to add it to no section."),
    )
    what_you_learn = forms.CharField(
        label=_("What you’ll learn"),
        max_length=500,
        required=False,
        widget=SingleLineTextarea,
        help_text=_("Shown in the table of that section."),
    )

    opened = forms.CharField(widget=forms.HiddenInput, required=False)
    """A hash of the article when the form was opened, to detect later changes."""

    class Meta:
        model = Article
        fields = ("title", "url", "status", "section", "what_you_learn", "opened")
        widgets: ClassVar = {"title": AdminTextInputWidget}

    def __init__(self, suggestion: Suggestion, data: Any = None) -> None:
        self.suggestion = suggestion
        article = (suggestion.article if suggestion.is_correction else None) or Article()
        self.old_title = article.title
        self.listed_in = set[int]()
        if article.pk:
            current = article.entries.filter(retired_at=None)
            self.listed_in = set(current.values_list("section_id", flat=True))
        self.stored = {name: getattr(article, name) for name in ("title", "url", "status_id")}
        now = sha256(repr(self.stored).encode()).hexdigest()[:32]
        self.is_stale = data is not None and data.get("opened") != now
        if self.is_stale:
            data = {**data.dict(), "opened": now}  # Sending again overwrites.
        initial = {**self.suggested(article), "opened": now}
        super().__init__(data, instance=article, initial=initial)

    def suggested(self, article: Article) -> dict[str, Any]:
        suggestion = self.suggestion
        section = suggestion.section
        can_be_added = section and not section.is_retired and section.pk not in self.listed_in
        draft = Status.objects.filter(slug="draft").first()
        return {
            "title": suggestion.title or article.title,
            "url": suggestion.url or article.url,
            "status": article.status_id or (draft.pk if draft else ""),
            "section": suggestion.section_id if can_be_added else "",
        }

    def clean(self) -> dict[str, Any]:
        super().clean()
        data = self.cleaned_data
        if self.suggestion.is_correction and self.suggestion.article is None:
            raise ValidationError(
                _("The article to correct no longer exists. You can only decline.")
            )
        section = data.get("section")
        if section and section.pk in self.listed_in:
            self.add_error("section", _("This section already lists the article."))
        if self.is_stale and self.suggestion.is_correction:
            self.add_conflict_errors()
        return data

    def add_conflict_errors(self) -> None:
        """Show the stored value of each field that somebody else changed in the meantime."""
        message = _(
            "The article was changed after you opened this page. It is now “%(stored)s”. "
            "Accept again to replace it with your value."
        )
        for name, field in (("title", "title"), ("url", "url"), ("status_id", "status")):
            stored, typed = self.stored[name], self.cleaned_data.get(field)
            if field in self.cleaned_data and getattr(typed, "pk", typed) != stored:
                label = Status.objects.get(pk=stored).label if field == "status" else stored
                self.add_error(field, ValidationError(message, params={"stored": label}))

    @transaction.atomic
    def save(self, commit: bool = True) -> Article:
        catalog_version.lock_catalog()
        article: Article = super().save(commit)
        article.entries.all().rename(self.old_title, article.title)
        if section := self.cleaned_data["section"]:
            entry = Entry.objects.create(
                section=section,
                article=article,
                title=article.title,
                what_you_learn=self.cleaned_data["what_you_learn"],
                number=AT_THE_END,
            )
            renumber([section], {entry.pk: AT_THE_END})
        return article


class DeclineForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=NOTES_MAX_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4, "class": "vLargeTextField"}),
        help_text=_("The learner sees it on “My progress”."),
        error_messages={"required": _("Enter a reason. The learner will see it.")},
    )
