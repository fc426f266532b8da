"""The parts of tables on the form of an article or a section: rows, their numbers and texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Generic, TypeVar

from adminsortable2.admin import CustomInlineFormSet
from django import forms
from django.db import models
from django.forms.models import BaseInlineFormSet, ModelForm
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

AT_THE_END = 32767
"""The number of a new row, larger than any other, until its table is renumbered."""
KEY_DIGITS = 19
"""A primary key has fewer digits than this; a database refuses a larger number."""

_Model = TypeVar("_Model", bound=models.Model)


class NumberField(forms.IntegerField):
    """The number of a row in its table. An empty field leaves the row where it is."""

    def __init__(self, **options: Any) -> None:
        own = {"label": _("Number"), "min_value": 1, "max_value": AT_THE_END, "required": False}
        super().__init__(**{**own, **options})

    def has_changed(self, initial: Any, data: Any) -> bool:
        return data not in self.empty_values and super().has_changed(initial, data)


class SingleLineTextarea(forms.Textarea):
    """A field for a text of one line that may be long: it wraps, and is stored on one line."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"rows": 2, "class": "vLargeTextField", **(attrs or {})})

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        text = super().value_from_datadict(data, files, name)
        return " ".join(text.split()) if text else text


class LinesTextarea(forms.Textarea):
    """A field for a text of several lines, which browsers send with other line endings."""

    def __init__(self, rows: int) -> None:
        super().__init__({"rows": rows, "class": "vLargeTextField"})

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        text = super().value_from_datadict(data, files, name)
        return "\n".join(line.rstrip() for line in text.splitlines()) if text else text


class CatalogRows(BaseInlineFormSet[_Model, Any, Any], Generic[_Model]):
    """The rows of one section or of one article.

    A sent row that is no longer in the table is neither validated nor saved. On an edit conflict,
    the comparison shows what was typed into it.
    """

    removed_forms: Sequence[ModelForm[Any]] = ()
    sent_keys: Sequence[int] = ()

    @cached_property
    def forms(self) -> list[Any]:
        forms: list[Any] = super().forms
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

    def removed_rows(self) -> list[tuple[ModelForm[Any], _Model | None]]:
        """Return the forms of rows that have left the table, each with its row if it exists."""
        keys = [str(form["id"].data) for form in self.removed_forms]
        known = [int(key) for key in keys if key.isdecimal() and len(key) < KEY_DIGITS]
        assert self.model is not None
        stored = self.model._default_manager.in_bulk(known)
        rows: Mapping[str, _Model] = {str(pk): row for pk, row in stored.items()}
        return [(form, rows.get(key)) for form, key in zip(self.removed_forms, keys, strict=True)]

    @property
    def old_numbers(self) -> dict[int, int]:
        """The number of each row before the change, by primary key. Read it after saving."""
        return {form.instance.pk: form.old_number for form in self.forms if form.instance.pk}


class SortableRows(CatalogRows[_Model], CustomInlineFormSet):
    """Rows that are ordered by dragging, or by typing their number."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        number = self.form.base_fields["number"]
        number.widget = forms.NumberInput(attrs={"class": "_reorder_", "min": 1})
