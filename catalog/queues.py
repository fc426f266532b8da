"""The catalogue's own editor queues."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from catalog.editor_queues import Queue, register
from catalog.models import Article


def register_all() -> None:
    articles = "admin:catalog_article_changelist"
    register(
        "drafts",
        Queue(
            name=_("Drafts"),
            count=lambda: Article.objects.drafts().count(),
            address=lambda: f"{reverse(articles)}?is_public=no",
            permission="catalog.change_article",
        ),
    )
    register(
        "unlisted",
        Queue(
            name=_("Articles listed nowhere"),
            count=lambda: Article.objects.unlisted().count(),
            address=lambda: f"{reverse(articles)}?listed=no",
            permission="catalog.change_article",
        ),
    )
