"""Limit the size of request bodies; a view that takes more declares it."""

from collections.abc import Callable
from typing import TypeVar

from django.http import HttpRequest
from django.urls import Resolver404, resolve

View = TypeVar("View", bound=Callable[..., object])

KIBIBYTE = 1024
MEBIBYTE = 1024 * KIBIBYTE
DEFAULT = 64 * KIBIBYTE
"""Several times the longest form of the site outside the admin."""
IN_ADMIN = MEBIBYTE
"""The admin's forms have many rows and long texts."""

REFUSAL = "playbook.refusal"
"""The key in `request.META` of the status with which the server refused to read the body."""


def takes_up_to(size: int) -> Callable[[View], View]:
    """Let a view take a body of this many bytes."""

    def declare(view: View) -> View:
        view.body_limit = size  # type: ignore[attr-defined]  # read by limit_for
        return view

    return declare


def limit_for(path: str) -> int:
    """Return how many bytes the view of this address takes."""
    try:
        match = resolve(path)
    except Resolver404:
        return DEFAULT
    default = IN_ADMIN if match.app_name == "admin" else DEFAULT
    return int(getattr(match.func, "body_limit", default))


def is_too_large(request: HttpRequest) -> bool:
    length = request.META.get("CONTENT_LENGTH") or "0"
    # Almost every body is within the default, and needs no look at the addresses.
    return (
        length.isdecimal() and int(length) > DEFAULT and int(length) > limit_for(request.path_info)
    )
