"""Merge a duplicate article in the admin: choose both, look at a preview, confirm."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import AbstractUser
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.forms import BoundField
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog import learner_counts
from catalog.admin.related import RelatedRow, rows_about, rows_matching
from catalog.merging import check_mergeable, merge_articles, repeated_entries
from catalog.models import Alias, Article, Entry
from catalog.similarity import are_alike

MERGE = "admin:catalog_article_merge"


class SearchInput(forms.TextInput):
    input_type = "search"


class MergeForm(forms.Form):
    """The choice of the article that is kept and of the duplicate that is merged into it."""

    kept = forms.ModelChoiceField(
        label=gettext_lazy("Keep this article"),
        queryset=Article.objects.filter(retired_at=None),
        widget=forms.HiddenInput,
    )
    # An older name for the duplicate, kept because it is in the address of the page.
    gone = forms.ModelChoiceField(
        label=gettext_lazy("Merge this article into it"),
        queryset=Article.objects.filter(merged_into=None),
        widget=forms.HiddenInput,
    )
    find_kept = forms.CharField(
        label=gettext_lazy("Find the article to keep"),
        max_length=200,
        required=False,
        widget=SearchInput,
    )
    find_gone = forms.CharField(
        label=gettext_lazy("Find the article to merge into it"),
        max_length=200,
        required=False,
        widget=SearchInput,
    )

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if not self.errors:
            check_mergeable(self.cleaned_data["kept"], self.cleaned_data["gone"])
        return cleaned


# The names of the form fields. `gone` (the duplicate) is in the address of this page and stays.
SIDES = ("kept", "gone")
SEARCH_RESULTS = 20
"""The number of articles that a search offers."""


@dataclass
class Side:
    """One of the two articles: the chosen one, or a search for it."""

    choice: BoundField
    search: BoundField
    chosen: Article | None
    without: str = ""
    """The address of the page without this choice."""
    has_results: bool = True
    has_more: bool = False
    results: list[tuple[str, Article]] = field(default_factory=list)
    """Articles, each with the address that chooses it."""
    related: list[RelatedRow] = field(default_factory=list)
    """Rows of sub-apps about the chosen article, or that the search finds."""

    @property
    def errors(self) -> Any:
        """The errors of the choice, if there is one."""
        return self.choice.errors if self.choice.data else ""


def merged_already(request: HttpRequest) -> Article | None:
    """Return the kept article if these two are merged already, as when a form is sent twice."""
    keys = [request.POST.get(name, "") for name in SIDES]
    if not all(key.isdecimal() and len(key) < 19 for key in keys):
        return None
    kept, duplicate = map(int, keys)
    return Article.objects.filter(pk=kept, merged=duplicate).first()


def chosen_in(form: MergeForm) -> dict[str, Article]:
    articles = {name: form.cleaned_data.get(name) for name in SIDES}
    return {name: article for name, article in articles.items() if article is not None}


def terms_in(form: MergeForm) -> dict[str, str]:
    terms = {f"find_{name}": form.cleaned_data.get(f"find_{name}", "") for name in SIDES}
    return {name: term for name, term in terms.items() if term}


@dataclass
class ComparedArticle:
    """One of the two articles as the preview compares them."""

    heading: str
    article: Article
    entries: list[Entry]
    learner_count: int


def alias_message(alias: Alias) -> str:
    kind, _colon, name = alias.key.partition(":")
    if name.startswith("sha256:"):
        return _("A long link will lead to the article that is kept.")
    messages_by_kind = {
        "medium": _("The Medium post %(name)s will lead to the article that is kept."),
        "url": _("The link %(name)s will lead to the article that is kept."),
        "title": _("Without a link, the title “%(name)s” will lead to the article that is kept."),
    }
    return messages_by_kind[kind] % {"name": name}


def titles_of(article: Article, entries: Iterable[Entry]) -> list[str]:
    return [article.title, *(entry.title for entry in entries)]


def merge_address(values: dict[str, Any]) -> str:
    return f"{reverse(MERGE)}?{urlencode(values)}"


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
        return HttpResponseRedirect(merge_address({"kept": keys[0], "gone": keys[1]}))

    def merge_view(self, request: HttpRequest) -> HttpResponse:
        if not (self.has_change_permission(request) and self.has_delete_permission(request)):
            raise PermissionDenied
        data = request.POST if request.method == "POST" else request.GET
        form = MergeForm(data)
        is_valid = form.is_valid()
        if is_valid and request.method == "POST" and self.merge(request, form):
            kept = form.cleaned_data["kept"]
            return HttpResponseRedirect(reverse("admin:catalog_article_change", args=[kept.pk]))
        if request.method == "POST" and (kept := merged_already(request)):
            self.message_user(request, _("These articles are already merged."), messages.INFO)
            return HttpResponseRedirect(reverse("admin:catalog_article_change", args=[kept.pk]))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Merge two articles"),
            "opts": self.opts,
            "form": form,
            "sides": [self.side(request, form, name) for name in SIDES],
            "search_help": self.search_help_text,
            **(self.preview(request, *chosen_in(form).values()) if is_valid else {}),
        }
        return TemplateResponse(request, "admin/catalog/merge.html", context)

    def side(self, request: HttpRequest, form: MergeForm, name: str) -> Side:
        chosen, terms = chosen_in(form), terms_in(form)
        side = Side(form[name], form[f"find_{name}"], chosen.pop(name, None))
        term = terms.pop(side.search.name, "")
        keys: dict[str, Any] = {other: article.pk for other, article in chosen.items()}
        side.without = merge_address(keys | terms)
        user = cast(AbstractUser, request.user)
        if side.chosen is not None:
            side.related = rows_about(user, side.chosen)
        if side.chosen is None and term:
            results = list(self.find(request, form, name, term)[: SEARCH_RESULTS + 1])
            side.has_more = len(results) > SEARCH_RESULTS
            side.results = [
                (merge_address(keys | {name: a.pk} | terms), a) for a in results[:SEARCH_RESULTS]
            ]
            side.has_results = bool(results)
            side.related = rows_matching(user, term)
        return side

    def find(
        self, request: HttpRequest, form: MergeForm, name: str, term: str
    ) -> QuerySet[Article]:
        """Return the articles that the form accepts and the search finds, without chosen ones."""
        possible: QuerySet[Article] = cast(Any, form.fields[name]).queryset
        others = [article.pk for article in chosen_in(form).values()]
        found, _twice = self.get_search_results(request, possible.exclude(pk__in=others), term)
        keys = found.order_by().values("pk")
        return Article.objects.filter(pk__in=keys).order_by("title", "pk")

    def preview(self, request: HttpRequest, kept: Article, duplicate: Article) -> dict[str, Any]:
        kept_entries, entries = (
            list(article.entries.filter(retired_at=None).select_related("section"))
            for article in (kept, duplicate)
        )
        repeated = repeated_entries(kept, duplicate)
        learners = learner_counts.registered.of_merge(kept, duplicate)
        swapped = merge_address({"kept": duplicate.pk, "gone": kept.pk})
        return {
            "compared": [
                ComparedArticle(_("Keep this article"), kept, kept_entries, learners.on_kept),
                ComparedArticle(
                    _("Merge this article into it"), duplicate, entries, learners.on_duplicate
                ),
            ],
            "are_alike": are_alike(titles_of(kept, kept_entries), titles_of(duplicate, entries)),
            "kept": kept,
            "duplicate": duplicate,
            "moved": [] if duplicate.is_retired else [e for e in entries if e.pk not in repeated],
            "retired": entries
            if duplicate.is_retired
            else [e for e in entries if e.pk in repeated],
            "keys": [alias_message(alias) for alias in duplicate.aliases.all()],
            "learners": learners,
            "swap_address": "" if duplicate.is_retired else swapped,
        }

    def merge(self, request: HttpRequest, form: MergeForm) -> bool:
        kept, duplicate = form.cleaned_data["kept"], form.cleaned_data["gone"]
        try:
            with transaction.atomic():
                merge_articles(kept, duplicate)
                entries = [
                    (kept, _("“%(name)s” was merged into it.") % {"name": duplicate}),
                    (duplicate, _("Merged into “%(name)s”.") % {"name": kept}),
                ]
                for article, message in entries:
                    chosen = Article.objects.filter(pk=article.pk)
                    LogEntry.objects.log_actions(
                        cast(int, request.user.pk), chosen, CHANGE, message
                    )
        except ValidationError as error:
            form.add_error(None, error)
            return False
        except IntegrityError:
            form.add_error(
                None, _("Somebody else has just changed one of them. Check the preview again.")
            )
            return False
        message = _("“%(duplicate)s” is merged into “%(kept)s”.") % {
            "duplicate": duplicate,
            "kept": kept,
        }
        self.message_user(request, message, messages.SUCCESS)
        return True
