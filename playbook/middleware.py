import logging
from collections.abc import Callable
from http import HTTPStatus
from time import perf_counter

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed, SuspiciousOperation
from django.http import HttpResponse, HttpResponseNotAllowed
from django.middleware.csrf import CsrfViewMiddleware
from django.urls import resolve

from playbook import metrics, tracing
from playbook.http import HttpRequest, error_page

requests_log = logging.getLogger("playbook.requests")


class RequestId:
    """The id under which the log tells what became of a request; the answer carries it too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.request_id = tracing.begin(request)
        response = self.get_response(request)
        response["X-Request-ID"] = request.request_id
        return response


class LogRequests:
    """A line for each request, where an operator wants one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        if not settings.LOG_REQUESTS:
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = perf_counter()
        response = self.get_response(request)
        facts = {
            "method": tracing.method(request),
            "view": tracing.view_name(request),
            "status": response.status_code,
            "milliseconds": round((perf_counter() - began) * 1000, 1),
        }
        requests_log.info("%(method)s %(view)s %(status)s, %(milliseconds)s ms", facts, extra=facts)
        return response


class Measure:
    """Counts and times every request, where somebody reads the figures."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        if not settings.METRICS_TOKEN:
            raise MiddlewareNotUsed
        self.get_response = get_response
        metrics.watch()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = perf_counter()
        metrics.begin()
        response = self.get_response(request)
        metrics.count(request, response, perf_counter() - began)
        return response


class AnswerProbes:
    """A load balancer asks over http, by number and by no name of ours, and wants no session."""

    paths = {"/healthz", "/readyz", "/metrics/prometheus"}

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info not in self.paths:
            return self.get_response(request)
        request.resolver_match = resolve(request.path_info)
        answer: HttpResponse = request.resolver_match.func(request)
        return answer


class RefuseNulCookies:
    """A NUL in a cookie is no honest browser's, and PostgreSQL cannot look it up."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if any("\0" in value for value in request.COOKIES.values()):
            raise SuspiciousOperation("NUL in a cookie")
        return self.get_response(request)


class SameOriginOrToken(CsrfViewMiddleware):
    """A browser's own word that a form came from a page of ours is enough; else the token decides.

    So a page need not hold a token, and can be the same for everybody. No page of another site can
    write these headers, and Django has looked at `Origin` before it asks for the token.
    """

    def _check_token(self, request: HttpRequest) -> None:
        site = request.headers.get("Sec-Fetch-Site")
        own = {f"{request.scheme}://{request.get_host()}", settings.SITE_URL}
        if site == "same-origin" or (site is None and request.headers.get("Origin") in own):
            return
        super()._check_token(request)  # type: ignore[misc]  # Django's own, without a type


class ExplainWrongMethod:
    """A refused method gets a page with words, where Django answers with nothing."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if isinstance(response, HttpResponseNotAllowed):
            page = error_page(request, HTTPStatus.METHOD_NOT_ALLOWED)
            response.content = page.content
            response["Content-Type"] = page["Content-Type"]
        return response
