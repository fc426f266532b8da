"""The id and the view of the current request, for logs, metrics and error reports."""

import re
import secrets
from contextvars import ContextVar

from django.conf import settings
from django.http import HttpRequest

NO_VIEW = "none"
"""Stands for a static file, a redirect before any view, or an unknown address."""

METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"}
WELL_FORMED = re.compile(r"[A-Za-z0-9_-]{8,64}")

current_id: ContextVar[str | None] = ContextVar("current_id", default=None)
"""Kept after the response, since Django logs a refusal after all middleware; the thread's next
request replaces it."""


def begin(request: HttpRequest) -> str:
    """Return the request's id: that of a trusted proxy, to join both logs, or a new one."""
    given = request.META.get("HTTP_X_REQUEST_ID", "") if settings.TRUSTED_PROXY_COUNT else ""
    request_id = given if WELL_FORMED.fullmatch(given) else secrets.token_hex(8)
    current_id.set(request_id)
    return request_id


def view_name(request: HttpRequest) -> str:
    return request.resolver_match.view_name if request.resolver_match else NO_VIEW


def method(request: HttpRequest) -> str:
    """Return the method, or `OTHER`: a client may send any word."""
    return request.method if request.method in METHODS else "OTHER"
