"""The admin of sections."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from catalog.admin.entries import SectionEntriesInline
from catalog.admin.ordering import OrderedAdmin
from catalog.admin.retiring import RetiredFilter, renumber
from catalog.models import Article, Entry, Section
from catalog.querysets import ArticleQuerySet
from catalog.retirable import NumberedQuerySet


@admin.register(Section)
class SectionAdmin(OrderedAdmin[Section]):
    list_display = ("number", "heading", "layer", "entry_count")
    list_display_links = ("heading",)
    list_select_related = ("layer",)
    list_filter = (RetiredFilter, "layer")
    search_fields = ("title",)
    prepopulated_fields = {"slug": ("title",)}
    inlines = (SectionEntriesInline,)

    def numbered(self) -> NumberedQuerySet[Section]:
        return Section.objects.listed()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Section]:
        current = Q(entries__retired_at=None, entries__article__retired_at=None)
        return super().get_queryset(request).annotate(entry_count=Count("entries", filter=current))

    def get_fields(self, request: HttpRequest, obj: Section | None = None) -> list[Any]:
        """Leave the number out for a new section, which goes to the end."""
        fields = ["title", "emoji", "slug", "layer"]
        return [*fields, "number", "retired_at"] if obj else fields

    @admin.display(description=_("title"), ordering="title")
    def heading(self, section: Section) -> str:
        return f"{section.emoji} {section.title}".strip()

    @admin.display(description=_("entries"), ordering="entry_count")
    def entry_count(self, section: Any) -> int:
        count: int = section.entry_count
        return count

    def view_on_site(self, section: Section) -> str | None:
        return None if section.is_retired else section.get_absolute_url()

    def articles_of(self, retiring: QuerySet[Section]) -> ArticleQuerySet:
        current = Entry.objects.current().filter(section__in=retiring)
        return Article.objects.filter(pk__in=current.values("article"))

    def sections_of(self, changed: QuerySet[Section]) -> QuerySet[Section]:
        return changed

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        for rows in formsets:
            renumber([form.instance], rows.old_numbers)

    def after_revert(self, row: Section, before: Section) -> None:
        super().after_revert(row, before)
        renumber([row])
