from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from typing import cast

from allauth.core.internal.ratelimit import consume
from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from accounts.models import User
from playbook.http import HttpRequest
from progress.learner import LearnerProgress
from progress.operations import UsedOperation
from progress.reader import ReaderGone, ReaderProgress, TooManyVisitors
from progress.sessions import SessionStore
from progress.visitor import VisitorProgress


class RequestProgress:
    """Set `request.progress`. It reads nothing until it is used."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        progress: ReaderProgress = (
            LearnerProgress(request.user, keeps_rows=request.method in {"GET", "HEAD"})
            if isinstance(request.user, User)
            else VisitorProgress(
                cast(SessionStore, request.session), partial(may_begin_session, request)
            )
        )
        progress.snapshot = request.snapshot
        request.progress = progress
        response = self.get_response(request)
        if isinstance(request.progress, VisitorProgress):
            if request.session.accessed and not request.session.modified:
                request.progress.keep()
            if request.progress.wrote_session:
                renew_session_cookie(request.session, response)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, TooManyVisitors):
            reason = _(
                "Many people without an account began to track their progress from your network "
                "just now, so this change was not saved. Sign in or sign up to save it now, or go "
                "back and try again in a few minutes."
            )
            status = HTTPStatus.TOO_MANY_REQUESTS
            return render(request, "429.html", {"reason": reason}, status=status)
        if isinstance(exception, ReaderGone):
            return _conflict(
                request,
                _("You signed in or out in another window since this page was loaded."),
            )
        if isinstance(exception, UsedOperation):
            return _conflict(request, _("That form was sent before."))
        return None


def _conflict(request: HttpRequest, reason: str) -> HttpResponse:
    return render(request, "409.html", {"reason": reason}, status=HTTPStatus.CONFLICT)


def may_begin_session(request: HttpRequest) -> bool:
    """Count a visitor's new session. False if too many began at one network address."""
    limits = {"begin_session": settings.VISITOR_SESSIONS_LIMIT}
    return bool(consume(request, app="progress", action="begin_session", config=limits))


def renew_session_cookie(session: SessionBase, response: HttpResponse) -> None:
    """Renew the cookie, so that a visitor keeps their progress for 60 days after their last use.

    Django renews it only with a session that it saves itself. This one was saved under a lock.
    """
    response.set_cookie(
        settings.SESSION_COOKIE_NAME,
        str(session.session_key),
        max_age=session.get_expiry_age(),
        domain=settings.SESSION_COOKIE_DOMAIN,
        path=settings.SESSION_COOKIE_PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=settings.SESSION_COOKIE_HTTPONLY,
        samesite=settings.SESSION_COOKIE_SAMESITE,
    )
