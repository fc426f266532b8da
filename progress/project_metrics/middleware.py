from collections.abc import Callable

from django.http import HttpResponse

from playbook.http import HttpRequest
from progress.project_metrics import visitors


class CountVisitors:
    """Count the visitors who get a page, except those without a User-Agent header."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        meta = request.META
        user_agent = meta.get("HTTP_USER_AGENT")
        if user_agent and response.status_code < 400:
            peer, forwarded = meta.get("REMOTE_ADDR", ""), meta.get("HTTP_X_FORWARDED_FOR", "")
            visitors.note(peer, forwarded, user_agent)
        return response
