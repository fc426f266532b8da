"""Admin pages that retire rows instead of deleting them, and restore them."""

from abc import ABCMeta, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, ClassVar, TypeVar, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.admin.utils import model_ngettext
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from catalog import learner_counts
from catalog.admin.base import CatalogAdmin
from catalog.models import Article, Section
from catalog.querysets import ArticleQuerySet
from catalog.retirable import Retirable, RetirableQuerySet

_Retirable = TypeVar("_Retirable", bound=Retirable)


class RetiredFilter(admin.SimpleListFilter):
    title = gettext_lazy("retired")
    parameter_name = "retired"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", gettext_lazy("Yes")), ("all", gettext_lazy("All"))]

    def choices(self, changelist: Any) -> Iterator[Any]:
        default, *others = super().choices(changelist)
        yield {**default, "display": gettext_lazy("No")}
        yield from others

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "all":
            return queryset
        return queryset.filter(retired_at__isnull=self.value() != "yes")


class AbstractAdmin(ABCMeta, forms.MediaDefiningClass):
    """The metaclass of an admin with abstract methods: it is not registered without them."""


class RetirableAdmin(CatalogAdmin[_Retirable], metaclass=AbstractAdmin):
    actions: Sequence[Any] | None = ("retire_selected", "restore_selected")
    readonly_fields: ClassVar[tuple[str, ...]] = ("retired_at",)
    delete_confirmation_template = "admin/catalog/retire_confirmation.html"

    @abstractmethod
    def articles_of(self, retiring: QuerySet[_Retirable]) -> ArticleQuerySet:
        """Return the articles that learners would no longer find."""

    @abstractmethod
    def sections_of(self, changed: QuerySet[_Retirable]) -> QuerySet[Section]:
        """Return the sections whose entries need new numbers."""

    def rows(self, objects: Iterable[_Retirable]) -> RetirableQuerySet[_Retirable]:
        """Return a plain query for the same rows, without the list's joins and annotations."""
        keys = [row.pk for row in objects]
        return cast(
            "RetirableQuerySet[_Retirable]", self.model._default_manager.filter(pk__in=keys)
        )

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    @admin.action(
        description=gettext_lazy("Retire selected %(verbose_name_plural)s"), permissions=["delete"]
    )
    def retire_selected(
        self, request: HttpRequest, queryset: QuerySet[_Retirable]
    ) -> HttpResponse | None:
        if "confirmed" in request.POST:
            chosen = list(queryset)
            self.say(request, len(chosen), self.retire(request, chosen), _("Retired"))
            return None
        context = {
            **self.admin_site.each_context(request),
            **self.confirmation(request, queryset),
            "opts": self.opts,
            "media": self.media,
            "action_checkbox_name": ACTION_CHECKBOX_NAME,
        }
        return TemplateResponse(request, self.delete_confirmation_template, context)

    @admin.action(
        description=gettext_lazy("Restore selected %(verbose_name_plural)s"),
        permissions=["change"],
    )
    def restore_selected(self, request: HttpRequest, queryset: QuerySet[_Retirable]) -> None:
        chosen = list(queryset)
        self.say(request, len(chosen), self.restore(request, chosen), _("Restored"))

    @transaction.atomic
    def retire(self, request: HttpRequest, objects: Iterable[_Retirable]) -> int:
        rows = self.rows(row for row in objects if not row.is_retired)
        self.log(request, rows, _("Retired."))
        sections = list(self.sections_of(rows))
        count = rows.retire()
        renumber(sections)
        return count

    @transaction.atomic
    def restore(self, request: HttpRequest, objects: Iterable[_Retirable]) -> int:
        rows = self.rows(row for row in objects if row.is_retired)
        self.log(request, rows, _("Restored."))
        count = rows.restore()
        renumber(self.sections_of(rows))
        return count

    def say(self, request: HttpRequest, chosen: int, changed: int, done: str) -> None:
        """Report how many rows an action changed, and how many needed no change."""
        message = f"{done}: {changed} {model_ngettext(self.opts, changed)}."
        if unchanged := chosen - changed:
            message += " " + ngettext(
                "%(count)d needed no change.", "%(count)d needed no change.", unchanged
            ) % {"count": unchanged}
        self.message_user(request, message, messages.SUCCESS if changed else messages.INFO)

    def log(self, request: HttpRequest, objects: QuerySet[Any], message: str) -> None:
        if request.user.pk is not None and objects:
            LogEntry.objects.log_actions(request.user.pk, objects, CHANGE, message)

    def confirmation(self, request: HttpRequest, retiring: QuerySet[_Retirable]) -> dict[str, Any]:
        articles = self.articles_of(self.rows(retiring))
        return {
            "title": _("Retire"),
            "retiring": retiring,
            "articles": learner_counts.registered.annotate(articles),
        }

    # Each step of Django's deletion is replaced by retiring.

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[Any], dict[str, int], set[str], list[Any]]:
        return [], {}, set(), []

    def log_deletions(self, request: HttpRequest, queryset: Any) -> list[LogEntry]:
        """Log nothing: `retire()` does it."""
        return []

    def delete_model(self, request: HttpRequest, obj: _Retirable) -> None:
        self.retire(request, [obj])

    def render_delete_form(self, request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
        retiring = self.rows([context["object"]])
        return super().render_delete_form(
            request, {**context, **self.confirmation(request, retiring)}
        )

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, object] | None = None,
    ) -> HttpResponse:
        """Restore the row, if that is what the banner of a retired one asks for."""
        if request.method != "POST" or "_only_restore" not in request.POST:
            return super().change_view(request, object_id, form_url, extra_context)
        row = self.row_of(request, object_id)
        if not self.has_change_permission(request, row):
            raise PermissionDenied
        self.say(request, 1, self.restore(request, [row]), _("Restored"))
        return HttpResponseRedirect(request.get_full_path())

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **options: Any
    ) -> HttpResponse:
        context = {**context, "is_retirable": True}
        return super().render_change_form(request, context, *args, **options)

    def response_delete(self, request: HttpRequest, obj_display: str, obj_id: int) -> HttpResponse:
        message = _("“%(name)s” is retired. Filter by “Retired” to restore it.")
        self.message_user(request, message % {"name": obj_display}, messages.SUCCESS)
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist"
        return HttpResponseRedirect(reverse(name))

    def response_change(self, request: HttpRequest, obj: _Retirable) -> HttpResponse:
        if "_restore" not in request.POST:
            return super().response_change(request, obj)
        self.say(request, 1, self.restore(request, [obj]), _("Restored"))
        return HttpResponseRedirect(request.get_full_path())


@transaction.atomic
def renumber(sections: Iterable[Section], old_numbers: dict[int, int] | None = None) -> None:
    """Give the entries of each section the numbers 1, 2, 3, …."""
    for section in sections:
        section.entries.current().renumber(old_numbers)


def sections_with(articles: QuerySet[Article]) -> QuerySet[Section]:
    return Section.objects.filter(entries__article__in=articles).distinct()
