"""When a learner's own rows may be read from the replica.

Two values that only the primary knows for sure, and that a request asks it for anyway, say what
the learner's pages are made of: the version of their progress and the stamp of the catalogue. A
replica with the same two holds everything that was acknowledged to them, in whichever browser.
"""

from collections.abc import Callable
from typing import cast

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.db import connections
from django.http import HttpResponse

from accounts.models import User
from playbook import replica
from playbook.http import HttpRequest

HELD = """
SELECT progress_version, (SELECT value FROM catalog_stamp) FROM accounts_user WHERE id = %s
"""


class ReadOwnRows:
    """A learner's request that changes nothing reads their progress from the replica if it can."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        if not settings.HAS_REPLICA:
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in {"GET", "HEAD"} or not request.user.is_authenticated:
            return self.get_response(request)
        with replica.reading("progress", lambda: is_current(request)):
            return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Where the replica goes away in the middle, the primary answers from the beginning."""
        match = request.resolver_match
        if not (match and replica.was_lost(exception)):
            return None
        view: Callable[..., HttpResponse] = match.func
        return view(request, *match.args, **match.kwargs)


def is_current(request: HttpRequest) -> bool:
    user = cast(User, request.user)
    with connections[replica.REPLICA].cursor() as cursor:
        cursor.execute(HELD, [user.pk])
        held: tuple[int, str] | None = cursor.fetchone()
    return held == (user.progress_version, request.snapshot.version)
