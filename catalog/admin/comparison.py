"""Compare what was typed into a form and its tables with what is stored now."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.db import models
from django.forms.models import model_to_dict
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from catalog.admin.history import ValueDifference
from catalog.admin.rows import CatalogRows
from catalog.retirable import Retirable

_Form = forms.ModelForm[Any]


@dataclass(frozen=True)
class TypedRow:
    """A row of a table that is not stored as such, with what was typed into it."""

    title: str
    values: list[ValueDifference]


@dataclass(frozen=True)
class Comparison:
    """Everything in which the typed form differs from what is stored."""

    differences: list[ValueDifference] = field(default_factory=list)
    removed: list[TypedRow] = field(default_factory=list)
    """Rows that left the table since the form was opened."""
    added: list[Retirable] = field(default_factory=list)
    """Stored rows that came into the table since the form was opened."""
    new: list[TypedRow] = field(default_factory=list)
    """Rows that were typed and are not stored."""
    repeated: list[Retirable] = field(default_factory=list)
    """Stored rows that the same form has added before; it was sent twice."""

    def __bool__(self) -> bool:
        return bool(self.differences or self.removed or self.added or self.new)


def compare(form: _Form, formsets: Iterable[CatalogRows[Any]]) -> Comparison:
    """Compare bound forms with the rows they were made for; nothing is validated or changed."""
    comparison = Comparison(differences_of(form))
    for formset in formsets:
        compare_rows(formset, comparison)
    return comparison


def compare_rows(formset: CatalogRows[Any], comparison: Comparison) -> None:
    for form in formset.initial_forms:
        comparison.differences.extend(differences_of(form, str(form.instance)))
    shown = {form.instance.pk for form in formset.initial_forms}
    added = [row for row in formset.get_queryset() if row.pk not in shown]
    compare_new_rows(formset, added, comparison)
    comparison.added.extend(added)
    comparison.removed.extend(
        TypedRow(str(row or _("A row")), typed_values(form, row))
        for form, row in formset.removed_rows()
        if row is None or not is_retired_as_typed(row, form)
    )


def compare_new_rows(
    formset: CatalogRows[Any], added: list[Retirable], comparison: Comparison
) -> None:
    """Match the new rows with those that are stored since, and take matches out of `added`."""
    for form in formset.extra_forms:
        if form.has_changed():
            twin = next((row for row in added if is_stored_in(row, form)), None)
            if twin is None:
                comparison.new.append(TypedRow(_("New row"), typed_values(form)))
            else:
                added.remove(twin)
                comparison.repeated.append(twin)


def is_retired_as_typed(row: Retirable, form: _Form) -> bool:
    """Return whether a removed row is what the form asks for: retired, with these values."""
    return bool(form["retire"].data) and row.is_retired and is_stored_in(row, form)


def differences_of(form: _Form, title: str = "") -> list[ValueDifference]:
    """Return the fields whose stored value is not what was typed, each named after its row."""
    return [
        ValueDifference(
            f"{title}: {label_of(form, name)}" if title else label_of(form, name),
            as_read(form, name, form.get_initial_for_field(form.fields[name], name)),
            as_read(form, name, form[name].data),
        )
        for name in form.changed_data
    ]


def typed_names(form: _Form) -> list[str]:
    """Return the fields that are not empty, without the hidden keys."""
    return [name for name in form.changed_data if name in form.base_fields]


def typed_values(form: _Form, row: models.Model | None = None) -> list[ValueDifference]:
    """Return all that was typed into a form without a row, beside the values of `row`."""
    stored = {} if row is None else model_to_dict(row)
    return [
        ValueDifference(
            label_of(form, name),
            as_read(form, name, stored.get(name)),
            as_read(form, name, form[name].data),
        )
        for name in typed_names(form)
    ]


def is_stored_in(row: models.Model, form: _Form) -> bool:
    """Return whether a row holds all that was typed into a form without a row."""
    stored = model_to_dict(row)
    return not any(
        form.fields[name].has_changed(stored[name], form[name].data)
        for name in typed_names(form)
        if name in stored
    )


def label_of(form: _Form, name: str) -> str:
    return str(capfirst(form.fields[name].label))


def as_read(form: _Form, name: str, value: Any) -> str:
    """Return a field's value as a person reads it."""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if value in {None, ""}:
        return "–"
    choices = getattr(form.fields[name], "choices", ())
    return str({str(key): label for key, label in choices}.get(str(value), value))
