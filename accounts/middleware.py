from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import sessions
from accounts.models import User
from accounts.time_zones import is_time_zone
from playbook.http import HttpRequest

COOKIE = "time_zone"


class EndOldSessions:
    """Sign out a user whose sign-in is too old, and keep a session that is in use."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if isinstance(request.user, User):
            if sessions.is_over(dict(request.session.items()), request.user):
                logout(request)
                messages.info(request, _("You signed in too long ago. Sign in again to continue."))
            else:
                sessions.keep(request)
        return self.get_response(request)


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
