"""The admin of entries, on pages of their own and in the forms of sections and articles."""

from typing import Any, cast

from adminsortable2.admin import SortableTabularInline
from django.contrib import admin, messages
from django.contrib.admin.options import InlineModelAdmin
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import ForeignKey, QuerySet
from django.forms import Media, ModelChoiceField, Script
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.admin.article_field import ArticleField
from catalog.admin.base import CatalogFields
from catalog.admin.entry_forms import (
    EntryForm,
    EntryRowForm,
    EntryRows,
    SortableEntryRows,
)
from catalog.admin.moving import MovingAdmin
from catalog.admin.retiring import RetiredFilter, renumber
from catalog.admin.rows import AT_THE_END
from catalog.models import Article, Entry, Section
from catalog.querysets import ArticleQuerySet, EntryQuerySet

POPUP_SCRIPT = Script("js/admin/article-field.js", type="module")


class EntryFields(CatalogFields[Entry]):
    @property
    def media(self) -> Media:
        # The stubs know paths only.
        scripts: list[Any] = ["admin/js/admin/RelatedObjectLookups.js", POPUP_SCRIPT]
        return super().media + Media(js=scripts)

    def formfield_for_foreignkey(
        self, db_field: ForeignKey[Any, Any], request: HttpRequest, **options: object
    ) -> ModelChoiceField[Any] | None:
        if db_field.name == "article":
            options["queryset"] = Article.objects.filter(retired_at=None)
            options["form_class"] = ArticleField
        return super().formfield_for_foreignkey(db_field, request, **options)


class EntryRowsInline(EntryFields, InlineModelAdmin[Entry, Any]):
    """The rows that are not retired, each with a checkbox that retires it."""

    model = Entry
    form = EntryRowForm
    template = "admin/catalog/rows.html"
    help_text = gettext_lazy(
        "The number is the position in the section. Leave it empty to keep the position, or to add "
        "a new entry at the end. An empty title becomes the title of the article."
    )
    extra = 1
    can_delete = False
    show_change_link = True
    names_articles = False
    """True if the article of a new row is typed."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Entry]:
        entries = cast(EntryQuerySet, super().get_queryset(request))
        return entries.filter(retired_at=None).select_related("article")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        fields = list(super().get_fields(request, obj))
        return fields if self.has_delete_permission(request, obj) else fields[:-1]


class SectionEntriesInline(EntryRowsInline, SortableTabularInline):
    formset = SortableEntryRows
    names_articles = True
    fields = ("number", "article", "title", "what_you_learn", "retire")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Entry]:
        return super().get_queryset(request).filter(article__retired_at=None)


class ArticleEntriesInline(EntryRowsInline, admin.TabularInline[Entry, Article]):
    formset = EntryRows
    fields = ("section", "number", "title", "what_you_learn", "retire")


@admin.register(Entry)
class EntryAdmin(EntryFields, MovingAdmin[Entry]):
    form = EntryForm
    actions = ("move_selected", "retire_selected", "restore_selected")
    change_form_template = "admin/catalog/entry/change_form.html"
    list_display = ("title", "section", "number", "article")
    list_select_related = ("section", "article")
    list_filter = (RetiredFilter, "section")
    search_fields = ("title", "what_you_learn", "article__title", "section__title")
    ordering = ("section__number", "number", "pk")
    fields = ("section", "number", "article", "title", "what_you_learn", "retired_at")

    def get_readonly_fields(self, request: HttpRequest, obj: Entry | None = None) -> list[Any]:
        return ["retired_at", *(["article"] if obj else [])]

    def entries_of(self, chosen: QuerySet[Entry]) -> EntryQuerySet:
        return cast(EntryQuerySet, chosen.filter(retired_at=None))

    def articles_of(self, retiring: QuerySet[Entry]) -> ArticleQuerySet:
        return Article.objects.filter(entries__in=retiring).distinct()

    def sections_of(self, changed: QuerySet[Entry]) -> QuerySet[Section]:
        return Section.objects.filter(pk__in=[entry.section_id for entry in changed])

    @transaction.atomic
    def restore(self, request: HttpRequest, objects: Any) -> int:
        """Restore entries, except those that the section lists again, which a message names."""
        return sum(self.bring_one_back(request, entry) for entry in objects if entry.is_retired)

    def bring_one_back(self, request: HttpRequest, entry: Entry) -> int:
        try:
            with transaction.atomic():
                entry.retired_at = None
                entry.validate_constraints()
                return super().restore(request, self.rows([entry]))
        except (ValidationError, IntegrityError):
            message = _("“%(entry)s” stays retired, because “%(section)s” lists it again.")
            names = {"entry": entry.title, "section": entry.section.title}
            self.message_user(request, message % names, messages.ERROR)
            return 0

    def save_model(self, request: HttpRequest, obj: Entry, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        section_ids = {obj.section_id, form.initial.get("section", obj.section_id)}
        renumber(Section.objects.filter(pk__in=section_ids), {obj.pk: form.old_number})

    def after_revert(self, row: Entry, before: Entry) -> None:
        section_ids = {row.section_id, before.section_id}
        is_new_here = before.is_retired or row.section_id != before.section_id
        old_number = AT_THE_END if is_new_here else before.number
        renumber(Section.objects.filter(pk__in=section_ids), {row.pk: old_number})
