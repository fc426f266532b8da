from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.utils import timezone

from accounts.models import User
from accounts.time_zones import is_time_zone
from playbook.http import HttpRequest

COOKIE = "time_zone"


class ReaderTimeZone:
    """Activate the reader's time zone: their preference, their browser's zone, or the default."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        name = request.COOKIES.get(COOKIE, "")
        browser_zone = ZoneInfo(name) if is_time_zone(name) else None
        with timezone.override(getattr(request.user, "zone", None) or browser_zone):
            if isinstance(request.user, User):
                request.user.begin_visit()
            return self.get_response(request)
