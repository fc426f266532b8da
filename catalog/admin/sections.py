"""The admin of sections."""

from typing import Any

from adminsortable2.admin import SortableAdminMixin
from django.contrib import admin
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from catalog.admin.entries import SectionEntriesInline
from catalog.admin.retiring import RetirableAdmin, RetiredFilter, renumber
from catalog.models import Article, Entry, Section
from catalog.querysets import ArticleQuerySet


@admin.register(Section)
class SectionAdmin(SortableAdminMixin, RetirableAdmin[Section]):
    list_display = ("number", "heading", "layer", "entry_count")
    list_display_links = ("heading",)
    list_select_related = ("layer",)
    list_filter = (RetiredFilter, "layer")
    # Dragging works within one page only.
    list_per_page = 1000
    ordering = ("number", "pk")
    search_fields = ("title",)
    prepopulated_fields = {"slug": ("title",)}
    inlines = (SectionEntriesInline,)

    def _add_reorder_method(self) -> None:
        """Show a drag handle with the number, or only the number in a list sorted otherwise."""
        super()._add_reorder_method()
        handle = vars(self)["_reorder_"]

        @admin.display(description=handle.short_description, ordering="number")
        def position(section: Section) -> SafeString | int:
            shown: SafeString | int = handle(section) if self.enable_sorting else section.number
            return shown

        self._reorder_ = position

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

    def retire(self, request: HttpRequest, objects: Any) -> int:
        return self.in_order(super().retire(request, objects))

    def restore(self, request: HttpRequest, objects: Any) -> int:
        return self.in_order(super().restore(request, objects))

    @transaction.atomic
    def in_order(self, changed: int) -> int:
        Section.objects.listed().renumber()
        return changed

    def save_model(self, request: HttpRequest, obj: Section, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        old_number = form.initial.get("number", obj.number)
        Section.objects.listed().renumber({obj.pk: old_number})

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        for rows in formsets:
            renumber([form.instance], rows.old_numbers)

    def after_revert(self, row: Section, before: Section) -> None:
        Section.objects.listed().renumber({row.pk: before.number})
        renumber([row])

    @transaction.atomic
    def _update_order(self, updated_items: list[list[Any]], extra_model_filters: Any) -> int:
        """Take only the order from the browser, because a filtered list lacks some numbers."""
        positions = {int(pk): int(position) for pk, position in updated_items}
        Section.objects.listed().renumber()
        sections = list(Section.objects.select_for_update().filter(pk__in=positions))
        numbers = sorted(section.number for section in sections)
        sections.sort(key=lambda section: positions[section.pk])
        for section, number in zip(sections, numbers, strict=True):
            section.number = number
        return Section.objects.all().save_numbers(sections)
