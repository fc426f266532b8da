from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


def validate_without_credentials(url: str) -> None:
    if "@" in urlsplit(url).netloc:
        raise ValidationError(_("The address must not contain a user name or a password."))


def validate_port(url: str) -> None:
    try:
        _port = urlsplit(url).port
    except ValueError as error:
        raise ValidationError(_("The port must be 65535 or less.")) from error
