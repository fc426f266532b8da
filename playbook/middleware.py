from collections.abc import Callable
from http import HTTPStatus

from django.core.exceptions import SuspiciousOperation
from django.http import HttpResponse, HttpResponseNotAllowed

from playbook.http import HttpRequest, error_page


class RefuseNulCookies:
    """A NUL in a cookie is no honest browser's, and PostgreSQL cannot look it up."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if any("\0" in value for value in request.COOKIES.values()):
            raise SuspiciousOperation("NUL in a cookie")
        return self.get_response(request)


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
