from collections.abc import Callable
from typing import cast

from django.http import HttpResponse
from django.utils.functional import SimpleLazyObject

from catalog.snapshot import CatalogSnapshot, current, recent
from playbook.http import HttpRequest
from playbook.rendering.dependencies import is_known


class CurrentSnapshot:
    """Set `request.snapshot`, which reads nothing until it is used."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        def read() -> CatalogSnapshot:
            # Replace the lazy object on first use, because each use of it has a cost.
            request.snapshot = snapshot_for(request)
            return request.snapshot

        request.snapshot = cast(CatalogSnapshot, SimpleLazyObject(read))
        return self.get_response(request)


def snapshot_for(request: HttpRequest) -> CatalogSnapshot:
    """Return the catalogue as this reader may see it now; for anonymous visitors, a second ago."""
    is_safe = request.method in {"GET", "HEAD"}
    if is_safe and not is_known(request):
        return recent()
    if not is_safe and request.user.is_staff:
        return current(request.user)  # The request can have changed the catalogue itself.
    return current(request.user, getattr(request.session, "catalog_version", ""))
