"""HTTP helpers that all apps share: the typed request, redirects, error pages."""

import sys
from collections.abc import Callable, Collection, Hashable
from functools import wraps
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, TypeAlias
from urllib.parse import urljoin, urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import DisallowedHost, RequestDataTooBig, TooManyFieldsSent
from django.http import HttpRequest as DjangoHttpRequest
from django.http import HttpResponse, QueryDict
from django.middleware.csrf import REASON_BAD_ORIGIN
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.encoding import iri_to_uri
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import requires_csrf_token
from django_htmx.middleware import HtmxDetails

from playbook.stores.database_faults import Explanation, fault_of

if TYPE_CHECKING:
    from catalog.snapshot import CatalogSnapshot
    from progress.reader import ReaderProgress

Reader: TypeAlias = AbstractBaseUser | AnonymousUser

NEVER_STORED = "private, no-store"
"""The `Cache-Control` of every response made from the session (`NeverStoreSessions`)."""

THEMES = ("light", "dark")

REASONS = {
    DisallowedHost: _(
        "This site is not served under that name. If you operate it, add the name to ALLOWED_HOSTS."
    ),
}


class Progress(Protocol):
    """The part of a reader's progress that the catalogue uses."""

    is_visitor: ClassVar[bool]

    @property
    def version(self) -> Hashable: ...
    def entries_with(self, field: str, values: Collection[str], snapshot: "CatalogSnapshot") -> int:
        """Return the entries whose article has one of the values for this reader, as a bitmap."""


class HttpRequest(DjangoHttpRequest):
    """A request with what the project's middleware puts on it."""

    request_id: str
    htmx: HtmxDetails
    snapshot: "CatalogSnapshot"
    progress: "ReaderProgress"


def safe_next(request: DjangoHttpRequest, default: str) -> str:
    """Return the page the reader wants to return to, if it is on this site."""
    target = request.POST.get("next", "")
    return target if is_on_this_site(target, secure=request.is_secure()) else default


def is_on_this_site(address: str, *, secure: bool = False) -> bool:
    """Return whether an address is a path or begins with `SITE_URL`, whatever host was asked."""
    hosts = {urlsplit(settings.SITE_URL).netloc}
    return url_has_allowed_host_and_scheme(
        address, hosts, require_https=secure or settings.IS_HTTPS
    )


def full_address(address: str) -> str:
    """Return an address with `SITE_URL`, never with the host that the client sent."""
    return urljoin(settings.SITE_URL, iri_to_uri(address))


def unlisted(response: HttpResponse) -> HttpResponse:
    """Keep a page that only its secret address opens out of caches and indexes.

    Other sites' logs do not get it either: the policy of the whole site is `same-origin`. With
    `no-referrer` browsers would send the form with `Origin: null`, which is refused as forged.
    """
    response["Cache-Control"] = NEVER_STORED
    response["X-Robots-Tag"] = "noindex"
    return response


def sign_in_required(
    view: Callable[..., HttpResponse],
) -> Callable[..., HttpResponse]:
    """Send visitors to sign in, and back to the page they were on."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        messages.info(
            request,
            _("That page needs an account. What you marked here moves into it."),
        )
        if not request.htmx:
            return redirect_to_login(request.get_full_path())
        response = redirect_to_login(request.htmx.current_url_abs_path or "/")
        return HttpResponse(headers={"HX-Redirect": response["Location"]})

    return wrapped


def theme(request: DjangoHttpRequest) -> str:
    """Return the colour scheme the reader chose; empty for that of their system."""
    chosen = request.COOKIES.get("theme", "")
    return chosen if chosen in THEMES else ""


def query_of(request: DjangoHttpRequest) -> QueryDict:
    """Return the parameters of the address; none if there are too many, which views refuse."""
    try:
        return request.GET
    except TooManyFieldsSent:
        return QueryDict()


def site(request: DjangoHttpRequest) -> dict[str, Any]:
    """Return what every template knows: its address, the reader's theme, the site's settings."""
    return {
        "SITE_URL": settings.SITE_URL,
        "HAS_EMAIL": settings.HAS_EMAIL,
        "theme": theme(request),
        "path": request.path,
        "query": query_of(request),
        "address": request.get_full_path() if request.method in {"GET", "HEAD"} else "",
    }


def error_page(request: DjangoHttpRequest, status: HTTPStatus, **context: object) -> HttpResponse:
    return render(request, f"{status.value}.html", context, status=status)


def bad_request(request: DjangoHttpRequest, exception: Exception) -> HttpResponse:
    if isinstance(exception, RequestDataTooBig):
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        return error_page(request, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, limit=limit)
    reason = next((text for kind, text in REASONS.items() if isinstance(exception, kind)), "")
    return error_page(request, HTTPStatus.BAD_REQUEST, reason=reason)


def permission_denied(request: DjangoHttpRequest, exception: Exception) -> HttpResponse:
    return error_page(request, HTTPStatus.FORBIDDEN)


def page_not_found(request: DjangoHttpRequest, exception: Exception) -> HttpResponse:
    return error_page(request, HTTPStatus.NOT_FOUND)


def server_error(request: DjangoHttpRequest) -> HttpResponse:
    """Render an error page without the session and the database, which may be what failed."""
    context = {**site(request), "request_id": getattr(request, "request_id", "")}
    if fault := fault_of(sys.exc_info()[1]):
        return _database_unavailable(request, fault.value, context)
    page = render_to_string("500.html", context)
    return HttpResponse(page, status=HTTPStatus.INTERNAL_SERVER_ERROR)


def _database_unavailable(
    request: DjangoHttpRequest, explanation: Explanation, context: dict[str, Any]
) -> HttpResponse:
    is_change = request.method not in {"GET", "HEAD"}
    page = render_to_string(
        "503.html", {**context, "explanation": explanation, "is_change": is_change}
    )
    headers = {"Retry-After": str(explanation.retry_after), "Cache-Control": "no-store"}
    return HttpResponse(page, status=HTTPStatus.SERVICE_UNAVAILABLE, headers=headers)


@requires_csrf_token
def csrf_failure(request: DjangoHttpRequest, reason: str = "") -> HttpResponse:
    """Explain a refused form, and name an origin that the operator may have to trust."""
    origin = request.headers.get("Origin", "")
    is_untrusted = reason == REASON_BAD_ORIGIN % origin and origin != "null"
    return render(
        request,
        "403_csrf.html",
        {"untrusted_origin": origin if is_untrusted else ""},
        status=HTTPStatus.FORBIDDEN,
    )
