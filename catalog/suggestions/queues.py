from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from catalog.editor_queues import Queue, register
from catalog.suggestions.models import Suggestion


def register_all() -> None:
    register(
        "suggestions",
        Queue(
            name=_("Suggestions"),
            count=lambda: Suggestion.objects.waiting().count(),
            address=lambda: reverse("admin:suggestions_suggestion_changelist"),
            permission="suggestions.change_suggestion",
        ),
    )
