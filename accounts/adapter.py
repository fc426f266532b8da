import logging
from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context as current
from django.contrib import messages
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

logger = logging.getLogger(__name__)


class AccountAdapter(DefaultAccountAdapter):
    """allauth's flows in this site's words, which go on where a mail cannot be sent."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "username_taken": _("This user name is taken."),
        "email_taken": _("An account has this e-mail address already."),
        "duplicate_email": _("This is your e-mail address already."),
        "username_password_mismatch": _("The user name or the password is wrong."),
        "email_password_mismatch": _("The e-mail address or the password is wrong."),
        "enter_current_password": _("This is not your current password."),
        "incorrect_password": _("This is not your password."),
        "too_many_login_attempts": _(
            "Too many failed attempts. Nothing was changed; try again in five minutes."
        ),
    }

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        try:
            super().send_mail(template_prefix, email, context)
        except OSError as error:  # What smtplib raises is one too.
            logger.error("A mail could not be sent, look at EMAIL_URL: %s", error)
            current.request.mail_failed = True
            words = gettext(
                "The e-mail to %s could not be sent: our mail server did not take it. "
                "Everything else is kept; please ask for it again later."
            )
            messages.error(current.request, words % email)

    def add_message(
        self,
        request: Any,
        level: int,
        message_template: str | None = None,
        *context: Any,
        **options: Any,
    ) -> None:
        is_about_mail = message_template == "account/messages/email_confirmation_sent.txt"
        if not (is_about_mail and getattr(request, "mail_failed", False)):
            super().add_message(request, level, message_template, *context, **options)
