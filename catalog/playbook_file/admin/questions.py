"""The admin of uncertain matches."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext, gettext_lazy, ngettext

from catalog import learner_counts
from catalog.models import Article
from catalog.playbook_file.models import OpenQuestion


def described(article: Any, address: str) -> SafeString:
    """Link an article's title, and name its link, learners and date, which equal titles lack."""
    count = article.learner_count
    facts = [
        ngettext("%(count)d learner", "%(count)d learners", count) % {"count": count},
        gettext("added on %(date)s") % {"date": date_format(localtime(article.added_at))},
    ]
    link = gettext("no link")
    if article.url:
        link = format_html('<a href="{0}" rel="noopener">{0}</a>', article.url)
    title = format_html('<a href="{}">{}</a>', address, article.title)
    return format_html('{}<div class="quiet">{}<br>{}</div>', title, link, " · ".join(facts))


@admin.register(OpenQuestion)
class OpenQuestionAdmin(admin.ModelAdmin[OpenQuestion]):
    """The queue of articles that may be the same. They are merged in the articles' admin."""

    list_display = ("imported", "may_be", "imported_by")
    list_display_links = None
    actions = ("dismiss",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[OpenQuestion]:
        articles = learner_counts.registered.annotate(Article.objects.all())
        waiting = OpenQuestion.objects.waiting().select_related("revision")
        return waiting.defer(
            "revision__file", "revision__catalogue_before", "revision__catalogue_after"
        ).prefetch_related(Prefetch("article", articles), Prefetch("candidates", articles))

    @admin.display(description=gettext_lazy("article"), ordering="article__title")
    def imported(self, question: OpenQuestion) -> SafeString:
        address = reverse("admin:catalog_article_change", args=[question.article_id])
        return described(question.article, address)

    @admin.display(description=gettext_lazy("may be"))
    def may_be(self, question: OpenQuestion) -> SafeString:
        """Link each candidate to the preview of merging it into the imported article."""
        merge = reverse("admin:catalog_article_merge")
        lines = [
            described(
                article,
                f"{merge}?{urlencode({'kept': question.article_id, 'gone': article.pk})}",
            )
            for article in question.candidates.all()
        ]
        return format_html_join("", "<div>{}</div>", ([line] for line in lines))

    @admin.display(description=gettext_lazy("revision"), ordering="revision")
    def imported_by(self, question: OpenQuestion) -> SafeString:
        revision = question.revision
        return format_html('<a href="{}">{}</a>', revision.get_absolute_url(), revision)

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
