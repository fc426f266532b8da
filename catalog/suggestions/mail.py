"""Mail to editors about a new suggestion."""

from django.urls import reverse
from django.utils.translation import gettext as _

from catalog.suggestions.models import Suggestion
from playbook.editor_mail import mail_editors, register

DECIDING = "suggestions.change_suggestion"


def register_mail() -> None:
    register(DECIDING)


def mail_suggestion(suggestion: Suggestion) -> None:
    subject = _("New suggestion: %(title)s") % {"title": suggestion}
    address = reverse("admin:suggestions_suggestion_change", args=[suggestion.pk])
    context = {"suggestion": suggestion, "address": address}
    mail_editors(DECIDING, subject, "suggestions/mail/new_suggestion.txt", context)
