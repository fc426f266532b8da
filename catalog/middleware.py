from collections.abc import Callable
from typing import NamedTuple

from django.http import HttpResponse
from django.urls import ResolverMatch
from django.utils.cache import get_conditional_response
from django.utils.functional import SimpleLazyObject

from catalog import edition
from playbook.http import HttpRequest, theme
from playbook.pages import FOR_EVERYBODY, is_known, put


class Answer(NamedTuple):
    """One for everybody, compressed and with every header; and of which view it was."""

    body: bytes
    headers: dict[str, str]
    match: ResolverMatch | None

    @classmethod
    def of(cls, response: HttpResponse, request: HttpRequest) -> "Answer":
        return cls(response.content, dict(response.headers), request.resolver_match)


class AnswersForEverybody:
    """Who is unknown gets a page as the last one got it, as long as the edition is the same.

    Outside of all that would look for a session and compress the page again.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        meta = request.META
        if request.method != "GET" or "HTTP_HX_REQUEST" in meta or is_known(request):
            return self.get_response(request)
        answers = edition.recent().answers
        address = request.get_host(), meta["PATH_INFO"], meta["QUERY_STRING"]
        key = (*address, theme(request), "gzip" in meta.get("HTTP_ACCEPT_ENCODING", ""))
        answer = answers.get(key)
        if answer is None:
            response = self.get_response(request)
            if response.get("Cache-Control") == FOR_EVERYBODY and response.status_code == 200:
                put(answers, key, Answer.of(response, request))
            return response
        request.resolver_match = answer.match
        response = HttpResponse(answer.body, headers=answer.headers)
        return get_conditional_response(request, response["ETag"], response=response) or response


class CurrentEdition:
    """Gives `request.edition`; nothing is read before somebody asks."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        def read() -> edition.Edition:
            is_reading = request.method in {"GET", "HEAD"} and not is_known(request)
            return edition.recent() if is_reading else edition.current(request.user)

        request.edition = SimpleLazyObject(read)
        return self.get_response(request)
