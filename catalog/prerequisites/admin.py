"""The admin of prerequisites: the rows of an article, and a list of all."""

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, ForeignKey, QuerySet
from django.forms import ModelChoiceField
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from catalog.admin.article_field import ArticleField
from catalog.admin.article_filters import SectionFilter
from catalog.admin.article_tables import ArticleTable, registered
from catalog.admin.base import CatalogFields
from catalog.admin.retiring import RetirableAdmin, RetiredFilter
from catalog.models import Article, Entry, Section
from catalog.prerequisites.forms import PrerequisiteForm, PrerequisiteRowForm, PrerequisiteRows
from catalog.prerequisites.models import Prerequisite
from catalog.querysets import ArticleQuerySet


class PrerequisiteInline(CatalogFields[Prerequisite], admin.TabularInline[Prerequisite, Article]):
    """All that an article requires: the current ones, then those that are retired."""

    model = Prerequisite
    fk_name = "article"
    form = PrerequisiteRowForm
    formset = PrerequisiteRows
    template = "admin/catalog/rows.html"
    fields = ("requires", "reason", "retire")
    extra = 1
    can_delete = False
    show_change_link = True
    show_history_link = True
    names_articles = True
    verbose_name_plural = _("prerequisites: what to read before it")
    help_text = _(
        "Articles without which this one is hard to follow, each with the reason in one clause: "
        "“it needs …”. Type a title or a link. What would close a cycle is refused. Clear "
        "“Retired” to restore a prerequisite."
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Prerequisite]:
        rows: QuerySet[Prerequisite] = super().get_queryset(request)
        return rows.select_related("article", "requires").order_by(
            F("retired_at").asc(nulls_first=True), "pk"
        )

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        fields = list(super().get_fields(request, obj))
        return fields if self.has_delete_permission(request, obj) else fields[:-1]

    def formfield_for_foreignkey(
        self, db_field: ForeignKey[Any, Any], request: HttpRequest, **options: object
    ) -> ModelChoiceField[Any] | None:
        if db_field.name == "requires":
            options["queryset"] = Article.objects.filter(retired_at=None)
            options["form_class"] = ArticleField
        return super().formfield_for_foreignkey(db_field, request, **options)


class PrerequisiteSectionFilter(SectionFilter):
    """Filter prerequisites by the section of a current entry of their article."""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() not in dict(self.lookup_choices):
            return queryset
        entries = Entry.objects.filter(retired_at=None, section__slug=self.value())
        return queryset.filter(article__in=entries.values("article"))


def _link_to(article: Article) -> SafeString:
    address = reverse("admin:catalog_article_change", args=[article.pk])
    return format_html('<a href="{}">{}</a>', address, article.title)


@admin.register(Prerequisite)
class PrerequisiteAdmin(RetirableAdmin[Prerequisite]):
    """A list of all prerequisites. A new one is added on the page of its article."""

    form = PrerequisiteForm
    list_display = ("article_link", "requires_link", "reason")
    list_display_links = ("reason",)
    list_select_related = ("article", "requires")
    list_filter = (RetiredFilter, PrerequisiteSectionFilter)
    search_fields = ("reason", "article__title", "requires__title")
    search_help_text = _("By reason, or the title of either article.")
    ordering = ("article__title", "article", "pk")
    fields = ("article_link", "requires_link", "reason", "retired_at")
    readonly_fields: ClassVar = ("article_link", "requires_link", "retired_at")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @admin.display(description=_("article"), ordering="article__title")
    def article_link(self, row: Prerequisite) -> SafeString:
        return _link_to(row.article)

    @admin.display(description=_("requires"), ordering="requires__title")
    def requires_link(self, row: Prerequisite) -> SafeString:
        return _link_to(row.requires)

    def articles_of(self, retiring: QuerySet[Prerequisite]) -> ArticleQuerySet:
        return Article.objects.filter(prerequisites__in=retiring).distinct()

    def sections_of(self, changed: QuerySet[Prerequisite]) -> QuerySet[Section]:
        return Section.objects.none()

    @transaction.atomic
    def restore(self, request: HttpRequest, objects: Any) -> int:
        """Restore them one by one, except what would close a cycle, which a message names."""
        count = 0
        for row in objects:
            row.retired_at = None
            try:
                row.clean()
            except ValidationError as error:
                text = format_html("“{}”: {}", str(row), error.messages[0])
                self.message_user(request, text, messages.ERROR)
            else:
                count += super().restore(request, self.rows([row]))
        return count


def register_table() -> None:
    table = ArticleTable(
        PrerequisiteInline, Prerequisite.objects.all(), "prerequisites.view_prerequisite"
    )
    registered.append(table)
