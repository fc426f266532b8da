"""The history of one row in the admin: who changed what and when, and how to revert it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from django.contrib import admin, messages
from django.contrib.admin.utils import display_for_field, unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db import IntegrityError, models, transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import formats, timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from catalog import catalog_version
from catalog.history.records import CREATED, give_reason, latest_of, records_of

_Model = TypeVar("_Model", bound=models.Model)

RECORDS_PER_PAGE = 50

# Fields that never change, and the articles of a row, which only a merge changes.
NOT_REVERTED = {"id", "uuid", "slug", "added_at", "merged_into", "article", "requires"}


@dataclass(frozen=True)
class ValueDifference:
    """Two values of one field, as a person reads them."""

    name: str
    old: str
    new: str


def as_read(field: Any, row: Any) -> str:
    """Return a field's value as a person reads it: a status by name, a time in their zone."""
    if field.is_relation:
        key = getattr(row, field.attname)
        try:
            return "–" if key is None else str(getattr(row, field.name))
        except models.ObjectDoesNotExist:
            return _("number %(key)s, which is deleted") % {"key": key}
    value = getattr(row, field.attname)
    return str(display_for_field(value, field, "–")) if value != "" else "–"


def differences(old: Any, new: Any, *, without: Iterable[str] = ("id",)) -> list[ValueDifference]:
    """Return the fields in which two records of one row differ."""
    return [
        ValueDifference(str(capfirst(field.verbose_name)), as_read(field, old), as_read(field, new))
        for field in new.tracked_fields
        if field.name not in without and getattr(old, field.attname) != getattr(new, field.attname)
    ]


def when(moment: Any) -> str:
    return formats.date_format(timezone.localtime(moment), "DATETIME_FORMAT")


class HistoryAdmin(admin.ModelAdmin[_Model]):
    object_history_template = "admin/catalog/history.html"

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_revert"
        view = self.admin_site.admin_view(self.revert_view)
        return [
            path("<path:object_id>/history/<int:record_id>/", view, name=name),
            *super().get_urls(),
        ]

    def records(self, row: _Model) -> Any:
        records = records_of(self.model).filter(id=row.pk)
        related = [f.name for f in records.model.tracked_fields if f.is_relation]
        return records.select_related("history_user", *related)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        row = self.row_of(request, object_id)
        page = Paginator(self.records(row), RECORDS_PER_PAGE).get_page(request.GET.get("p"))
        context = {
            **self.page_context(request, row),
            "title": _("History of “%(row)s”") % {"row": row},
            "page": page,
            "records": list(self.with_differences(row, list(page))),
            "may_revert": self.has_change_permission(request, row),
            **(extra_context or {}),
        }
        return TemplateResponse(request, self.object_history_template, context)

    def with_differences(self, row: _Model, records: list[Any]) -> Iterator[dict[str, Any]]:
        """Yield the records, newest first, with their changes; skip those that changed nothing."""
        older = records[1:]
        if records:
            before = self.records(row).filter(history_id__lt=records[-1].history_id)
            older += before.order_by("-history_id")[:1]
        for number, record in enumerate(records):
            changes = differences(older[number], record) if number < len(older) else []
            is_first = number >= len(older) or record.history_type == CREATED
            if changes or is_first:
                yield {"record": record, "changes": changes, "is_first": is_first}

    def revert_view(self, request: HttpRequest, object_id: str, record_id: int) -> HttpResponse:
        row = self.row_of(request, object_id)
        if not self.has_change_permission(request, row):
            raise PermissionDenied
        record = self.records(row).filter(history_id=record_id).first()
        if record is None:
            raise Http404
        if request.method == "POST" and self.revert(request, object_id, record):
            return HttpResponseRedirect(self.page_of(row, "change"))
        now = self.records(row).first()
        context = {
            **self.page_context(request, row),
            "title": _("Revert “%(row)s”") % {"row": row},
            "record": record,
            "now": now,
            "changes": differences(now, record, without=NOT_REVERTED),
        }
        return TemplateResponse(request, "admin/catalog/revert_confirmation.html", context)

    def revert(self, request: HttpRequest, object_id: str, record: Any) -> bool:
        """Revert the row and return whether that succeeded; if not, a message says why."""
        try:
            with transaction.atomic():
                catalog_version.lock_catalog()
                row = self.row_of(request, object_id)
                if not differences(self.records(row).first(), record, without=NOT_REVERTED):
                    self.message_user(
                        request,
                        _("It already has these values. Nothing was changed."),
                        messages.INFO,
                    )
                    return True
                self.refuse_changed(request, row)
                before = type(row)._default_manager.get(pk=row.pk)
                for field in record.tracked_fields:
                    if field.name not in NOT_REVERTED:
                        setattr(row, field.attname, getattr(record, field.attname))
                message = _("Reverted to the values of %(when)s.")
                message %= {"when": when(record.history_date)}
                give_reason(row, message)
                row.full_clean()
                row.save()
                self.after_revert(row, before)
                self.log_change(request, row, message)
        except (ValidationError, IntegrityError) as error:
            reasons = error.messages if isinstance(error, ValidationError) else [str(error)]
            for reason in reasons:
                self.message_user(request, reason, messages.ERROR)
            return False
        self.message_user(request, message, messages.SUCCESS)
        return True

    def refuse_changed(self, request: HttpRequest, row: _Model) -> None:
        newest = latest_of(self.model, [row.pk]).get(row.pk)
        if newest and str(newest.pk) != request.POST.get("newest"):
            raise ValidationError(
                _(
                    "Somebody changed it since you opened this page. Nothing was reverted. "
                    "Compare it again."
                )
            )

    def after_revert(self, row: Any, before: Any) -> None:
        """Renumber rows if reverting changed their order."""

    def row_of(self, request: HttpRequest, object_id: str) -> _Model:
        row = self.get_object(request, unquote(object_id))
        if row is None:
            raise Http404
        if not self.has_view_or_change_permission(request, row):
            raise PermissionDenied
        return row

    def page_of(self, row: _Model, page: str) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_{page}", args=[row.pk])

    def page_context(self, request: HttpRequest, row: _Model) -> dict[str, Any]:
        return {
            **self.admin_site.each_context(request),
            "object": row,
            "opts": self.opts,
            "change_url": self.page_of(row, "change"),
            "history_url": self.page_of(row, "history"),
            "revert_name": f"admin:{self.opts.app_label}_{self.opts.model_name}_revert",
        }
