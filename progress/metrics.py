"""How often what was marked: `playbook.metrics` has the figures of pages."""

from prometheus_client import Counter

from progress.models import StateName
from progress.reader import StateChange

STATE_CHANGES = Counter(
    "playbook_state_changes", "Changes of state, by the state that came of them", ["state", "undo"]
)
# Each is there from the start, so that the first change counts as one.
BY_KIND = {
    (state, is_undo): STATE_CHANGES.labels(state.value, str(is_undo).lower())
    for state in StateName
    for is_undo in (False, True)
}


def count(change: StateChange, *, is_undo: bool = False) -> None:
    """Not where the article was in that state already."""
    if change.before != change.after:
        BY_KIND[change.after, is_undo].inc()
