"""The URLs of the site, with additional ones that fail."""

from typing import NoReturn

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.urls import include, path


def broken(request: HttpRequest) -> NoReturn:
    raise RuntimeError("a secret of the inside")


def forbidden(request: HttpRequest) -> NoReturn:
    raise PermissionDenied


urlpatterns = [
    path("broken/", broken),
    path("forbidden/", forbidden),
    path("", include("playbook.urls")),
]

handler400 = "playbook.http.bad_request"
handler403 = "playbook.http.permission_denied"
handler404 = "playbook.http.page_not_found"
handler500 = "playbook.http.server_error"
