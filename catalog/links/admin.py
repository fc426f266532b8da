"""The queue of broken links: what learners reported and what visits found, an article a row."""

from collections.abc import Iterable
from typing import Any, cast
from urllib.parse import urlsplit

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from catalog.admin.retiring import RetirableAdmin, sections_with
from catalog.links.forms import NewAddressForm
from catalog.links.models import BrokenLink, Outcome
from catalog.models import Article, Section
from catalog.querysets import ArticleQuerySet

LINK = '<a href="{}" rel="noopener noreferrer">{}</a>'
FACTS = ("link", "reports", "found", "leads_to")


@admin.register(BrokenLink)
class BrokenLinkAdmin(RetirableAdmin[BrokenLink]):
    form = NewAddressForm  # type: ignore[assignment]  # whose model is a proxy of the article
    # Which says what the form was opened with.
    change_form_template = "admin/catalog/change_form.html"
    fields = (*FACTS, "url")
    readonly_fields = FACTS
    actions = ("accept_selected", "retire_selected", "dismiss_selected")
    list_display = ("title", "reports", "found", "leads_to", "host")
    search_fields = ("title", "url")
    search_help_text = gettext_lazy("By title or link.")
    list_select_related = ("link_check",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[BrokenLink]:
        links = BrokenLink.objects.waiting().with_findings()
        return links.order_by(*self.get_ordering(request))

    def get_ordering(self, request: HttpRequest) -> Any:
        return ["-report_count", "title", "pk"]

    # Whoever may change articles works the queue off: it has no permissions of its own.

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_change_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_change_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("catalog.change_article")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("catalog.delete_article")

    # What is known.

    @admin.display(description=gettext_lazy("link"), ordering="url")
    def link(self, article: BrokenLink) -> SafeString:
        return format_html(LINK, article.old_url, article.old_url)

    @admin.display(description=gettext_lazy("reports"), ordering="report_count")
    def reports(self, article: Any) -> str:
        if not article.report_count:
            return _("none")
        first, last = (date_format(day) for day in (article.first_report, article.last_report))
        days = first if first == last else f"{first} – {last}"
        words = ngettext("%(count)d (%(days)s)", "%(count)d (%(days)s)", article.report_count)
        return words % {"count": article.report_count, "days": days}

    @admin.display(description=gettext_lazy("latest visit"))
    def found(self, article: BrokenLink) -> str:
        if not (check := article.latest_check):
            return _("not visited yet")
        words = str(Outcome(check.outcome).label)
        if check.outcome == Outcome.UNKNOWN:
            words += f": {check.reason}"
        if check.missing_since:
            words += ", " + _("missing since %(day)s") % {"day": date_format(check.missing_since)}
        day = date_format(localtime(check.checked_at).date())
        return _("%(found)s (visited %(day)s)") % {"found": words, "day": day}

    @admin.display(description=gettext_lazy("link"), ordering="url")
    def host(self, article: BrokenLink) -> SafeString:
        host = (urlsplit(article.old_url).hostname or "").removeprefix("www.")
        return format_html(LINK, article.old_url, host)

    @admin.display(description=gettext_lazy("leads to"))
    def leads_to(self, article: BrokenLink) -> SafeString | str:
        url = article.suggested_url
        return format_html(LINK, url, url) if url else ""

    def get_fields(self, request: HttpRequest, obj: BrokenLink | None = None) -> list[Any]:
        is_known = obj is None or obj.suggested_url
        return [name for name in self.fields if is_known or name != "leads_to"]

    # What can be done.

    @admin.action(
        description=gettext_lazy("Accept the new address of selected links"), permissions=["change"]
    )
    def accept_selected(self, request: HttpRequest, queryset: QuerySet[BrokenLink]) -> None:
        faults = {link.title: self.accept_suggested(request, link) for link in queryset}
        for title, fault in faults.items():
            if fault:
                self.message_user(request, format_html("{}: {}", title, fault), messages.ERROR)
        if accepted := [*faults.values()].count(""):
            words = ngettext(
                "%(count)d article has its new address.",
                "%(count)d articles have their new address.",
                accepted,
            )
            self.message_user(request, words % {"count": accepted}, messages.SUCCESS)

    def accept_suggested(self, request: HttpRequest, link: BrokenLink) -> str:
        """Why not, or nothing where it is done."""
        if not link.suggested_url:
            return _("no new address is known; open it to write one.")
        form = NewAddressForm({"url": link.suggested_url}, instance=link)
        if not form.is_valid():
            return said(form.errors.as_data())
        try:
            self.accept(request, link, form.cleaned_data["url"])
        except (IntegrityError, ValidationError):
            return _("it was changed meanwhile; nothing was done.")
        return ""

    @transaction.atomic
    def accept(self, request: HttpRequest, link: BrokenLink, url: str) -> None:
        article = Article.objects.select_for_update().get(pk=link.pk)
        article.url = url
        article.save()
        link.settle()
        self.log(request, self.rows([link]), _("New address: %(url)s") % {"url": url})

    @admin.action(description=gettext_lazy("Dismiss selected links"), permissions=["change"])
    def dismiss_selected(self, request: HttpRequest, queryset: QuerySet[BrokenLink]) -> None:
        self.dismiss(request, list(queryset))

    @transaction.atomic
    def dismiss(self, request: HttpRequest, links: list[BrokenLink]) -> None:
        for link in links:
            link.settle()
        words = ngettext(
            "%(count)d link is dismissed until there is something new.",
            "%(count)d links are dismissed until there is something new.",
            len(links),
        )
        self.message_user(request, words % {"count": len(links)}, messages.SUCCESS)

    def rows(self, objects: Iterable[BrokenLink]) -> Any:
        """As articles, under whose name it is kept what was done to them."""
        return Article.objects.filter(pk__in=[link.pk for link in objects])

    def articles_of(self, retiring: QuerySet[Any]) -> ArticleQuerySet:
        return cast(ArticleQuerySet, retiring)

    def sections_of(self, changed: QuerySet[Any]) -> QuerySet[Section]:
        return sections_with(changed)

    # The page of one link.

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, object] | None = None,
    ) -> HttpResponse:
        if not self.has_change_permission(request):
            raise PermissionDenied
        if object_id is None:
            return super().changeform_view(request, object_id, form_url, extra_context)
        link = self.get_object(request, unquote(object_id))
        if link is None:
            words = _("That link is not in the queue any more: it was settled meanwhile.")
            self.message_user(request, words, messages.INFO)
            return to_queue()
        if request.method == "POST" and "_dismiss" in request.POST:
            self.dismiss(request, [link])
            return to_queue()
        return super().changeform_view(request, object_id, form_url, extra_context)

    def save_model(self, request: HttpRequest, obj: BrokenLink, form: Any, change: bool) -> None:
        self.accept(request, obj, obj.url)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Log nothing here: the change is logged where it is made."""

    def response_change(self, request: HttpRequest, obj: BrokenLink) -> HttpResponse:
        words = _("“%(name)s” has its new address.") % {"name": obj.title}
        self.message_user(request, words, messages.SUCCESS)
        return to_queue()

    def response_delete(self, request: HttpRequest, obj_display: str, obj_id: int) -> HttpResponse:
        words = _("“%(name)s” is retired. Filter the articles by “Retired” to bring it back.")
        self.message_user(request, words % {"name": obj_display}, messages.SUCCESS)
        return to_queue()

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:catalog_article_history", args=[object_id]))


def to_queue() -> HttpResponse:
    return HttpResponseRedirect(reverse("admin:links_brokenlink_changelist"))


def said(errors: dict[str, list[ValidationError]]) -> SafeString:
    found = (message for field in errors.values() for error in field for message in error.messages)
    return format_html_join(" ", "{}", ((message,) for message in found))
