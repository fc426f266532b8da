"""Two editors on one form: the second one compares both versions and chooses."""

from collections.abc import Iterable
from hashlib import sha256
from typing import Any, TypeVar

from django.contrib.admin.utils import unquote
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from catalog import catalog_version
from catalog.admin.comparison import Comparison, compare
from catalog.admin.history import HistoryAdmin, ValueDifference, when
from catalog.admin.rows import CatalogRows
from catalog.history.records import records_of

_Model = TypeVar("_Model", bound=models.Model)

OPENED = "_opened"
"""The hidden field with the digest of what was stored when the form was opened."""

# It changes with every save, even with one that changes nothing else.
NOT_COMPARED = {"updated_at"}


def digest_of(row: models.Model, formsets: Iterable[CatalogRows[Any]]) -> str:
    """Return a digest of the stored values of a row and of the rows in its tables."""
    rows = [row]
    for formset in formsets:
        rows += sorted(formset.get_queryset(), key=lambda each: each.pk)
    stored = [
        [
            (field.attname, getattr(each, field.attname))
            for field in each._meta.concrete_fields
            if field.name not in NOT_COMPARED
        ]
        for each in rows
    ]
    return sha256(repr(stored).encode()).hexdigest()[:32]


class ConflictAdmin(HistoryAdmin[_Model]):
    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        if object_id is None or request.method != "POST":
            return super().changeform_view(request, object_id, form_url, extra_context)
        with transaction.atomic():
            catalog_version.lock_catalog()
            row = self.get_object(request, unquote(object_id))
            if row is not None and self.has_change_permission(request, row):
                response = self.conflict_response(request, row)
                if response is not None:
                    return response
            return super().changeform_view(request, object_id, form_url, extra_context)

    def conflict_response(self, request: HttpRequest, row: _Model) -> HttpResponse | None:
        """Return the comparison if somebody else saved other values; None if saving is safe."""
        formsets = self.editable_formsets(request, row)
        digest = digest_of(row, formsets)
        if request.POST.get(OPENED) == digest:
            return None
        form = self.get_form(request, row, change=True)(request.POST, instance=row)
        comparison = compare(form, formsets)
        if comparison:
            message = self.conflict_message(row, formsets)
            return self.conflict_page(request, row, comparison, digest, message)
        # The same form was sent twice; saving again would add its new rows again.
        return self.response_change(request, row) if comparison.repeated else None

    def editable_formsets(self, request: HttpRequest, row: _Model) -> list[CatalogRows[Any]]:
        """Return the tables of the form that this editor may change, with what was sent of them."""
        return [
            formset(**self.get_formset_kwargs(request, row, inline, formset.get_default_prefix()))
            for formset, inline in self.get_formsets_with_inlines(request, row)
            if inline.has_change_permission(request, row)
        ]

    def conflict_page(
        self,
        request: HttpRequest,
        row: _Model,
        comparison: Comparison,
        digest: str,
        message: str,
    ) -> HttpResponse:
        retired_at = getattr(row, "retired_at", None)
        if retired_at:
            comparison.differences.append(ValueDifference(_("Retired"), when(retired_at), "–"))
        context = {
            **self.admin_site.each_context(request),
            "title": _("“%(row)s” was changed while you edited it") % {"row": row},
            "opts": self.opts,
            "object": row,
            "message": message,
            "comparison": comparison,
            "fields": [
                (name, value)
                for name, values in request.POST.lists()
                if name not in {OPENED, "csrfmiddlewaretoken"}
                for value in values
            ],
            "opened_name": OPENED,
            "opened": digest,
        }
        return TemplateResponse(request, "admin/catalog/conflict.html", context)

    def conflict_message(self, row: _Model, formsets: list[CatalogRows[Any]]) -> str:
        """Return who saved last and when, of the row and the rows in its tables."""
        records = [records_of(self.model).filter(id=row.pk).first()]
        for formset in formsets:
            model: type[models.Model] | None = formset.model
            assert model is not None
            rows = records_of(model).filter(**{formset.fk.name: row})
            records.append(rows.first())
        newest = max(
            (record for record in records if record),
            key=lambda record: record.history_date,
            default=None,
        )
        if newest is None:
            return _("It was saved after you opened this page. Your changes are not saved yet.")
        message = _(
            "%(who)s saved it on %(when)s, after you opened this page. "
            "Your changes are not saved yet."
        )
        who = newest.history_user.get_username() if newest.history_user else _("Somebody")
        return message % {"who": who, "when": when(newest.history_date)}

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **options: Any
    ) -> HttpResponse:
        row = context["original"]
        if row is not None:
            formsets = [
                inline.formset
                for inline in context["inline_admin_formsets"]
                if inline.has_change_permission
            ]
            # A form with errors carries the digest that was compared: validation has changed the
            # row in memory.
            context["opened"] = request.POST.get(OPENED) or digest_of(row, formsets)
        context["opened_name"] = OPENED
        return super().render_change_form(request, context, *args, **options)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, str] | None = None
    ) -> HttpResponse:
        """Lock the catalogue, so that no row changes between its comparison and its write."""
        if request.method != "POST" or "_save" not in request.POST:
            return super().changelist_view(request, extra_context)
        with transaction.atomic():
            catalog_version.lock_catalog()
            return super().changelist_view(request, extra_context)
