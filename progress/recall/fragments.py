"""Render the parts of pages that show a learner's deck. `oob` is for out-of-band swaps."""

from django import template

from playbook.http import HttpRequest
from playbook.rendering.dependencies import DECK, READER
from playbook.rendering.fragments import cached_fragments, per_user_fragment
from progress.learner import LearnerProgress
from progress.recall.deck import Deck

register = template.Library()


@per_user_fragment(register, READER, DECK)
def recall_count(request: HttpRequest, *, oob: bool = False) -> str:
    """Render the number of cards that are due today, for the navigation."""
    # An error before authentication has no progress.
    progress = getattr(request, "progress", None)
    if not isinstance(progress, LearnerProgress):
        return ""
    due = Deck(progress).due_count
    return cached_fragments(request)("recall/includes/recall-count.html", due=due, oob=oob)
