"""Two editors on one form: who saves second sees what the first one saved, and decides."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, TypeVar, cast

from django import forms
from django.contrib.admin.options import InlineModelAdmin
from django.contrib.admin.utils import unquote
from django.db import models, transaction
from django.db.models import QuerySet
from django.forms.models import _get_foreign_key
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from catalog import catalog_version
from catalog.admin.history import Difference, VersionedAdmin, shown, when
from catalog.history import versions_of

_Model = TypeVar("_Model", bound=models.Model)

OPENED = "_opened"
"""The field by which a form says which version of the row it shows."""

# It changes with every save, also of what is there already.
NOT_COMPARED = {"updated_at"}


@dataclass
class Gone:
    """A row that the form shows and that is no longer there, with what was typed into it."""

    title: str
    typed: list[Difference]


@dataclass
class Conflict:
    words: str
    gone: list[Gone] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.gone or self.added or self.differences)


class FormRequest(HttpRequest):
    """For a form of one row, with what was found when it was looked at."""

    opened: str
    conflict: Conflict | None


def conflict_of(request: HttpRequest) -> Conflict | None:
    return getattr(request, "conflict", None)


class Refused(forms.ModelForm[Any]):
    """Not saved, and without an error for it: the page says why, above what differs."""

    def is_valid(self) -> bool:
        super().is_valid()
        return False


def as_read(form: forms.BaseForm, name: str, value: Any) -> str:
    """A value of a form's field as a person reads it."""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if value in {None, ""}:
        return "–"
    choices = getattr(form.fields[name], "choices", ())
    return str({str(key): label for key, label in choices}.get(str(value), value))


def differences_of(form: Any, title: str = "") -> Iterator[Difference]:
    """What is stored now beside what was typed."""
    for name in form.changed_data:
        label = str(capfirst(form.fields[name].label))
        stored = form.get_initial_for_field(form.fields[name], name)
        yield Difference(
            f"{title}: {label}" if title else label,
            as_read(form, name, stored),
            as_read(form, name, form[name].data),
        )


