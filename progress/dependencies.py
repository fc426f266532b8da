"""What pages of progress depend on, beside the reader."""

from collections.abc import Hashable

from catalog.suggestions.models import Suggestion
from playbook.http import HttpRequest
from playbook.rendering.dependencies import Dependency, is_known


def _suggestions_version(request: HttpRequest) -> Hashable:
    if not is_known(request) or request.user.is_anonymous:
        return ()
    suggestions = Suggestion.objects.for_user(request.user)
    return tuple(suggestions.values_list("pk", "decided_at").order_by("pk"))


SUGGESTIONS = Dependency(
    "SUGGESTIONS",
    _suggestions_version,
    is_personal=True,
    tables=("suggestions_",),
)
"""The learner's suggestions, which an editor decides without changing the progress version."""
