from collections.abc import Callable

from django.http import HttpResponse

from accounts.models import User
from playbook.http import HttpRequest
from progress.learner import LearnerProgress
from progress.visitor import VisitorProgress


class ReaderProgress:
    """Gives `request.progress`; nothing is read before somebody asks."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.progress = (
            LearnerProgress(request.user)
            if isinstance(request.user, User)
            else VisitorProgress(request.session)
        )
        return self.get_response(request)
