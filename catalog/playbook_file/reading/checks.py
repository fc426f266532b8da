"""Check values of a file against the fields in which they will be stored."""

from functools import cache
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.translation import gettext as _

from catalog.models import Article


@cache
def max_length_of(model: type[Model], name: str) -> int:
    """Return the maximum length of a field of the model."""
    field: Any = model._meta.get_field(name)
    length: int = field.max_length
    return length


def link_error(url: str) -> str:
    """Return why the address cannot be used as a link, or an empty string."""
    try:
        if urlsplit(url).scheme.lower() not in {"http", "https"}:
            return _("“%(url)s” is not a link that begins with http:// or https://.") % {
                "url": url[:80]
            }
        urlsplit(url).port  # noqa: B018 – raises ValueError for a bad port
        field = Article._meta.get_field("url")
        field.run_validators(url)
    except ValidationError as error:
        return f"“{url[:80]}”: {' '.join(error.messages)}"
    except ValueError:
        return _("“%(url)s” cannot be used as a link.") % {"url": url[:80]}
    return ""


def cut(text: str, length: int) -> str:
    """Return the text with at most this many characters, cut at a word and with an ellipsis."""
    if len(text) <= length:
        return text
    head = text[: length - 1]
    words = head if text[length - 1].isspace() else head.rpartition(" ")[0]
    return f"{(words.rstrip() or head).rstrip(',.:;')}…"
