"""The operational metrics of state changes; `playbook.observing.metrics` has those of pages."""

from collections.abc import Iterable

from prometheus_client import Counter

from progress.reader import StateChange
from progress.states import StateName

STATE_CHANGES = Counter(
    "playbook_state_changes", "State changes, by the new state", ["state", "undo"]
)
# Every series starts at 0, or Prometheus misses its first increment.
for _state in StateName:
    for _is_undo in ("false", "true"):
        STATE_CHANGES.labels(_state.value, _is_undo)


def count(changes: Iterable[StateChange], *, is_undo: bool = False) -> None:
    """Count the changes, without those of articles that were in that state already."""
    for change in changes:
        if change.before != change.after:
            STATE_CHANGES.labels(change.after.value, str(is_undo).lower()).inc()
