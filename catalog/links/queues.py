from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from catalog.editor_queues import Queue, register
from catalog.links.models import BrokenLink


def register_all() -> None:
    register(
        "broken-links",
        Queue(
            name=_("Broken links"),
            count=lambda: BrokenLink.objects.waiting().count(),
            address=lambda: reverse("admin:links_brokenlink_changelist"),
            permission="catalog.change_article",
        ),
    )
