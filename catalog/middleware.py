from collections.abc import Callable

from django.http import HttpResponse
from django.utils.functional import SimpleLazyObject

from catalog import edition
from playbook.http import HttpRequest
from playbook.pages import is_known


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
