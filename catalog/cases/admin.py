"""The admin of cases."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from catalog.admin.ordering import OrderedAdmin
from catalog.admin.retiring import RetiredFilter
from catalog.admin.rows import AT_THE_END
from catalog.cases.forms import CaseForm
from catalog.cases.models import Case
from catalog.models import Article, Section
from catalog.querysets import ArticleQuerySet
from catalog.retirable import NumberedQuerySet

INTERVIEW = ("brief", "question_lines", "stage_lines", "twist", "twist_minute")
REFERENCE = (
    "requirements", "estimate_input_lines", "estimate_lines", "interface", "data_model",
    "diagram", "deep_dives", "failure_modes", "trade_offs", "article_lines",
)  # fmt: skip


@admin.register(Case)
class CaseAdmin(OrderedAdmin[Case]):
    form = CaseForm
    delete_confirmation_template = "admin/cases/retire_confirmation.html"
    list_display = ("number", "title", "article_count", "retired_at")
    list_display_links = ("title",)
    list_filter = (RetiredFilter,)
    search_fields = ("title", *INTERVIEW[:-1], "rubric_lines", *REFERENCE)
    prepopulated_fields = {"slug": ("title",)}

    def get_fieldsets(self, request: HttpRequest, obj: Case | None = None) -> Any:
        """Leave the number out for a new case, which goes to the end."""
        first = ("title", "slug", "number", "retired_at") if obj else ("title", "slug")
        reference = _(
            "What learners compare their own work with after they finished. An empty part is not "
            "shown. Texts are Markdown where nothing else is said."
        )
        return [
            (None, {"fields": first}),
            (_("Interview"), {"fields": INTERVIEW}),
            (_("Scoring"), {"fields": ["rubric_lines"]}),
            (_("Reference"), {"fields": REFERENCE, "description": reference}),
        ]

    @admin.display(description=_("articles"))
    def article_count(self, case: Case) -> int:
        return len(case.article_slugs)

    def numbered(self) -> NumberedQuerySet[Case]:
        return Case.objects.current()

    def save_model(self, request: HttpRequest, obj: Case, form: Any, change: bool) -> None:
        if not change:
            obj.number = AT_THE_END
        super().save_model(request, obj, form, change)

    def articles_of(self, retiring: QuerySet[Case]) -> ArticleQuerySet:
        return Article.objects.none()

    def sections_of(self, changed: QuerySet[Case]) -> QuerySet[Section]:
        return Section.objects.none()

    # --- Preview

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.preview)
        own = path("<path:object_id>/preview/", view, name="cases_case_preview")
        return [own, *super().get_urls()]

    def preview(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show the whole case as it is stored, as learners see its parts."""
        case = self.row_of(request, object_id)
        return TemplateResponse(request, "cases/case_preview.html", {"case": case})
