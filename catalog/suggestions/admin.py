from collections.abc import Callable, Iterator
from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.admin.helpers import AdminForm
from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.admin.base import SEARCH_MAX_LENGTH
from catalog.identity import host_of
from catalog.models import Article
from catalog.suggestions.comparison import acceptance, changes_nothing, proposed_changes
from catalog.suggestions.deciding import AcceptForm, DeclineForm
from catalog.suggestions.models import Decision, Suggestion

DECIDING = "suggestions.change_suggestion"
DECIDED = (Decision.ACCEPTED, Decision.DECLINED)
MERGING = ("catalog.change_article", "catalog.delete_article")
ACCEPTING = ("catalog.add_article", "catalog.change_article", "catalog.add_entry")


class DecisionFilter(admin.SimpleListFilter):
    title = gettext_lazy("decision")
    parameter_name = "decision"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [*((d.value, d.label) for d in DECIDED), ("all", gettext_lazy("All"))]

    def choices(self, changelist: Any) -> Iterator[Any]:
        default, *others = super().choices(changelist)
        yield {**default, "display": gettext_lazy("Waiting")}
        yield from others

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Suggestion]
    ) -> QuerySet[Suggestion]:
        value = self.value()
        if value == "all":
            return queryset
        return queryset.filter(decision=value if value in DECIDED else Decision.WAITING)


