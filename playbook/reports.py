"""Failures told to Sentry: what broke and where, and nothing of whom it happened to."""

import tomllib
from typing import TYPE_CHECKING, Any

import sentry_sdk
from django.conf import settings
from django.core.signals import got_request_exception
from django.http import HttpRequest
from sentry_sdk.integrations.atexit import AtexitIntegration

from playbook import tracing

if TYPE_CHECKING:
    from sentry_sdk._types import DataCollectionUserOptions
    from sentry_sdk.types import Event, Hint


NOTHING_OF_READERS: "DataCollectionUserOptions" = {
    "user_info": False,
    "cookies": {"mode": "off"},
    "http_headers": {"request": {"mode": "off"}},
    "http_bodies": [],
    "url_query_params": {"mode": "off"},
    "database_query_data": False,
    "stack_frame_variables": False,
}


def start(**options: Any) -> None:
    """Without the SDK's own integrations: they send requests, and wrap every view and query."""
    sentry_sdk.init(
        dsn=settings.SENTRY_DSN,
        release=release(),
        environment="development" if settings.DEBUG else "production",
        default_integrations=False,
        auto_enabling_integrations=False,
        # Sends what is left when a process ends.
        integrations=[AtexitIntegration(callback=lambda pending, timeout: None)],
        data_collection=NOTHING_OF_READERS,
        max_breadcrumbs=0,
        auto_session_tracking=False,
        before_send=without_words,
        **options,
    )
    got_request_exception.connect(report)


def release() -> str:
    with (settings.BASE_DIR / "pyproject.toml").open("rb") as file:
        project = tomllib.load(file)["project"]
    return f"{project['name']}@{project['version']}"


def report(request: HttpRequest, **kwargs: Any) -> None:
    with sentry_sdk.new_scope() as scope:
        scope.set_transaction_name(tracing.view_name(request))
        scope.set_tag("request_id", tracing.current_id.get())
        scope.set_tag("method", tracing.method(request))
        sentry_sdk.capture_exception()


def without_words(event: "Event", hint: "Hint") -> "Event":
    """An exception's words may quote what a reader typed."""
    errors = event.get("exception", {}).get("values", [])
    for error in errors:
        error.pop("value", None)
    return event
