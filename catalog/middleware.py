from collections.abc import Callable

from django.http import HttpResponse
from django.utils.functional import SimpleLazyObject

from catalog import edition
from playbook.http import HttpRequest


class CurrentEdition:
    """Gives `request.edition`; nothing is read before somebody asks."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.edition = SimpleLazyObject(lambda: edition.current(request.user))
        return self.get_response(request)
