"""The dependencies of pages of progress, beside the reader."""

from collections.abc import Hashable

from playbook.http import HttpRequest
from playbook.rendering.dependencies import Dependency, is_known
from progress.learner import LearnerProgress
from progress.page_sql import decisions_of


def _suggestions_version(request: HttpRequest) -> Hashable:
    progress = request.progress if is_known(request) else None
    return progress.derive(decisions) if isinstance(progress, LearnerProgress) else ()


def decisions(progress: LearnerProgress) -> Hashable:
    """Return the learner's suggestions, and when each was decided; read once in a request."""
    return decisions_of(progress.user)


SUGGESTIONS = Dependency(
    "SUGGESTIONS",
    _suggestions_version,
    is_personal=True,
    tables=("suggestions_",),
)
"""The learner's suggestions, which an editor decides without changing the progress version."""
