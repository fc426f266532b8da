"""Admin of broken links: each row is an article, with its reports and its latest check."""

from collections.abc import Iterable
from typing import Any, cast

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
from catalog.identity import host_of
from catalog.links.forms import NewAddressForm
from catalog.links.models import BrokenLink, Outcome
from catalog.models import Article, Section
from catalog.querysets import ArticleQuerySet

LINK_HTML = '<a href="{}" rel="noopener noreferrer">{}</a>'
FINDINGS = ("link", "reports", "latest_check", "leads_to")


@admin.register(BrokenLink)
class BrokenLinkAdmin(RetirableAdmin[BrokenLink]):
    form = NewAddressForm  # type: ignore[assignment]  # its model is a proxy
    # This template sends the values that the form was opened with, to detect conflicts.
    change_form_template = "admin/catalog/change_form.html"
    fields = (*FINDINGS, "url")
    readonly_fields = FINDINGS
    actions = ("accept_selected", "retire_selected", "dismiss_selected")
    list_display = ("title", "reports", "latest_check", "leads_to", "host")
    search_fields = ("title", "url")
    search_help_text = gettext_lazy("By title or link.")
    list_select_related = ("link_check",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[BrokenLink]:
        links = BrokenLink.objects.waiting().with_findings()
        return links.order_by(*self.get_ordering(request))

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        return ("-report_count", "title", "pk")

    # The queue has no permissions of its own: editors who may change articles may use it.

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_change_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: BrokenLink | None = None) -> bool:
        return self.has_change_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: BrokenLink | None = None) -> bool:
        return request.user.has_perm("catalog.change_article")

    def has_delete_permission(self, request: HttpRequest, obj: BrokenLink | None = None) -> bool:
        return request.user.has_perm("catalog.delete_article")

    # Columns.

    @admin.display(description=gettext_lazy("link"), ordering="url")
    def link(self, article: BrokenLink) -> SafeString:
        return format_html(LINK_HTML, article.old_url, article.old_url)

    @admin.display(description=gettext_lazy("reports"), ordering="report_count")
    def reports(self, article: BrokenLink) -> str:
        if not (article.first_report and article.last_report):
            return _("none")
        first, last = date_format(article.first_report), date_format(article.last_report)
        days = first if first == last else f"{first} – {last}"
        text = ngettext("%(count)d (%(days)s)", "%(count)d (%(days)s)", article.report_count)
        return text % {"count": article.report_count, "days": days}

    @admin.display(description=gettext_lazy("latest check"))
    def latest_check(self, article: BrokenLink) -> str:
        if not (check := article.latest_check):
            return _("not checked yet")
        result = str(Outcome(check.outcome).label)
        if check.outcome == Outcome.UNKNOWN:
            result += f": {check.reason}"
        if check.missing_since:
            result += ", " + _("missing since %(day)s") % {"day": date_format(check.missing_since)}
        day = date_format(localtime(check.checked_at).date())
        return _("%(result)s (checked %(day)s)") % {"result": result, "day": day}

    @admin.display(description=gettext_lazy("link"), ordering="url")
    def host(self, article: BrokenLink) -> SafeString:
        return format_html(LINK_HTML, article.old_url, host_of(article.old_url))

    @admin.display(description=gettext_lazy("leads to"))
    def leads_to(self, article: BrokenLink) -> SafeString | str:
        url = article.suggested_url
        return format_html(LINK_HTML, url, url) if url else ""

    def get_fields(self, request: HttpRequest, obj: BrokenLink | None = None) -> tuple[str, ...]:
        has_new_address = obj is None or obj.suggested_url
        return tuple(n for n in self.fields if has_new_address or n != "leads_to")

    # Actions.

    @admin.action(
        description=gettext_lazy("Accept the new address of selected links"), permissions=["change"]
    )
    def accept_selected(self, request: HttpRequest, queryset: QuerySet[BrokenLink]) -> None:
        errors = {link.title: self.accept_suggested(request, link) for link in queryset}
        for title, error in errors.items():
            if error:
                self.message_user(request, format_html("{}: {}", title, error), messages.ERROR)
        if accepted := [*errors.values()].count(""):
            message = ngettext(
                "The address of %(count)d article was changed.",
                "The addresses of %(count)d articles were changed.",
                accepted,
            )
            self.message_user(request, message % {"count": accepted}, messages.SUCCESS)

    def accept_suggested(self, request: HttpRequest, link: BrokenLink) -> str:
        """Accept the suggested address; return the error, or an empty string on success."""
        if not link.suggested_url:
            return _("no new address is known. Open the article here to enter one.")
        form = NewAddressForm({"url": link.suggested_url}, instance=link)
        if not form.is_valid():
            return joined_messages(form.errors.as_data())
        try:
            self.accept(request, link, form.cleaned_data["url"])
        except (IntegrityError, ValidationError):
            return _("it was changed in the meantime. Nothing was saved.")
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
        message = ngettext(
            "%(count)d link was dismissed. It returns if something new is found.",
            "%(count)d links were dismissed. They return if something new is found.",
            len(links),
        )
        self.message_user(request, message % {"count": len(links)}, messages.SUCCESS)

    def rows(self, objects: Iterable[BrokenLink]) -> Any:  # the parent returns broken links
        """Return the articles, because changes are logged for the article and not its proxy."""
        return Article.objects.filter(pk__in=[link.pk for link in objects])

    def articles_of(self, retiring: QuerySet[Any]) -> ArticleQuerySet:
        return cast(ArticleQuerySet, retiring)

    def sections_of(self, changed: QuerySet[Any]) -> QuerySet[Section]:
        return sections_with(changed)

    # The page of a single link.

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
            message = _("That link is no longer in the queue: somebody has dealt with it.")
            self.message_user(request, message, messages.INFO)
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
        message = _("The address of “%(name)s” was changed.") % {"name": obj.title}
        self.message_user(request, message, messages.SUCCESS)
        return to_queue()

    def response_delete(self, request: HttpRequest, obj_display: str, obj_id: int) -> HttpResponse:
        message = _("“%(name)s” is retired. Filter the articles by “Retired” to restore it.")
        self.message_user(request, message % {"name": obj_display}, messages.SUCCESS)
        return to_queue()

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:catalog_article_history", args=[object_id]))


def to_queue() -> HttpResponse:
    return HttpResponseRedirect(reverse("admin:links_brokenlink_changelist"))


def joined_messages(errors: dict[str, list[ValidationError]]) -> SafeString:
    texts = (text for field in errors.values() for error in field for text in error.messages)
    return format_html_join(" ", "{}", ((text,) for text in texts))
