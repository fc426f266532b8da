"""Read a learner's own rows from the replica if it is up to date for them.

A request reads two values from the primary anyway: the learner's progress version and the catalog
version. A replica with the same two values has every write that was acknowledged to the learner.
"""

from collections.abc import Callable
from typing import cast

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.db import connections
from django.http import HttpResponse

from accounts.models import User
from playbook.http import HttpRequest
from playbook.stores import replica

VERSIONS = """
SELECT progress_version, (SELECT value FROM catalog_stamp) FROM accounts_user WHERE id = %s
"""


class ReadOwnRows:
    """Let a learner's safe requests read their progress from the replica if it is up to date."""

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
        """Run the view again on the primary if the replica was lost."""
        match = request.resolver_match
        if not (match and replica.was_lost(exception)):
            return None
        view: Callable[..., HttpResponse] = match.func
        return view(request, *match.args, **match.kwargs)


def is_current(request: HttpRequest) -> bool:
    user = cast(User, request.user)
    with connections[replica.REPLICA].cursor() as cursor:
        cursor.execute(VERSIONS, [user.pk])
        versions: tuple[int, str] | None = cursor.fetchone()
    return versions == (user.progress_version, request.snapshot.version)
