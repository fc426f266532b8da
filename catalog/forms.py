"""What an editor fills in: an article, and its places in the sections."""

from collections.abc import Mapping, Sequence
from typing import Any, cast
from urllib.parse import urlsplit

from adminsortable2.admin import CustomInlineFormSet
from django import forms
from django.core.exceptions import ValidationError
from django.forms.models import BaseInlineFormSet
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalog import merging
from catalog.models import Article, Entry, Status

AT_THE_END = 32767
KEY_DIGITS = 19
"""A primary key has fewer digits than this; a database refuses a larger number."""


def validate_port(url: str) -> None:
    try:
        _port = urlsplit(url).port
    except ValueError as error:
        raise ValidationError(_("There is no such port: it goes up to 65535.")) from error


class ArticleForm(forms.ModelForm[Article]):
    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"]
        validate_port(url)
        return url


def say(field: forms.Field, label: str) -> None:
    """Names a field in a table, where the heading of its column is no label for it."""
    widget: forms.Widget = getattr(field.widget, "widget", None) or field.widget
    widget.attrs["aria-label"] = label


class OpenedSelect(forms.Select):
    """A choice in a list, which says what was chosen when the list was opened.

    What the editor did not touch stays as it is stored, whoever changed it meanwhile.
    """

    stored: Any = None

    def opened_name(self, name: str) -> str:
        return f"{name}-opened"

    def render(
        self, name: str, value: Any, attrs: Mapping[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        select = super().render(name, value, cast(Any, attrs), renderer)
        hidden = '{}<input type="hidden" name="{}" value="{}">'
        return format_html(hidden, select, self.opened_name(name), self.stored)

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        chosen = super().value_from_datadict(data, files, name)
        is_untouched = chosen is not None and chosen == data.get(self.opened_name(name))
        return str(self.stored) if is_untouched else chosen

    def is_overtaken(self, data: Any, name: str) -> bool:
        return cast(str, data.get(self.opened_name(name))) != str(self.stored)


class ArticleRowForm(forms.ModelForm[Article]):
    """One row of the list of articles."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.instance.merged_into_id:
            # Its status is shown, and not to be chosen any more.
            self.fields.pop("status", None)
        if "status" in self.fields:
            status = self.fields["status"]
            self.select = OpenedSelect(status.widget.attrs, cast(Any, status).choices)
            self.select.stored = self.initial.get("status")
            status.widget = self.select
        for field in self.fields.values():
            say(field, f"{field.label} – {self.instance.title}")

    def clean(self) -> dict[str, Any] | None:
        name = self.add_prefix("status")
        chosen = self.data.get(name)
        if self.instance.merged_into_id and chosen != self.data.get(f"{name}-opened"):
            raise ValidationError(self.instance.where_it_went())
        return super().clean()

    def _post_clean(self) -> None:
        """A merged one is not changed here, and so nothing is wrong with it."""
        if not self.instance.merged_into_id:
            super()._post_clean()  # type: ignore[misc]  # The stubs lack it.

    def clean_status(self) -> Status:
        status: Status = self.cleaned_data["status"]
        is_other = "status" in self.changed_data
        if is_other and self.select.is_overtaken(self.data, self.add_prefix("status")):
            words = _("It was given the status “%(status)s” after you opened this list.")
            raise ValidationError(words % {"status": self.instance.status})
        return status


class ArticleLink(forms.Widget):
    """The article that a place was made for, which does not change."""

    def __init__(self, article: Article) -> None:
        super().__init__()
        self.article = article

    def render(
        self, name: str, value: Any, attrs: Mapping[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        address = reverse("admin:catalog_article_change", args=[self.article.pk])
        return format_html('<a href="{}">{}</a>', address, self.article.title)


class NumberField(forms.IntegerField):
    """The place of a row in its section. Empty means: where it was; a new one at the end."""

    def has_changed(self, initial: Any, data: Any) -> bool:
        return data not in self.empty_values and super().has_changed(initial, data)


class EntryForm(forms.ModelForm[Entry]):
    number = NumberField(
        label=_("Number"),
        min_value=1,
        max_value=AT_THE_END,
        required=False,
        help_text=_("The place in the section. Empty: where it was; a new one at the end."),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
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
        """From where it is moved: what is new to a section comes from its end."""
        return AT_THE_END if self.is_new_here else int(self.initial["number"])

    def clean_number(self) -> int:
        return self.cleaned_data["number"] or self.old_number


class EntryRowForm(EntryForm):
    """One row of a table of entries, which leaves it by a tick."""

    retire = forms.BooleanField(label=_("Retire"), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for field in self.fields.values():
            say(field, f"{field.label} – {self.instance.title or gettext('new')}")

    def save(self, commit: bool = True) -> Entry:
        entry: Entry = super().save(commit)
        if commit and self.cleaned_data.get("retire"):
            entry.retire()
        return entry


class EntryRows(BaseInlineFormSet[Entry, Any, Any]):
    """The rows of one section or of one article.

    A sent row that has left the table meanwhile is neither checked nor saved. The comparison that
    an editor sees on a conflict shows what was typed into it.
    """

    removed_forms: Sequence[EntryRowForm] = ()
    sent_keys: Sequence[int] = ()

    @cached_property
    def forms(self) -> list[EntryRowForm]:
        forms: list[EntryRowForm] = super().forms
        initial = forms[: self.initial_form_count()]
        self.removed_forms = [form for form in initial if form.instance.pk is None]
        self.sent_keys = [form.instance.pk for form in initial if form.instance.pk]
        return [form for form in forms if form not in self.removed_forms]

    def initial_form_count(self) -> int:
        return super().initial_form_count() - len(self.removed_forms)

    def get_queryset(self) -> Any:
        """Return the rows in the order in which they were sent, and the others after them.

        The admin pairs the sent rows with these, one by one, to name each.
        """
        place = {key: number for number, key in enumerate(self.sent_keys)}
        return sorted(super().get_queryset(), key=lambda row: place.get(row.pk, len(place)))

    def removed_rows(self) -> list[tuple[EntryRowForm, Entry | None]]:
        """Return the forms of rows that have left the table, each with its row if it exists."""
        keys = [str(form["id"].data) for form in self.removed_forms]
        known = [int(key) for key in keys if key.isdecimal() and len(key) < KEY_DIGITS]
        rows = {str(pk): row for pk, row in Entry.objects.in_bulk(known).items()}
        return [(form, rows.get(key)) for form, key in zip(self.removed_forms, keys, strict=True)]

    def clean(self) -> None:
        """No place twice among the rows sent together; the form looks at those stored."""
        super().clean()
        rows = [form for form in self.forms if form.is_valid() and form.has_changed()]
        places = [
            (form.instance.section_id, form.instance.article_id, form.instance.title)
            for form in rows
            if not form.cleaned_data.get("retire")
        ]
        if len(places) > len(set(places)):
            raise ValidationError(
                _("Two rows list the same article under the same title: leave one out.")
            )

    @property
    def old_numbers(self) -> dict[int, int]:
        """After saving: from where each row was moved, by primary key."""
        return {form.instance.pk: form.old_number for form in self.forms if form.instance.pk}

    @property
    def section_ids(self) -> set[int]:
        """After saving: the sections that rows are in, or were in."""
        now = {form.instance.section_id for form in self.forms if form.instance.pk}
        return now | {form.initial["section"] for form in self.forms if "section" in form.initial}


class SortableEntryRows(EntryRows, CustomInlineFormSet):
    """Ordered by dragging, and by the number itself, which stays visible for it."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        number = self.form.base_fields["number"]
        number.widget = forms.NumberInput(attrs={"class": "_reorder_", "min": 1})


class SearchInput(forms.TextInput):
    input_type = "search"


class MergeForm(forms.Form):
    """Two articles that are the same one: which stays, and which goes."""

    kept = forms.ModelChoiceField(
        label=_("This one stays"),
        queryset=Article.objects.filter(retired_at=None),
        widget=forms.HiddenInput,
    )
    # Named before the code said "duplicate". The name is in the page's address, so it stays.
    gone = forms.ModelChoiceField(
        label=_("This one goes into it"),
        queryset=Article.objects.filter(merged_into=None),
        widget=forms.HiddenInput,
    )
    find_kept = forms.CharField(
        label=_("Find the one that stays"), max_length=200, required=False, widget=SearchInput
    )
    find_gone = forms.CharField(
        label=_("Find the one that goes"), max_length=200, required=False, widget=SearchInput
    )

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if not self.errors:
            merging.refuse(self.cleaned_data["kept"], self.cleaned_data["gone"])
        return cleaned
