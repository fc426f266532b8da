"""The admin of articles."""

import re
from typing import Any, cast

from adminsortable2.admin import SortableAdminBase
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from catalog import learner_counts
from catalog.admin import article_tables
from catalog.admin.article_filters import (
    LayerFilter,
    ListedFilter,
    PublicFilter,
    SectionFilter,
)
from catalog.admin.article_forms import ArticleForm, ArticleRowForm
from catalog.admin.entries import ArticleEntriesInline
from catalog.admin.entry_history import EntryHistoryAdmin
from catalog.admin.merging import MergingAdmin
from catalog.admin.moving import MovingAdmin
from catalog.admin.retiring import RetiredFilter, renumber, sections_with
from catalog.models import Alias, Article, Entry, Section, Status
from catalog.querysets import ArticleQuerySet, EntryQuerySet

LINE = mark_safe("<br>")
OPENED_TITLE = "_opened_title"
"""The hidden field with the article's title when its form was opened."""


def is_merged(article: Article | None) -> bool:
    return article is not None and article.merged_into_id is not None


class AliasInline(admin.TabularInline[Alias, Article]):
    model = Alias
    template = "admin/catalog/alias_rows.html"
    fields = readonly_fields = ("key", "added_at")
    can_delete = False
    verbose_name_plural = gettext_lazy("aliases: every key that the article has had")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Article)
