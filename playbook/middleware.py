from collections.abc import Callable

from django.core.exceptions import SuspiciousOperation
from django.http import HttpResponse

from playbook.http import HttpRequest


class RefuseNulCookies:
    """A NUL in a cookie is no honest browser's, and PostgreSQL cannot look it up."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if any("\0" in value for value in request.COOKIES.values()):
            raise SuspiciousOperation("NUL in a cookie")
        return self.get_response(request)
