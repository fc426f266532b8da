"""The findings of an examination of the site, for its operator."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from django.conf import settings


class Level(StrEnum):
    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True)
class Finding:
    level: Level
    sentence: str
    advice: str = ""
    """The remedy; empty if all is well."""


Examination = Callable[[], Iterator[Finding]]


def ok(sentence: str) -> Finding:
    return Finding(Level.OK, sentence)


def warning(sentence: str, advice: str) -> Finding:
    return Finding(Level.WARNING, sentence, advice)


def problem(sentence: str, advice: str) -> Finding:
    return Finding(Level.PROBLEM, sentence, advice)


def in_one_line(error: Exception) -> str:
    """Return the message of a library in one line, without the secrets that it quotes."""
    return without_secrets(" ".join(str(error).split()) or type(error).__name__)


def without_secrets(text: str) -> str:
    """Hide every secret of the settings."""
    for secret in secrets():
        text = text.replace(secret, "…")
    return text


def secrets() -> list[str]:
    databases = [str(database.get("PASSWORD") or "") for database in settings.DATABASES.values()]
    addresses = [urlsplit(url).password or "" for url in (settings.REDIS_URL, settings.EMAIL_URL)]
    dsn = urlsplit(settings.SENTRY_DSN).username or ""
    mail = str(getattr(settings, "EMAIL_HOST_PASSWORD", ""))
    known = [settings.SECRET_KEY, settings.METRICS_TOKEN, dsn, mail, *databases, *addresses]
    return sorted(filter(None, known), key=len, reverse=True)
