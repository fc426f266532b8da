"""The addresses of the site, and one that raises an error with personal data in its variables."""

from typing import NoReturn

from django.http import HttpRequest
from django.urls import include, path


def failing(request: HttpRequest, key: str) -> NoReturn:
    address = request.META["REMOTE_ADDR"]
    form = dict(request.POST.items())
    try:
        raise LookupError(f"nobody is called {request.user} at {address}")
    except LookupError as error:
        raise ValueError(f"{key} of {form} is no number") from error


urlpatterns = [
    path("failing/<str:key>/", failing, name="failing"),
    path("", include("playbook.urls")),
]

handler400 = "playbook.http.bad_request"
handler403 = "playbook.http.permission_denied"
handler404 = "playbook.http.page_not_found"
handler500 = "playbook.http.server_error"
