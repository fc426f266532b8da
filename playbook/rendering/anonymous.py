"""Responses kept whole for anonymous visitors: compressed, with every header."""

from collections.abc import Callable
from typing import NamedTuple

from django.http import HttpResponse
from django.middleware.gzip import re_accepts_gzip
from django.urls import ResolverMatch
from django.utils.cache import get_conditional_response

from playbook.http import HttpRequest, theme
from playbook.rendering.dependencies import current_language, is_known
from playbook.rendering.pages import PUBLIC, RenderedFrom
from playbook.rendering.store import QUERY_MAX_LENGTH, ByQuery


class KeptResponse(NamedTuple):
    """A response as it left this middleware, and what it depends on."""

    body: bytes
    headers: dict[str, str]
    match: ResolverMatch | None
    rendered_from: RenderedFrom


KEPT: ByQuery[KeptResponse] = ByQuery()


class AnonymousResponses:
    """Sends anonymous visitors a stored response while it is current.

    It runs before the middleware that reads the session and the one that compresses responses.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        meta = request.META
        if request.method != "GET" or "HTTP_HX_REQUEST" in meta or is_known(request):
            return self.get_response(request)
        request.get_host()  # raises DisallowedHost before anything is sent
        query = meta["QUERY_STRING"]
        responses = KEPT.of(query)
        is_gzipped = bool(re_accepts_gzip.search(meta.get("HTTP_ACCEPT_ENCODING", "")))
        key = (meta["PATH_INFO"], query, theme(request), current_language(), is_gzipped)
        kept = responses.get(key)
        if kept is None or not kept.rendered_from.is_current(request):
            response = self.get_response(request)
            rendered_from: RenderedFrom | None = getattr(response, "rendered_from", None)
            is_public = response.status_code == 200 and response.get("Cache-Control") == PUBLIC
            if rendered_from and is_public and len(query) <= QUERY_MAX_LENGTH:
                headers = dict(response.headers)
                match = request.resolver_match
                kept = KeptResponse(response.content, headers, match, rendered_from)
                responses.put(key, kept)
            return response
        request.resolver_match = kept.match
        response = HttpResponse(kept.body, headers=kept.headers)
        return get_conditional_response(request, response["ETag"], response=response) or response
