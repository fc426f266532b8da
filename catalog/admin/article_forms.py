"""The forms of articles in the admin, and of their rows in a list."""

from collections.abc import Mapping
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from catalog.models import Article, Status
from catalog.validators import validate_port, validate_visible

DRAFT = "draft"
"""The slug of the status of an article that is being written."""


def status_of_new_articles() -> Status | None:
    """Return the status that the form of a new article begins with."""
    return Status.objects.filter(slug=DRAFT).first() or Status.objects.first()


class ArticleForm(forms.ModelForm[Article]):
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        is_new = self.instance.pk is None
        if is_new and "status" in self.fields:
            self.initial.setdefault("status", status_of_new_articles())
        if "url" in self.fields and (is_new or self.is_bound):
            # The admin's widget calls the value of the form the current one.
            self.fields["url"].widget.template_name = forms.URLInput.template_name

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"]
        validate_port(url)
        validate_visible(url)
        return url


def set_aria_label(field: forms.Field, label: str) -> None:
    """Label a field in a table, where only the column has a heading."""
    widget: forms.Widget = getattr(field.widget, "widget", None) or field.widget
    widget.attrs["aria-label"] = label


class ConflictAwareSelect(forms.Select):
    """A select that also sends the value that was stored when the page was opened.

    A value that the editor did not change stays as it is stored, even if somebody else changed it.
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

    def is_outdated(self, data: Any, name: str) -> bool:
        """Return whether the stored value changed after the page was opened."""
        return cast(str, data.get(self.opened_name(name))) != str(self.stored)


class ArticleRowForm(forms.ModelForm[Article]):
    """A row of the list of articles, in which only the status can be changed."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.instance.merged_into_id:
            # The status of a merged article is shown but cannot be changed.
            self.fields.pop("status", None)
        if "status" in self.fields:
            status = self.fields["status"]
            self.select = ConflictAwareSelect(status.widget.attrs, cast(Any, status).choices)
            self.select.stored = self.initial.get("status")
            status.widget = self.select
        for field in self.fields.values():
            set_aria_label(field, f"{field.label} – {self.instance.title}")

    def clean(self) -> dict[str, Any] | None:
        name = self.add_prefix("status")
        chosen = self.data.get(name)
        if self.instance.merged_into_id and chosen != self.data.get(f"{name}-opened"):
            raise ValidationError(self.instance.merged_message())
        return super().clean()

    def _post_clean(self) -> None:
        """Skip the model's validation of a merged article, which cannot be changed here."""
        if not self.instance.merged_into_id:
            super()._post_clean()  # type: ignore[misc]  # The stubs lack it.

    def clean_status(self) -> Status:
        status: Status = self.cleaned_data["status"]
        is_changed = "status" in self.changed_data
        if is_changed and self.select.is_outdated(self.data, self.add_prefix("status")):
            message = _("Its status became “%(status)s” after you opened this list.")
            raise ValidationError(message % {"status": self.instance.status})
        return status
