from collections.abc import Callable
from typing import NamedTuple

from django.http import HttpResponse
from django.middleware.gzip import re_accepts_gzip
from django.urls import ResolverMatch
from django.utils.cache import get_conditional_response
from django.utils.functional import SimpleLazyObject

from catalog import snapshot
from playbook.http import HttpRequest, theme
from playbook.pages import FOR_EVERYBODY, QUERY_MAX_LENGTH, is_known, put


class Answer(NamedTuple):
    """One for everybody, compressed and with every header; and of which view it was."""

    body: bytes
    headers: dict[str, str]
    match: ResolverMatch | None

    @classmethod
    def of(cls, response: HttpResponse, request: HttpRequest) -> "Answer":
        return cls(response.content, dict(response.headers), request.resolver_match)


class AnswersForEverybody:
    """Who is unknown gets a page as the last one got it, as long as the snapshot is the same.

    Outside of all that would look for a session and compress the page again.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        meta = request.META
        if request.method != "GET" or "HTTP_HX_REQUEST" in meta or is_known(request):
            return self.get_response(request)
        request.get_host()  # DisallowedHost, before anything is given
        query = meta["QUERY_STRING"]
        answers = snapshot.recent().answers[bool(query)]
        is_zipped = bool(re_accepts_gzip.search(meta.get("HTTP_ACCEPT_ENCODING", "")))
        key = (meta["PATH_INFO"], query, theme(request), is_zipped)
        answer = answers.get(key)
        if answer is None:
            response = self.get_response(request)
            is_kept = response.status_code == 200 and len(query) <= QUERY_MAX_LENGTH
            if is_kept and response.get("Cache-Control") == FOR_EVERYBODY:
                put(answers, key, Answer.of(response, request))
            return response
        request.resolver_match = answer.match
        response = HttpResponse(answer.body, headers=answer.headers)
        return get_conditional_response(request, response["ETag"], response=response) or response


class CurrentSnapshot:
    """Gives `request.snapshot`; nothing is read before somebody asks."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        def read() -> snapshot.CatalogSnapshot:
            user = request.user
            if request.method not in {"GET", "HEAD"}:
                return snapshot.current(user)
            if not is_known(request):
                return snapshot.recent()
            return snapshot.current(user, getattr(request.session, "catalog_version", ""))

        request.snapshot = SimpleLazyObject(read)
        return self.get_response(request)
