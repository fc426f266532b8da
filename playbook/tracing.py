"""Which request a thread is at: its id, and its view by name, for logs, figures and reports."""

import re
import secrets
from contextvars import ContextVar

from django.conf import settings
from django.http import HttpRequest

NO_VIEW = "none"
"""A static file, a redirect before any view, or an address that is not there."""

METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"}
WELL_FORMED = re.compile(r"[A-Za-z0-9_-]{8,64}")

current_id: ContextVar[str | None] = ContextVar("current_id", default=None)
"""Stays when the answer is ready, since Django logs a refusal after every middleware; a thread
that begins another request begins another id."""


def begin(request: HttpRequest) -> str:
    """The request's id: a trusted proxy's, so that both logs can be joined, or one of our own."""
    given = request.META.get("HTTP_X_REQUEST_ID", "") if settings.TRUSTED_PROXY_COUNT else ""
    request_id = given if WELL_FORMED.fullmatch(given) else secrets.token_hex(8)
    current_id.set(request_id)
    return request_id


def view_name(request: HttpRequest) -> str:
    return request.resolver_match.view_name if request.resolver_match else NO_VIEW


def method(request: HttpRequest) -> str:
    """One of a few, whatever was sent."""
    return request.method if request.method in METHODS else "OTHER"