class ConflictAdmin(VersionedAdmin[_Model]):
    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        if object_id is None:
            return super().changeform_view(request, object_id, form_url, extra_context)
        if request.method != "POST":
            self.look(cast(FormRequest, request), object_id)
            return super().changeform_view(request, object_id, form_url, extra_context)
        with transaction.atomic():
            catalog_version.lock_catalog()
            self.look(cast(FormRequest, request), object_id)
            response = super().changeform_view(request, object_id, form_url, extra_context)
            conflict = conflict_of(request)
            if conflict is not None and not conflict:
                # The same was typed as is stored, as by sending a form twice.
                cast(FormRequest, request).conflict = None
                response = super().changeform_view(request, object_id, form_url, extra_context)
            return response

    def look(self, request: FormRequest, object_id: str) -> None:
        """Which version is stored; and whether it is another one than the form was opened with."""
        row = self.get_object(request, unquote(object_id))
        if row is None:
            return
        inlines = [
            (inline, self.rows_of(request, inline, row))
            for inline in self.get_inline_instances(request, row)
            if inline.has_change_permission(request, row)
        ]
        request.opened = self.digest(row, [rows for _inline, rows in inlines])
        if request.method == "POST" and request.POST.get(OPENED) != request.opened:
            conflict = Conflict(self.refusal(row, [rows for _inline, rows in inlines]))
            request.conflict = conflict
            for inline, rows in inlines:
                stored = {entry.pk: entry for entry in rows}
                self.sort_out(request, conflict, inline, stored)

    def rows_of(
        self, request: HttpRequest, inline: InlineModelAdmin[Any, Any], row: _Model
    ) -> QuerySet[Any]:
        key = _get_foreign_key(self.model, inline.model, fk_name=inline.fk_name)
        return inline.get_queryset(request).filter(**{key.name: row}).order_by("pk")

    def digest(self, row: _Model, inlines: list[QuerySet[Any]]) -> str:
        stored = [
            [
                (field.attname, getattr(each, field.attname))
                for field in each._meta.concrete_fields
                if field.name not in NOT_COMPARED
            ]
            for each in [row, *(entry for rows in inlines for entry in rows)]
        ]
        return sha256(repr(stored).encode()).hexdigest()[:32]

    def refusal(self, row: _Model, inlines: list[QuerySet[Any]]) -> str:
        versions = [versions_of(self.model).filter(id=row.pk).first()]
        for rows in inlines:
            key = _get_foreign_key(self.model, rows.model)
            versions.append(versions_of(rows.model).filter(**{key.name: row}).first())
        newest = max(
            (version for version in versions if version),
            key=lambda version: version.history_date,
            default=None,
        )
        if newest is None:
            return _("It was saved after you opened this page; yours is not saved yet.")
        who = newest.history_user.get_username() if newest.history_user else _("Somebody")
        words = _(
            "%(who)s saved it on %(when)s, after you opened this page; yours is not saved yet."
        )
        return words % {"who": who, "when": when(newest.history_date)}

    def sort_out(
        self,
        request: HttpRequest,
        conflict: Conflict,
        inline: InlineModelAdmin[Any, Any],
        stored: dict[int, Any],
    ) -> None:
        """Leaves out of what was sent the rows that are gone, and notes them and the new ones."""
        formset: Any = inline.get_formset(request)
        prefix = formset.get_default_prefix()
        post: QueryDict = request.POST.copy()
        names = [*formset.form.base_fields, "id", formset.fk.name]
        try:
            total, initial = (int(str(post[f"{prefix}-{n}_FORMS"])) for n in ("TOTAL", "INITIAL"))
        except (KeyError, ValueError):
            return  # The form says itself what is wrong with that.
        total = min(total, formset.absolute_max)
        sent = [{n: post.pop(f"{prefix}-{i}-{n}", None) for n in names} for i in range(total)]
        keys = [(values["id"] or [""])[-1] for values in sent]
        known = {str(pk) for pk in stored}
        is_gone = [bool(key) and key not in known for key in keys]
        left = [values for values, gone in zip(sent, is_gone, strict=True) if not gone]
        for number, values in enumerate(left):
            for name, value in values.items():
                if value is not None:
                    post.setlist(f"{prefix}-{number}-{name}", value)
        post[f"{prefix}-TOTAL_FORMS"] = str(len(left))
        post[f"{prefix}-INITIAL_FORMS"] = str(initial - sum(is_gone[:initial]))
        conflict.gone += [
            self.gone(formset, key, values)
            for key, values, gone in zip(keys, sent, is_gone, strict=True)
            if gone
        ]
        conflict.added += [str(row) for pk, row in stored.items() if str(pk) not in keys]
        request.POST = cast(Any, post)

    def gone(self, formset: Any, key: str, values: dict[str, Any]) -> Gone:
        row = formset.model._default_manager.filter(pk=key).first() if key.isdecimal() else None
        typed = []
        form = formset.form()
        for name, value in values.items():
            if name in form.fields and value:
                label = str(capfirst(form.fields[name].label))
                now = ""
                if row is not None and name != "retire":
                    now = shown(row._meta.get_field(name), row)
                typed.append(Difference(label, now, as_read(form, name, value[-1])))
        return Gone(str(row) if row else key, typed)

    def get_form(
        self, request: HttpRequest, obj: _Model | None = None, change: bool = False, **options: Any
    ) -> Any:
        form: Any = super().get_form(request, obj, change, **options)
        if conflict_of(request) is None:
            return form
        return type(form)(form.__name__, (Refused, form), {})

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **options: Any
    ) -> HttpResponse:
        conflict = conflict_of(request)
        if conflict is not None:
            conflict.differences = list(self.differences(context))
        context = {
            **context,
            "opened_name": OPENED,
            "opened": getattr(request, "opened", ""),
            "conflict": conflict,
        }
        return super().render_change_form(request, context, *args, **options)

    def differences(self, context: dict[str, Any]) -> Iterator[Difference]:
        yield from differences_of(context["adminform"].form)
        retired_at = getattr(context["original"], "retired_at", None)
        if retired_at:
            yield Difference(_("Retired"), when(retired_at), "–")
        for inline in context["inline_admin_formsets"]:
            if inline.has_change_permission:
                for form in inline.formset.initial_forms:
                    yield from differences_of(form, str(form.initial.get("title", "")))

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, str] | None = None
    ) -> HttpResponse:
        """Nobody changes a row between the look at it and the write."""
        if request.method != "POST" or "_save" not in request.POST:
            return super().changelist_view(request, extra_context)
        with transaction.atomic():
            catalog_version.lock_catalog()
            return super().changelist_view(request, extra_context)