@admin.register(Suggestion)
class SuggestionAdmin(admin.ModelAdmin[Suggestion]):
    """Suggestions are read-only; an editor accepts or declines each once."""

    actions = None
    list_display = ("__str__", "kind", "site", "section", "by", "suggested_at", "decision")
    list_filter = (DecisionFilter, "kind")
    list_select_related = ("article", "section", "learner", "decided_by")
    search_fields = ("title", "url", "notes", "reason", "article__title", "learner__username")
    ordering = ("suggested_at", "pk")
    readonly_fields = ("link", "article_link", "section_title", "by", "editor")

    def get_fields(self, request: HttpRequest, obj: Suggestion | None = None) -> tuple[str, ...]:
        fields = ("kind", "title", "link", "article_link", "section_title", "notes")
        decided = ("editor", "decided_at", "reason") if obj and obj.is_decided else ()
        return (*fields, "by", "suggested_at", "decision", *decided)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Suggestion], search_term: str
    ) -> tuple[QuerySet[Suggestion], bool]:
        # SQLite refuses expressions of more than 1000 parts.
        return super().get_search_results(request, queryset, search_term[:SEARCH_MAX_LENGTH])

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Suggestion | None = None) -> bool:
        return False

    @admin.display(description=gettext_lazy("link"), ordering="url")
    def link(self, suggestion: Suggestion) -> SafeString | str:
        if not suggestion.url:
            return ""
        return format_html('<a href="{0}" rel="noopener noreferrer">{0}</a>', suggestion.url)

    @admin.display(description=gettext_lazy("site"), ordering="url")
    def site(self, suggestion: Suggestion) -> SafeString | str:
        link = '<a href="{}" rel="noopener noreferrer">{}</a>'
        return format_html(link, suggestion.url, host_of(suggestion.url)) if suggestion.url else ""

    # Plain names, because not every editor may open the pages that Django would link.

    @admin.display(description=gettext_lazy("learner"), ordering="learner__username")
    def by(self, suggestion: Suggestion) -> str:
        return suggestion.learner.get_username()

    @admin.display(description=gettext_lazy("decided by"))
    def editor(self, suggestion: Suggestion) -> str:
        return suggestion.decided_by.get_username() if suggestion.decided_by else ""

    @admin.display(description=gettext_lazy("section"))
    def section_title(self, suggestion: Suggestion) -> str:
        return suggestion.section.title if suggestion.section else ""

    @admin.display(description=gettext_lazy("article"))
    def article_link(self, suggestion: Suggestion) -> SafeString | str:
        article = suggestion.article
        if article is None:
            return ""
        address = reverse("admin:catalog_article_change", args=[article.pk])
        return format_html('<a href="{}">{}</a>', address, article.title)

    def get_urls(self) -> list[URLPattern]:
        def address(name: str, view: Callable[..., HttpResponse]) -> URLPattern:
            route, full_name = f"<int:pk>/{name}/", f"suggestions_suggestion_{name}"
            pattern: URLPattern = path(route, self.admin_site.admin_view(view), name=full_name)
            return pattern

        own = [
            address("accept", self.accept),
            address("edit", self.edit),
            address("decline", self.decline),
        ]
        return [*own, *super().get_urls()]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **options: Any
    ) -> HttpResponse:
        may_decide = not context["original"].is_decided and request.user.has_perm(DECIDING)
        article = context["original"].article
        changes = proposed_changes(context["original"])
        may_edit = may_decide and request.user.has_perms(ACCEPTING)
        more = {
            "can_decline": may_decide,
            "can_edit": may_edit,
            "can_accept": may_edit and not changes_nothing(changes),
            "acceptance": acceptance(context["original"], changes),
            "can_merge": may_decide
            and article is not None
            and not article.merged_into_id
            and request.user.has_perms(MERGING),
            "changes": changes,
        }
        return super().render_change_form(request, {**context, **more}, *args, **options)

    # A decision locks the suggestion, so the second of two editors sees the first one's decision.

    def accept(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Accept without changes; show the form with its errors if that is not possible."""
        self.require(request, DECIDING, *ACCEPTING)
        if request.method != "POST":
            return self.page_of(pk)
        return self.accept_with(request, pk, None)

    def edit(self, request: HttpRequest, pk: int) -> HttpResponse:
        self.require(request, DECIDING, *ACCEPTING)
        if request.method == "POST":
            return self.accept_with(request, pk, request.POST)
        suggestion = get_object_or_404(Suggestion, pk=pk)
        if suggestion.is_decided:
            return self.already_decided(request, suggestion)
        return self.form_page(request, suggestion, AcceptForm(suggestion))

    @transaction.atomic
    def decline(self, request: HttpRequest, pk: int) -> HttpResponse:
        self.require(request, DECIDING)
        suggestion = self.locked(pk)
        if suggestion.is_decided:
            return self.already_decided(request, suggestion)
        form = DeclineForm(request.POST if request.method == "POST" else None)
        if not form.is_valid():
            return self.form_page(request, suggestion, form)
        reason = form.cleaned_data["reason"]
        editor = cast(AbstractBaseUser, request.user)
        suggestion.decide(Decision.DECLINED, editor, suggestion.article, reason)
        log(request, suggestion, CHANGE, _("Declined."))
        message = _("“%(title)s” was declined. The learner sees your reason on “My progress”.")
        self.message_user(request, message % {"title": suggestion}, messages.SUCCESS)
        return self.queue()

    def accept_with(self, request: HttpRequest, pk: int, data: QueryDict | None) -> HttpResponse:
        try:
            return self.accept_once(request, pk, data)
        except (IntegrityError, ValidationError):
            # Somebody else saved between validation and writing: the second validation finds it.
            return self.accept_once(request, pk, data)

    @transaction.atomic
    def accept_once(self, request: HttpRequest, pk: int, data: QueryDict | None) -> HttpResponse:
        suggestion = self.locked(pk)
        if suggestion.is_decided:
            return self.already_decided(request, suggestion)
        if data is None and changes_nothing(proposed_changes(suggestion)):
            message = _(
                "“%(title)s” proposes no change, so nothing was accepted. Edit it, or decline it."
            )
            self.message_user(request, message % {"title": suggestion}, messages.ERROR)
            return self.page_of(pk)
        form = AcceptForm(suggestion, AcceptForm(suggestion).initial if data is None else data)
        if not form.is_valid():
            return self.form_page(request, suggestion, form)
        article = form.save()
        suggestion.decide(Decision.ACCEPTED, cast(AbstractBaseUser, request.user), article)
        action = CHANGE if suggestion.is_correction else ADDITION
        log(
            request,
            article,
            action,
            _("Accepted a suggestion: “%(title)s”.") % {"title": suggestion},
        )
        log(request, suggestion, CHANGE, _("Accepted."))
        address = reverse("admin:catalog_article_change", args=[article.pk])
        message = format_html(
            _('Accepted: <a href="{}">{}</a> ({}).'), address, article.title, article.status.label
        )
        self.message_user(request, message, messages.SUCCESS)
        return self.queue()

    def require(self, request: HttpRequest, *permissions: str) -> None:
        if not request.user.has_perms(permissions):
            raise PermissionDenied

    def locked(self, pk: int) -> Suggestion:
        return get_object_or_404(Suggestion.objects.select_for_update(), pk=pk)

    def page_of(self, pk: int) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:suggestions_suggestion_change", args=[pk]))

    def queue(self) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:suggestions_suggestion_changelist"))

    def already_decided(self, request: HttpRequest, suggestion: Suggestion) -> HttpResponse:
        """Show who decided the suggestion and when; change nothing."""
        assert suggestion.decided_at
        params = {
            "decision": suggestion.get_decision_display(),
            "editor": suggestion.decided_by or _("somebody whose account was deleted"),
            "when": date_format(localtime(suggestion.decided_at), "j F Y, H:i"),
        }
        message = _("This was already decided: %(decision)s, by %(editor)s on %(when)s.")
        self.message_user(request, message % params, messages.WARNING)
        return self.page_of(suggestion.pk)

    def form_page(
        self, request: HttpRequest, suggestion: Suggestion, form: AcceptForm | DeclineForm
    ) -> HttpResponse:
        fields = [(None, {"fields": list(form.fields)})]
        context = {
            **self.admin_site.each_context(request),
            "title": _("Decline") if isinstance(form, DeclineForm) else _("Edit and accept"),
            "verb": "decline" if isinstance(form, DeclineForm) else "edit",
            "opts": self.opts,
            "suggestion": suggestion,
            "changes": proposed_changes(suggestion),
            "adminform": AdminForm(cast("ModelForm[Any]", form), fields, {}),
            "errors": form.errors,
        }
        return TemplateResponse(request, "admin/suggestions/suggestion/decide.html", context)


def log(request: HttpRequest, row: Article | Suggestion, action: int, message: str) -> None:
    assert request.user.pk
    LogEntry.objects.log_actions(request.user.pk, [row], action, message, single_object=True)
