import logging
from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.core import context as current
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts import landing, sign_in_limits
from accounts.models import User
from accounts.names import check_name, lock_names, normalized
from playbook.http import is_on_this_site

logger = logging.getLogger(__name__)


class AccountAdapter(DefaultAccountAdapter):
    """The flows of allauth with this site's messages. They go on if a mail cannot be sent."""

    error_messages: ClassVar[dict[str, str | Promise]] = {
        **DefaultAccountAdapter.error_messages,
        "username_taken": _("This user name is taken."),
        "email_taken": _("This e-mail address already has an account."),
        "duplicate_email": _("This is already your e-mail address."),
        "username_password_mismatch": _("The user name or the password is wrong."),
        "email_password_mismatch": _("The e-mail address or the password is wrong."),
        "enter_current_password": _("This is not your current password."),
        "incorrect_password": _("This is not your password."),
        "too_many_login_attempts": _(
            "Too many failed attempts. Nothing was changed; try again in a minute."
        ),
    }

    def clean_username(self, username: str, shallow: bool = False) -> str:
        name: str = super().clean_username(normalized(username), shallow)
        check_name(name)
        return name

    def save_user(self, request: HttpRequest, user: User, form: Form, commit: bool = True) -> User:
        """Check the name once more, because others sign up while the password is hashed."""
        super().save_user(request, user, form, commit=False)
        with transaction.atomic():
            lock_names()
            self.clean_username(user.username)
            user.save()
        return user

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        if seconds := sign_in_limits.take_all(self.counters):
            message = ngettext(
                "Too many failed attempts. Nothing was changed; try again in %d second.",
                "Too many failed attempts. Nothing was changed; try again in %d seconds.",
                seconds,
            )
            raise ValidationError(message % seconds, code="too_many_login_attempts")
        if not sign_in_limits.is_from_known_browser(self.counters):
            super().pre_authenticate(request, **credentials)

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        self.counters = sign_in_limits.counters(request, credentials)
        tried = sign_in_limits.credentials_of_one_account(credentials)
        user: User | None = super().authenticate(request, **tried)
        if user:
            for counter in self.counters:
                counter.give_back()
        return user

    def reauthenticate(self, user: User, password: str) -> bool:
        """Try this account only; its address can be that of another one that confirmed it."""
        credentials = {"username": user.username, "password": password}
        return self.authenticate(current.request, **credentials) == user

    def post_login(self, request: HttpRequest, user: User, **options: Any) -> HttpResponse:
        response: HttpResponse = super().post_login(request, user, **options)
        sign_in_limits.remember_browser(request, response, user)
        return response

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        address = landing.address_for(request.user) if isinstance(request.user, User) else ""
        return address or str(super().get_login_redirect_url(request))

    def is_safe_url(self, url: str) -> bool:
        return is_on_this_site(url)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, object]) -> None:
        try:
            super().send_mail(template_prefix, email, context)
        except OSError as error:  # smtplib raises subclasses of it.
            logger.error("A mail could not be sent; check EMAIL_URL: %s", error)
            current.request.mail_failed = True
            message = gettext(
                "The e-mail to %s could not be sent because of a problem with our mail server. "
                "Everything else was saved. Request the e-mail again later."
            )
            messages.error(current.request, message % email)

    def send_confirmation_mail(
        self, request: HttpRequest, emailconfirmation: EmailConfirmationHMAC, signup: bool
    ) -> None:
        address: EmailAddress = emailconfirmation.email_address
        if EmailAddress.objects.is_verified(address.email):
            self.send_account_already_exists_mail(address.email)
        else:
            super().send_confirmation_mail(request, emailconfirmation, signup)

    def send_notification_mail(
        self,
        template_prefix: str,
        user: User,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """Tell the owner of the account, at the address it had until now."""
        if not settings.HAS_EMAIL:
            return
        values = {"user": user, **(context or {})}
        if template_prefix == "account/email/email_deleted":
            # A pending address was never the account's, so nobody has to know that it was removed.
            email = "" if user.email else values["deleted_email"]
        else:
            email = email or user.email
        if email:
            super().send_notification_mail(template_prefix, user, values, email)

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        *context: object,
        **options: object,
    ) -> None:
        is_about_mail = message_template == "account/messages/email_confirmation_sent.txt"
        if not (is_about_mail and getattr(request, "mail_failed", False)):
            super().add_message(request, level, message_template, *context, **options)
