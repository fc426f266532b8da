from collections.abc import Callable

from allauth.account.adapter import get_adapter
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse

from playbook.http import HttpRequest
from progress.project_metrics import visitors

ROBOTS = ("bot", "crawl", "spider")
USER_AGENT_MAX_LENGTH = 200


class CountVisitors:
    """Whoever gets a page, but not who says they are a robot, nor who says nothing."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        user_agent = request.META.get("HTTP_USER_AGENT", "").casefold()[:USER_AGENT_MAX_LENGTH]
        if user_agent and not any(word in user_agent for word in ROBOTS):
            try:
                address = get_adapter().get_client_ip(request)
            except PermissionDenied:  # Nobody can tell it.
                return response
            visitors.note(address, user_agent)
        return response