class ArticleAdmin(SortableAdminBase, EntryHistoryAdmin, MergingAdmin, MovingAdmin[Article]):
    form = ArticleForm
    actions = (
        "publish",
        "move_to_draft",
        "move_selected",
        "retire_selected",
        "restore_selected",
        "merge_selected",
    )
    list_display = (
        "title", "status", "places", "reading_minutes", "link", "learner_count", "page",
    )  # fmt: skip
    list_editable = ("status",)
    list_filter = (RetiredFilter, ListedFilter, PublicFilter, LayerFilter, SectionFilter, "status")
    search_fields = ("title", "url", "aliases__key", "entries__title")
    search_help_text = gettext_lazy("By title, link, key or the title in a section.")
    ordering = ("title", "pk")
    readonly_fields = ("learner_count", "added_at", "updated_at", "retired_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Article]:
        entries = Entry.objects.filter(retired_at=None, section__retired_at=None)
        places = entries.select_related("section").order_by("section__number", "number", "pk")
        articles = cast(ArticleQuerySet, super().get_queryset(request).select_related("status"))
        counted = learner_counts.registered.annotate(articles)
        return counted.prefetch_related(Prefetch("entries", places, to_attr="listed_entries"))

    # A merged article is kept for its history and its address, and is read only.

    def has_change_permission(self, request: HttpRequest, obj: Article | None = None) -> bool:
        return not is_merged(obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Article | None = None) -> bool:
        return not is_merged(obj) and super().has_delete_permission(request, obj)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, object] | None = None,
    ) -> HttpResponse:
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except PermissionDenied:
            # It was merged after its form was opened.
            article = self.get_object(request, unquote(object_id)) if object_id else None
            if article is None or not (is_merged(article) and self.has_change_permission(request)):
                raise
            self.message_user(request, article.merged_message(), messages.ERROR)
            address = reverse("admin:catalog_article_change", args=[article.pk])
            return HttpResponseRedirect(address)

    def get_changelist_form(self, request: HttpRequest, **options: object) -> Any:
        return super().get_changelist_form(request, **{**options, "form": ArticleRowForm})

    def get_fields(self, request: HttpRequest, obj: Article | None = None) -> list[Any]:
        fields = ["title", "url", "status", "reading_minutes"]
        if obj is None:
            return fields
        merged = ["merged_into"] if obj.merged_into_id else []
        return [*fields, "slug", *self.readonly_fields, *merged]

    def get_readonly_fields(self, request: HttpRequest, obj: Article | None = None) -> list[Any]:
        return [*super().get_readonly_fields(request, obj), "merged_into"]

    def get_inlines(self, request: HttpRequest, obj: Article | None) -> list[Any]:
        own = [ArticleEntriesInline, *article_tables.inlines()]
        return [*own, AliasInline] if obj else own

    @admin.display(description=gettext_lazy("listed in"))
    def places(self, article: Any) -> SafeString | str:
        sections = (entry.section for entry in article.listed_entries)
        places = [(reverse("admin:catalog_section_change", args=[s.pk]), s.title) for s in sections]
        return format_html_join(LINE, '<a href="{}">{}</a>', places) or _("not listed")

    @admin.display(description=gettext_lazy("link"), ordering="url")
    def link(self, article: Article) -> SafeString | str:
        if not article.url:
            return ""
        return format_html('<a href="{}" rel="noopener">{}</a>', article.url, article.host)

    @admin.display(description=gettext_lazy("learners"), ordering="learner_count")
    def learner_count(self, article: Any) -> int:
        count: int = article.learner_count
        return count

    @admin.display(description=gettext_lazy("on the site"))
    def page(self, article: Article) -> SafeString:
        return format_html('<a href="{}">{}</a>', article.get_absolute_url(), _("View"))

    @admin.action(description=gettext_lazy("Publish selected articles"), permissions=["change"])
    def publish(self, request: HttpRequest, queryset: QuerySet[Article]) -> None:
        self.move(request, queryset, "published")

    @admin.action(
        description=gettext_lazy("Move selected articles to draft"), permissions=["change"]
    )
    def move_to_draft(self, request: HttpRequest, queryset: QuerySet[Article]) -> None:
        self.move(request, queryset, "draft")

    @transaction.atomic
    def move(self, request: HttpRequest, queryset: QuerySet[Article], slug: str) -> None:
        status = Status.objects.filter(slug=slug).first()
        if status is None:
            message = _("There is no status “%(slug)s”. Nothing was changed.") % {"slug": slug}
            self.message_user(request, message, messages.ERROR)
            return
        chosen = [article for article in queryset if not is_merged(article)]
        for article in queryset:
            if is_merged(article):
                self.message_user(
                    request,
                    format_html("“{}”: {}", article.title, article.merged_message()),
                    messages.ERROR,
                )
        if not chosen:
            return
        rows = self.rows(article for article in chosen if article.status_id != status.pk)
        self.log(request, rows, status.label)
        count = rows.change(status=status, updated_at=timezone.now())
        self.say(request, len(chosen), count, status.label)

    def get_formset_kwargs(
        self, request: HttpRequest, obj: Any, inline: Any, prefix: str
    ) -> dict[str, Any]:
        """Compare the rows with the title that the article had when its form was opened.

        A row that was sent with it bore the title of its article, which somebody else has changed
        since, and follows it.
        """
        options = super().get_formset_kwargs(request, obj, inline, prefix)
        opened_title = request.POST.get(OPENED_TITLE)
        stored_title = Article.objects.filter(pk=obj.pk).values_list("title", flat=True).first()
        if opened_title and stored_title and opened_title != stored_title:
            titles = re.compile(rf"{prefix}-\d+-title")
            options["data"] = {
                name: stored_title if value == opened_title and titles.fullmatch(name) else value
                for name, value in request.POST.items()
            }
        return options

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **options: Any
    ) -> HttpResponse:
        article = context["original"]
        opened_title = request.POST.get(OPENED_TITLE) or (article.title if article else "")
        context |= {"opened_title_name": OPENED_TITLE, "opened_title": opened_title}
        return super().render_change_form(request, context, *args, **options)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        tables = [rows for rows in formsets if rows.model is Entry]
        for rows in tables:
            renumber(Section.objects.filter(pk__in=rows.section_ids), rows.old_numbers)
        self.rename_entries(request, form, {key for rows in tables for key in rows.retitled_keys})

    def rename_entries(self, request: HttpRequest, form: Any, retitled_keys: set[int]) -> None:
        """Rename the entries that had the article's old title, unless theirs was typed here."""
        article, old_title = form.instance, form.initial.get("title", "")
        if count := article.entries.all().rename(old_title, article.title, retitled_keys):
            message = ngettext(
                "%(count)d entry had the old title, and now has the new one.",
                "%(count)d entries had the old title, and now have the new one.",
                count,
            )
            self.message_user(request, message % {"count": count}, messages.INFO)

    def restore(self, request: HttpRequest, objects: Any) -> int:
        """Restore articles, except merged ones, which a message names."""
        chosen = list(objects)
        for article in chosen:
            if article.merged_into is not None:
                message = _("“%(duplicate)s” stays retired, because it was merged into “%(kept)s”.")
                names = {"duplicate": article.title, "kept": article.merged_into.title}
                self.message_user(request, message % names, messages.ERROR)
        return super().restore(request, [a for a in chosen if a.merged_into_id is None])

    def after_revert(self, row: Article, before: Article) -> None:
        row.entries.all().rename(before.title, row.title)
        if row.is_retired != before.is_retired:
            renumber(Section.objects.filter(entries__article=row).distinct())

    def entries_of(self, chosen: QuerySet[Article]) -> EntryQuerySet:
        return Entry.objects.filter(article__in=chosen, retired_at=None)

    def articles_of(self, retiring: QuerySet[Article]) -> ArticleQuerySet:
        return cast(ArticleQuerySet, retiring)

    def sections_of(self, changed: QuerySet[Article]) -> QuerySet[Section]:
        return sections_with(changed)
