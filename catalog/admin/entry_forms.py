"""The forms of entries in the admin, alone and as the rows of a section or an article."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalog.admin.article_forms import set_aria_label
from catalog.admin.rows import (
    AT_THE_END,
    CatalogRows,
    NumberField,
    SingleLineTextarea,
    SortableRows,
)
from catalog.models import Article, Entry


class ArticleLink(forms.Widget):
    """A link to an entry's article, which cannot be changed."""

    def __init__(self, article: Article) -> None:
        super().__init__()
        self.article = article

    def render(
        self, name: str, value: Any, attrs: Mapping[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        address = reverse("admin:catalog_article_change", args=[self.article.pk])
        return format_html('<a href="{}">{}</a>', address, self.article.title)


class EntryForm(forms.ModelForm[Entry]):
    number = NumberField(
        help_text=_(
            "The position in the section. If empty, the entry stays where it is, and a new one "
            "goes to the end."
        ),
    )

    parent_article: Article | None = None
    """The article of all rows, on whose page they are. It may not be stored yet."""

    class Meta:
        widgets: ClassVar = {"what_you_learn": SingleLineTextarea}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if "title" in self.fields:
            self.fields["title"].required = False
            self.fields["title"].help_text = _("If empty, the title of the article.")
        if self.instance.pk is None:
            self.initial.pop("number", None)
            self.fields["number"].initial = None
        elif "article" in self.fields:
            self.fields["article"].disabled = True
            self.fields["article"].widget = ArticleLink(self.instance.article)

    @property
    def is_new_here(self) -> bool:
        return "number" not in self.initial or "section" in self.changed_data

    @property
    def old_number(self) -> int:
        """The number before the change. An entry that is new to its section comes from the end."""
        return AT_THE_END if self.is_new_here else int(self.initial["number"])

    def clean_number(self) -> int:
        return self.cleaned_data["number"] or self.old_number

    def clean(self) -> dict[str, Any]:
        """Give an entry without a title that of its article."""
        super().clean()
        article = self.parent_article or self.cleaned_data.get("article")
        if article is None and self.instance.pk:
            article = self.instance.article
        if article and self.cleaned_data.get("title") == "":
            self.cleaned_data["title"] = article.title
        return self.cleaned_data


class EntryRowForm(EntryForm):
    """A row of a table of entries, with a checkbox that retires it."""

    retire = forms.BooleanField(label=_("Retire"), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for field in self.fields.values():
            set_aria_label(field, f"{field.label} – {self.instance.title or gettext('new')}")

    def save(self, commit: bool = True) -> Entry:
        entry: Entry = super().save(commit)
        if commit and self.cleaned_data.get("retire"):
            entry.retire()
        return entry


class EntryRows(CatalogRows[Entry]):
    """The entries of one section or of one article."""

    def _construct_form(self, i: int, **options: Any) -> Any:
        form = super()._construct_form(i, **options)  # type: ignore[misc]  # The stubs lack it.
        form.parent_article = self.instance if isinstance(self.instance, Article) else None
        return form

    def clean(self) -> None:
        """Refuse two equal rows in one form. `Entry.clean` compares with what is stored."""
        super().clean()
        rows = [form for form in self.forms if form.is_valid() and form.has_changed()]
        places = [
            (form.instance.section_id, form.instance.article_id, form.instance.title)
            for form in rows
            if not form.cleaned_data.get("retire")
        ]
        if len(places) > len(set(places)):
            raise ValidationError(
                _("Two rows list the same article under the same title. Remove one of them.")
            )

    @property
    def retitled_keys(self) -> list[int]:
        """The rows whose title was typed. Read it after saving."""
        forms = [form for form in self.forms if "title" in form.changed_data]
        return [form.instance.pk for form in forms if form.instance.pk]

    @property
    def section_ids(self) -> set[int]:
        """The sections that rows are in or were in. Read it after saving."""
        now = {form.instance.section_id for form in self.forms if form.instance.pk}
        return now | {form.initial["section"] for form in self.forms if "section" in form.initial}


class SortableEntryRows(SortableRows[Entry], EntryRows):
    """The entries of a section, ordered by dragging or by typing their number."""
