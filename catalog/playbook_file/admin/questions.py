"""The admin of uncertain matches."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy, ngettext

from catalog.playbook_file.models import OpenQuestion


@admin.register(OpenQuestion)
class OpenQuestionAdmin(admin.ModelAdmin[OpenQuestion]):
    """The queue of articles that may be the same. They are merged in the articles' admin."""

    list_display = ("article", "may_be", "revision")
    list_display_links = None
    actions = ("dismiss",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[OpenQuestion]:
        waiting = OpenQuestion.objects.waiting().select_related("article", "revision")
        return waiting.defer(
            "revision__file", "revision__catalogue_before", "revision__catalogue_after"
        ).prefetch_related("candidates")

    @admin.display(description=gettext_lazy("may be"))
    def may_be(self, question: OpenQuestion) -> SafeString:
        """Link each candidate to the preview of merging it into the imported article."""
        merge = reverse("admin:catalog_article_merge")
        links = [
            (merge, urlencode({"kept": question.article_id, "gone": article.pk}), article.title)
            for article in question.candidates.all()
        ]
        return format_html_join(", ", '<a href="{}?{}">{}</a>', links)

    @admin.action(
        description=gettext_lazy("Dismiss: they are different articles"), permissions=["change"]
    )
    def dismiss(self, request: HttpRequest, queryset: QuerySet[OpenQuestion]) -> None:
        count = queryset.update(answered_at=timezone.now(), answered_by=request.user)
        message = ngettext("%(count)d question dismissed.", "%(count)d questions dismissed.", count)
        messages.success(request, message % {"count": count})

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: OpenQuestion | None = None) -> bool:
        return False
