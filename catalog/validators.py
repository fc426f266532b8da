import unicodedata
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

INVISIBLE = {"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp", "Zs"}
"""Unicode's categories of controls, formats such as a change of direction, and spaces."""


def validate_without_credentials(url: str) -> None:
    if "@" in urlsplit(url).netloc:
        raise ValidationError(_("The address must not contain a user name or a password."))


def validate_port(url: str) -> None:
    try:
        _port = urlsplit(url).port
    except ValueError as error:
        raise ValidationError(_("The port must be 65535 or less.")) from error


def validate_visible(url: str) -> None:
    """Refuse characters that are not seen, or that change the direction of what is seen."""
    if any(unicodedata.category(character) in INVISIBLE for character in url):
        raise ValidationError(
            _("The address contains an invisible character. Type it again instead of pasting it.")
        )
