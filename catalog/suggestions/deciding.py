"""Apply an accepted suggestion: create an article with its entry, or correct one."""

from hashlib import sha256
from typing import Any, ClassVar

from django import forms
from django.contrib.admin.widgets import AdminTextInputWidget
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from catalog import catalog_version
from catalog.admin.retiring import renumber
from catalog.forms import AT_THE_END, ArticleForm
from catalog.models import Article, Entry, Section, Status
from catalog.suggestions.forms import WebAddressField
from catalog.suggestions.models import NOTES_MAX_LENGTH, Suggestion


class AcceptForm(ArticleForm):
    """The article as it will be: filled in with what was suggested, for the editor to change."""

    url = WebAddressField(
        label=_("Link"),
        help_text=_("Leave empty until the article is published."),
        widget=forms.URLInput(attrs={"class": "vURLField"}),
    )
    section = forms.ModelChoiceField(
        Section.objects.listed().in_journey_order(),
        label=_("Section"),
        required=False,
        help_text=_("It is listed there too, at the end. Empty: nowhere new."),
    )
    what_you_learn = forms.CharField(
        label=_("What you’ll learn"),
        max_length=500,
        required=False,
        widget=AdminTextInputWidget,
        help_text=_("As the table of that section should say it."),
    )

    opened = forms.CharField(widget=forms.HiddenInput, required=False)
    """The values of the article when the form was opened."""

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
            data = {**data.dict(), "opened": now}  # Sent once more, it is a decision.
        initial = {**self.suggested(article), "opened": now}
        super().__init__(data, instance=article, initial=initial)

    def suggested(self, article: Article) -> dict[str, Any]:
        suggestion = self.suggestion
        section = suggestion.section
        is_new_there = section and not section.is_retired and section.pk not in self.listed_in
        draft = Status.objects.filter(slug="draft").first()
        return {
            "title": suggestion.title or article.title,
            "url": suggestion.url or article.url,
            "status": article.status_id or (draft.pk if draft else ""),
            "section": suggestion.section_id if is_new_there else "",
        }

    def clean(self) -> dict[str, Any]:
        super().clean()
        data = self.cleaned_data
        if self.suggestion.is_correction and self.suggestion.article is None:
            raise ValidationError(_("The article that it corrects is no longer there."))
        section = data.get("section")
        if section and section.pk in self.listed_in:
            self.add_error("section", _("This section lists that article already."))
        if self.is_stale and self.suggestion.is_correction:
            self.tell_differences()
        return data

    def tell_differences(self) -> None:
        """Somebody else saved the article meanwhile: the editor sees both, and decides."""
        words = _("The article was changed after you opened this page; now it is “%(stored)s”.")
        for name, field in (("title", "title"), ("url", "url"), ("status_id", "status")):
            stored, typed = self.stored[name], self.cleaned_data.get(field)
            if field in self.cleaned_data and getattr(typed, "pk", typed) != stored:
                label = Status.objects.get(pk=stored).label if field == "status" else stored
                self.add_error(field, ValidationError(words, params={"stored": label}))

    @transaction.atomic
    def save(self, commit: bool = True) -> Article:
        catalog_version.lock_catalog()
        article: Article = super().save(commit)
        self.retitle(article)
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

    def retitle(self, article: Article) -> None:
        """Retitle the entries that had the article's old title; other titles stay."""
        places = article.entries.filter(retired_at=None)
        if self.old_title and self.old_title != article.title:
            taken = places.filter(title=article.title).values("section")
            chosen = list(places.filter(title=self.old_title).exclude(section__in=taken))
            Entry.objects.filter(pk__in=[entry.pk for entry in chosen]).change(title=article.title)


class DeclineForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=NOTES_MAX_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4, "class": "vLargeTextField"}),
        help_text=_("The learner reads it on “My progress”."),
        error_messages={"required": _("Please say why: the learner reads it.")},
    )
