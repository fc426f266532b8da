"""Merging two articles that are the same one: a preview of what it does, then the deed."""

from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.forms import MergeForm
from catalog.merging import listed_already, merge_articles
from catalog.models import Article
from playbook.http import HttpRequest as ReaderRequest

MERGE = "admin:catalog_article_merge"


class MergingAdmin(admin.ModelAdmin[Article]):
    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.merge_view)
        return [path("merge/", view, name="catalog_article_merge"), *super().get_urls()]

    @admin.action(
        description=gettext_lazy("Merge the two selected articles"),
        permissions=["change", "delete"],
    )
    def merge_selected(
        self, request: HttpRequest, queryset: QuerySet[Article]
    ) -> HttpResponse | None:
        keys = list(queryset.order_by("added_at", "pk").values_list("pk", flat=True)[:3])
        if len(keys) != 2:
            self.message_user(request, _("Choose two articles to merge."), messages.ERROR)
            return None
        query = urlencode({"kept": keys[0], "gone": keys[1]})
        return HttpResponseRedirect(f"{reverse(MERGE)}?{query}")

    def merge_view(self, request: HttpRequest) -> HttpResponse:
        if not (self.has_change_permission(request) and self.has_delete_permission(request)):
            raise PermissionDenied
        data = request.POST if request.method == "POST" else request.GET
        form = MergeForm(data) if "gone" in data else MergeForm(initial={"kept": data.get("kept")})
        is_valid = form.is_bound and form.is_valid()
        if is_valid and request.method == "POST" and self.merge(request, form):
            kept = form.cleaned_data["kept"]
            return HttpResponseRedirect(reverse("admin:catalog_article_change", args=[kept.pk]))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Merge two articles"),
            "opts": self.opts,
            "form": form,
            **(self.preview(request, **form.cleaned_data) if is_valid else {}),
        }
        return TemplateResponse(request, "admin/catalog/merge.html", context)

    def preview(self, request: HttpRequest, kept: Article, gone: Article) -> dict[str, Any]:
        entries = list(gone.entries.filter(retired_at=None).select_related("section"))
        twice = listed_already(kept, gone)
        turned = urlencode({"kept": gone.pk, "gone": kept.pk})
        return {
            "kept": kept,
            "gone": gone,
            "moved": [] if gone.is_retired else [e for e in entries if e.pk not in twice],
            "retired": entries if gone.is_retired else [e for e in entries if e.pk in twice],
            "aliases": gone.aliases.all(),
            "learners": cast(ReaderRequest, request).progress.learners_of(kept, gone),
            "turned": "" if gone.is_retired else f"{reverse(MERGE)}?{turned}",
        }

    def merge(self, request: HttpRequest, form: MergeForm) -> bool:
        kept, gone = form.cleaned_data["kept"], form.cleaned_data["gone"]
        try:
            with transaction.atomic():
                merge_articles(kept, gone)
                said = [
                    (kept, _("“%(name)s” was merged into it.") % {"name": gone}),
                    (gone, _("Merged into “%(name)s”.") % {"name": kept}),
                ]
                for article, words in said:
                    chosen = Article.objects.filter(pk=article.pk)
                    LogEntry.objects.log_actions(cast(int, request.user.pk), chosen, CHANGE, words)
        except ValidationError as error:
            form.add_error(None, error)
            return False
        except IntegrityError:
            form.add_error(None, _("Somebody changed one of them just now: look again."))
            return False
        words = _("“%(gone)s” is merged into “%(kept)s”.") % {"gone": gone, "kept": kept}
        self.message_user(request, words, messages.SUCCESS)
        return True
