"""The admin of prompts: the rows of an article, and a list of all."""

from typing import Any, ClassVar

from adminsortable2.admin import SortableTabularInline
from django.contrib import admin
from django.db import transaction
from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from catalog.admin.article_filters import YES_OR_NO, SectionFilter
from catalog.admin.article_tables import ArticleTable, registered
from catalog.admin.base import CatalogFields
from catalog.admin.retiring import RetirableAdmin, RetiredFilter
from catalog.admin.rows import AT_THE_END
from catalog.models import Article, Entry, Section
from catalog.prompts.forms import PromptForm, PromptRowForm, PromptRows
from catalog.prompts.models import Prompt
from catalog.querysets import ArticleQuerySet


class PromptInline(CatalogFields[Prompt], SortableTabularInline):
    """All prompts of an article: the current ones in their order, then those that are retired."""

    model = Prompt
    form = PromptRowForm
    formset = PromptRows
    template = "admin/catalog/rows.html"
    fields = ("number", "question", "answer", "source_lines", "retire")
    ordering = ("number", "pk")
    extra = 1
    can_delete = False
    show_change_link = True
    show_history_link = True
    help_text = _(
        "Questions for learners who recall what they read. Ask one thing, why or when before what, "
        "and answer it in one to four sentences. Each source is a line with a title, a space and "
        "the address. The number is the position; leave it empty to keep the position, or to add "
        "a new prompt at the end. Clear “Retired” to restore a prompt."
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Prompt]:
        prompts: QuerySet[Prompt] = super().get_queryset(request)
        return prompts.order_by(F("retired_at").asc(nulls_first=True), "number", "pk")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        fields = list(super().get_fields(request, obj))
        return fields if self.has_delete_permission(request, obj) else fields[:-1]


class PromptSectionFilter(SectionFilter):
    """Filter prompts by the section of a current entry of their article."""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() not in dict(self.lookup_choices):
            return queryset
        entries = Entry.objects.filter(retired_at=None, section__slug=self.value())
        return queryset.filter(article__in=entries.values("article"))


class SourcesFilter(admin.SimpleListFilter):
    title = _("has sources")
    parameter_name = "sources"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return YES_OR_NO

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() not in dict(YES_OR_NO):
            return queryset
        without = queryset.filter(source_lines="")
        return without if self.value() == "no" else queryset.exclude(source_lines="")


@admin.register(Prompt)
class PromptAdmin(RetirableAdmin[Prompt]):
    """A list of all prompts. A new one is written on the page of its article."""

    form = PromptForm
    list_display = ("question", "article_link", "number", "source_count")
    list_select_related = ("article",)
    list_filter = (
        RetiredFilter,
        SourcesFilter,
        PromptSectionFilter,
        ("article", admin.RelatedOnlyFieldListFilter),
    )
    search_fields = ("question", "answer", "source_lines", "article__title")
    ordering = ("article__title", "article", "number", "pk")
    fields = ("article_link", "number", "question", "answer", "source_lines", "retired_at")
    readonly_fields: ClassVar = ("article_link", "retired_at")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @admin.display(description=_("article"), ordering="article__title")
    def article_link(self, prompt: Prompt) -> SafeString:
        address = reverse("admin:catalog_article_change", args=[prompt.article_id])
        return format_html('<a href="{}">{}</a>', address, prompt.article.title)

    @admin.display(description=_("sources"))
    def source_count(self, prompt: Prompt) -> int:
        return len(prompt.sources)

    def articles_of(self, retiring: QuerySet[Prompt]) -> ArticleQuerySet:
        return Article.objects.filter(prompts__in=retiring).distinct()

    def sections_of(self, changed: QuerySet[Prompt]) -> QuerySet[Section]:
        return Section.objects.none()

    @transaction.atomic
    def retire(self, request: HttpRequest, objects: Any) -> int:
        chosen = list(objects)
        count = super().retire(request, chosen)
        self.renumber(chosen)
        return count

    @transaction.atomic
    def restore(self, request: HttpRequest, objects: Any) -> int:
        chosen = list(objects)
        count = super().restore(request, chosen)
        self.renumber(chosen)
        return count

    def renumber(self, changed: list[Prompt], old_numbers: dict[int, int] | None = None) -> None:
        for article in {prompt.article_id for prompt in changed}:
            Prompt.objects.filter(article=article).current().renumber(old_numbers)

    def save_model(self, request: HttpRequest, obj: Prompt, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        self.renumber([obj], {obj.pk: form.old_number})

    def after_revert(self, row: Prompt, before: Prompt) -> None:
        self.renumber([row], {row.pk: AT_THE_END if before.is_retired else before.number})


def register_table() -> None:
    table = ArticleTable(PromptInline, Prompt.objects.all(), "prompts.view_prompt")
    registered.append(table)
