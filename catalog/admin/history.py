"""The versions of one row of the catalogue: who made each, when, what it changed, and the way back
to it."""

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
from catalog.history import CREATED, give_reason, latest_of, records_of

_Model = TypeVar("_Model", bound=models.Model)

VERSIONS_PER_PAGE = 50

# What a row is known by, or was given once for all; and the article of an entry, which changes only
# where two are merged for good.
KEPT = {"id", "uuid", "slug", "added_at", "merged_into", "article"}


@dataclass(frozen=True)
class ValueDifference:
    name: str
    old: str
    new: str


def shown(field: Any, row: Any) -> str:
    """A field's value as a person reads it: a status by its name, a moment in their time."""
    if field.is_relation:
        key = getattr(row, field.attname)
        try:
            return "–" if key is None else str(getattr(row, field.name))
        except models.ObjectDoesNotExist:
            return _("number %(key)s, which is gone") % {"key": key}
    value = getattr(row, field.attname)
    return str(display_for_field(value, field, "–")) if value != "" else "–"


def differences(old: Any, new: Any, *, without: Iterable[str] = ("id",)) -> list[ValueDifference]:
    """Of two versions of one row, by the fields that differ."""
    return [
        ValueDifference(str(capfirst(field.verbose_name)), shown(field, old), shown(field, new))
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
            path("<path:object_id>/history/<int:version_id>/", view, name=name),
            *super().get_urls(),
        ]

    def versions(self, row: _Model) -> Any:
        versions = records_of(self.model).filter(id=row.pk)
        related = [f.name for f in versions.model.tracked_fields if f.is_relation]
        return versions.select_related("history_user", *related)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        row = self.row_of(request, object_id)
        page = Paginator(self.versions(row), VERSIONS_PER_PAGE).get_page(request.GET.get("p"))
        context = {
            **self.page_context(request, row),
            "title": _("Versions of “%(row)s”") % {"row": row},
            "page": page,
            "versions": list(self.with_differences(row, list(page))),
            "may_revert": self.has_change_permission(request, row),
            **(extra_context or {}),
        }
        return TemplateResponse(request, self.object_history_template, context)

    def with_differences(self, row: _Model, versions: list[Any]) -> Iterator[dict[str, Any]]:
        """Newest first, each with what it changed; those that changed nothing are left out."""
        older = versions[1:]
        if versions:
            before = self.versions(row).filter(history_id__lt=versions[-1].history_id)
            older += before.order_by("-history_id")[:1]
        for number, version in enumerate(versions):
            changes = differences(older[number], version) if number < len(older) else []
            is_first = number >= len(older) or version.history_type == CREATED
            if changes or is_first:
                yield {"version": version, "changes": changes, "is_first": is_first}

    def revert_view(self, request: HttpRequest, object_id: str, version_id: int) -> HttpResponse:
        row = self.row_of(request, object_id)
        if not self.has_change_permission(request, row):
            raise PermissionDenied
        version = self.versions(row).filter(history_id=version_id).first()
        if version is None:
            raise Http404
        if request.method == "POST" and self.revert(request, object_id, version):
            return HttpResponseRedirect(self.page_of(row, "change"))
        now = self.versions(row).first()
        context = {
            **self.page_context(request, row),
            "title": _("Revert “%(row)s”") % {"row": row},
            "version": version,
            "now": now,
            "changes": differences(now, version, without=KEPT),
        }
        return TemplateResponse(request, "admin/catalog/revert_confirmation.html", context)

    def revert(self, request: HttpRequest, object_id: str, version: Any) -> bool:
        """Whether it was done; else the reason is a message."""
        try:
            with transaction.atomic():
                catalog_version.lock_catalog()
                row = self.row_of(request, object_id)
                if not differences(self.versions(row).first(), version, without=KEPT):
                    self.message_user(request, _("It is like that already."), messages.INFO)
                    return True
                self.refuse_changed(request, row)
                before = type(row)._default_manager.get(pk=row.pk)
                for field in version.tracked_fields:
                    if field.name not in KEPT:
                        setattr(row, field.attname, getattr(version, field.attname))
                words = _("Reverted to the version of %(when)s.")
                words %= {"when": when(version.history_date)}
                give_reason(row, words)
                row.full_clean()
                row.save()
                self.after_revert(row, before)
                self.log_change(request, row, words)
        except (ValidationError, IntegrityError) as error:
            said = error.messages if isinstance(error, ValidationError) else [str(error)]
            for reason in said:
                self.message_user(request, reason, messages.ERROR)
            return False
        self.message_user(request, words, messages.SUCCESS)
        return True

    def refuse_changed(self, request: HttpRequest, row: _Model) -> None:
        newest = latest_of(self.model, [row.pk]).get(row.pk)
        if newest and str(newest.pk) != request.POST.get("newest"):
            raise ValidationError(
                _("It was changed meanwhile; nothing was reverted. See what is different now.")
            )

    def after_revert(self, row: Any, before: Any) -> None:
        """Puts in order what stands in order."""

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
