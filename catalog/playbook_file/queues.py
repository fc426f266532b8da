"""The editors' queue of uncertain matches."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from catalog.editor_queues import Queue, register
from catalog.playbook_file.models import OpenQuestion


def register_all() -> None:
    register(
        "questions",
        Queue(
            name=_("Uncertain matches"),
            count=lambda: OpenQuestion.objects.waiting().count(),
            address=lambda: reverse("admin:playbook_file_openquestion_changelist"),
            permission="playbook_file.change_openquestion",
        ),
    )
