"""Mail to the editors who asked for it, about new work that they may do.

The apps of the catalogue register the permissions; accounts has the preference. Neither knows the
other.
"""

import logging
from collections.abc import Iterator, Mapping
from functools import partial

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractUser
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

logger = logging.getLogger(__name__)

_permissions: set[str] = set()


def register(permission: str) -> None:
    """Register the permission of editors who can get mail about some kind of work."""
    _permissions.add(permission)


def can_get_mail(user: AbstractUser) -> bool:
    """Return whether there is anything about which this user could get mail."""
    return settings.HAS_EMAIL and any(may(user, permission) for permission in _permissions)


def may(user: AbstractUser, permission: str) -> bool:
    return user.is_active and user.is_staff and user.has_perm(permission)


def mail_editors(
    permission: str, subject: str, template: str, context: Mapping[str, object]
) -> None:
    """Mail the editors with this permission who want it, once the transaction is committed.

    A failure is logged and changes nothing.
    """
    if settings.HAS_EMAIL:
        send = partial(_send, permission, subject, template, context)
        transaction.on_commit(send, robust=True)


def _send(permission: str, subject: str, template: str, context: Mapping[str, object]) -> None:
    with translation.override(settings.LANGUAGE_CODE):
        text = render_to_string(template, {**context, "SITE_URL": settings.SITE_URL})
        # A title may have line breaks, which a subject must not.
        line = " ".join(f"{_('System Design Playbook')}: {subject}".split())
    connection = get_connection()
    # A mail for each, so that no editor sees the address of another.
    for editor in _recipients(permission):
        message = EmailMessage(line, text, to=[editor.email], connection=connection)
        try:
            message.send()
        except OSError as error:  # smtplib raises subclasses of it.
            logger.error("A mail to an editor could not be sent; check EMAIL_URL: %s", error)


def _recipients(permission: str) -> Iterator[AbstractUser]:
    wanting = get_user_model()._default_manager.filter(
        wants_editor_mail=True, is_staff=True, is_active=True
    )
    return (user for user in wanting.exclude(email="") if may(user, permission))
