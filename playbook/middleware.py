"""The project's own middleware; docs/architecture.md lists all of it in its order."""

import logging
from collections.abc import Callable
from http import HTTPStatus
from time import perf_counter
from typing import Any, cast

from csp.middleware import CSPMiddleware
from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.core.handlers.exception import convert_exception_to_response
from django.http import HttpRequest as DjangoHttpRequest
from django.http import HttpResponse, HttpResponseNotAllowed
from django.middleware.clickjacking import XFrameOptionsMiddleware
from django.middleware.csrf import CsrfViewMiddleware
from django.middleware.security import SecurityMiddleware
from django.urls import resolve

from playbook.http import NEVER_STORED, HttpRequest, csrf_failure, error_page, full_address
from playbook.observing import metrics, tracing
from playbook.server import bodies

UNUSED_FEATURES = (
    "accelerometer",
    "browsing-topics",
    "camera",
    "display-capture",
    "geolocation",
    "gyroscope",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "publickey-credentials-get",
    "screen-wake-lock",
    "usb",
)

requests_log = logging.getLogger("playbook.requests")


class ObserveRequests:
    """Give each request an id, and log and measure it if the operator asked for that."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.is_measured = bool(settings.METRICS_TOKEN)
        self.is_logged: bool = settings.LOG_REQUESTS
        if self.is_measured:
            metrics.watch()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.request_id = tracing.begin(request)
        began = perf_counter()
        if self.is_measured:
            metrics.begin()
        response = self.get_response(request)
        seconds = perf_counter() - began
        if self.is_measured:
            metrics.count(request, response, seconds)
        if self.is_logged:
            log_request(request, response, seconds)
        response["X-Request-ID"] = request.request_id
        return response


def log_request(request: HttpRequest, response: HttpResponse, seconds: float) -> None:
    facts = {
        "method": tracing.method(request),
        "view": tracing.view_name(request),
        "status": response.status_code,
        "milliseconds": round(seconds * 1000, 1),
    }
    requests_log.info("%(method)s %(view)s %(status)s, %(milliseconds)s ms", facts, extra=facts)


class DescribeSite:
    """Build addresses from `SITE_URL`, and give up what pages never use of a browser."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.policy = ", ".join(f"{feature}=()" for feature in UNUSED_FEATURES)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.build_absolute_uri = (  # type: ignore[method-assign]  # packages make mails with it
            lambda location=None: full_address(location or request.get_full_path())
        )
        response = self.get_response(request)
        response["Permissions-Policy"] = self.policy
        return response


class NeverStoreSessions:
    """Keep responses made from the session out of caches, unless they say how to keep them."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.session.accessed:
            response.headers.setdefault("Cache-Control", NEVER_STORED)
        return response


class AnswerProbes:
    """Answer probes before everything else: load balancers ask over http, by IP address."""

    paths = {"/healthz", "/readyz", "/metrics/prometheus"}

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        middleware = (SecurityMiddleware, CSPMiddleware, XFrameOptionsMiddleware)
        # Only what they do with a response is used.
        self.protections: list[Any] = [kind(cast(Any, get_response)) for kind in middleware]

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info not in self.paths:
            return self.get_response(request)
        request.resolver_match = resolve(request.path_info)
        answer = convert_exception_to_response(request.resolver_match.func)
        response = cast(HttpResponse, answer(request))
        for protection in self.protections:
            response = protection.process_response(request, response)
        return response


class RefuseForgedRequests(CsrfViewMiddleware):
    """Trust the browser's statement that a form came from this site; else require the CSRF token.

    So a page needs no token, and can be the same for everybody. A page of another site cannot write
    these headers, and Django has checked `Origin` before it asks for the token.
    """

    def process_request(self, request: DjangoHttpRequest) -> None:
        # No browser sends a NUL in a cookie, and PostgreSQL cannot look it up.
        if any("\0" in value for value in request.COOKIES.values()):
            raise SuspiciousOperation("NUL in a cookie")
        super().process_request(request)

    def process_view(self, request: DjangoHttpRequest, *view: Any) -> Any:
        """Refuse what the browser says comes from another site, even with a token."""
        refusal = super().process_view(request, *view)
        is_write = request.method not in {"GET", "HEAD", "OPTIONS", "TRACE"}
        is_foreign = request.headers.get("Sec-Fetch-Site") in {"cross-site", "same-site"}
        if refusal is None and is_write and is_foreign:
            return csrf_failure(request)
        return refusal

    def _check_token(self, request: HttpRequest) -> None:
        site = request.headers.get("Sec-Fetch-Site")
        own = {f"{request.scheme}://{request.get_host()}", settings.SITE_URL}
        if site == "same-origin" or (site is None and request.headers.get("Origin") in own):
            return
        super()._check_token(request)  # type: ignore[misc]  # Django's own, without a type


class RefuseBodies:
    """Refuse a body that the view does not take, or that the server did not read to its end."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        status = request.META.get(bodies.REFUSAL)
        if status is None and bodies.is_too_large(request):
            status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        if status is None:
            return self.get_response(request)
        return error_page(request, status, limit=bodies.limit_for(request.path_info))


class ExplainWrongMethod:
    """Give a refused method a page that explains it; Django answers with an empty one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if isinstance(response, HttpResponseNotAllowed):
            page = error_page(request, HTTPStatus.METHOD_NOT_ALLOWED)
            response.content = page.content
            response["Content-Type"] = page["Content-Type"]
        return response
