from collections.abc import Sequence
from smtplib import SMTPRecipientsRefused
from typing import NoReturn

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend


class RefusingBackend(BaseEmailBackend):
    """An e-mail backend that refuses every message."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> NoReturn:
        raise SMTPRecipientsRefused({email_messages[0].to[0]: (550, b"No such user")})
