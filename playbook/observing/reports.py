"""Error reports to Sentry: what failed and where, without any personal data."""

import tomllib
from typing import TYPE_CHECKING, Any

import sentry_sdk
from django.conf import settings
from django.core.signals import got_request_exception
from django.http import HttpRequest
from sentry_sdk.integrations.atexit import AtexitIntegration

from playbook.observing import tracing

if TYPE_CHECKING:
    from sentry_sdk._types import DataCollectionUserOptions
    from sentry_sdk.types import Event, Hint


NO_PERSONAL_DATA: "DataCollectionUserOptions" = {
    "user_info": False,
    "cookies": {"mode": "off"},
    "http_headers": {"request": {"mode": "off"}},
    "http_bodies": [],
    "url_query_params": {"mode": "off"},
    "database_query_data": False,
    "stack_frame_variables": False,
}


def start(**options: Any) -> None:
    """Start the SDK without its own integrations, which send requests and wrap every view."""
    sentry_sdk.init(
        dsn=settings.SENTRY_DSN,
        release=release(),
        environment="development" if settings.DEBUG else "production",
        default_integrations=False,
        auto_enabling_integrations=False,
        # Sends what is pending when a process ends.
        integrations=[AtexitIntegration(callback=lambda pending, timeout: None)],
        data_collection=NO_PERSONAL_DATA,
        max_breadcrumbs=0,
        auto_session_tracking=False,
        before_send=without_messages,
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


def without_messages(event: "Event", hint: "Hint") -> "Event":
    """Remove the messages of exceptions, which may quote what a reader typed."""
    errors = event.get("exception", {}).get("values", [])
    for error in errors:
        error.pop("value", None)
    return event
