"""The names of the cookies of a site that is served over https."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpResponse

from playbook.http import HttpRequest

FORMER_NAME = "sessionid"


class AdoptFormerSession:
    """Keep the session of a cookie from before the prefix `__Host-`, under the new name.

    To be removed after one release: while it exists, a sibling domain can still set the old cookie.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        name = settings.SESSION_COOKIE_NAME
        former = request.COOKIES.get(FORMER_NAME) if name != FORMER_NAME else None
        if not former:
            return self.get_response(request)
        session = request.COOKIES.setdefault(name, former)
        response = self.get_response(request)
        response.delete_cookie(FORMER_NAME, samesite="Lax")
        if session == former and name not in response.cookies:
            response.set_cookie(
                name,
                former,
                max_age=settings.SESSION_COOKIE_AGE,
                secure=True,
                httponly=True,
                samesite="Lax",
            )
        return response
