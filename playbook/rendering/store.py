"""Bounded stores for what was rendered."""

from __future__ import annotations

from collections.abc import Hashable
from functools import lru_cache
from threading import Lock
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from playbook.rendering.guard import IS_CHECKED, declared

if TYPE_CHECKING:
    from playbook.rendering.dependencies import Dependencies

_Item = TypeVar("_Item")

FRAGMENTS_KEPT = 5_000
PAGES_KEPT = 300
QUERY_MAX_LENGTH = 500
"""Longer query strings are not kept."""


class Bounded(Generic[_Item]):
    """A store of limited size that drops its oldest item first; safe to share between threads."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._items: dict[Hashable, _Item] = {}
        self._lock = Lock()

    def get(self, key: Hashable) -> _Item | None:
        return self._items.get(key)

    def put(self, key: Hashable, item: _Item) -> None:
        with self._lock:
            self._items[key] = item
            while len(self._items) > self.size:
                del self._items[next(iter(self._items))]

    def clear(self) -> None:
        with self._lock:
            self._items.clear()

    def __len__(self) -> int:
        return len(self._items)


class ByQuery(Generic[_Item]):
    """Two stores, so that any number of searches cannot evict the pages that everybody reads."""

    def __init__(self) -> None:
        self.plain: Bounded[_Item] = Bounded(PAGES_KEPT)
        self.with_query: Bounded[_Item] = Bounded(PAGES_KEPT)

    def of(self, query: str) -> Bounded[_Item]:
        return self.with_query if query else self.plain


def render_fragment(
    template: str,
    depends_on: Dependencies,
    scope: tuple[Hashable, ...],
    values: tuple[tuple[str, Any], ...],
) -> SafeString:
    """Render a fragment. `scope`, the versions of its dependencies, is only part of its key."""
    if not IS_CHECKED:
        return render_to_string(template, dict(values))
    with declared(template, depends_on):
        return render_to_string(template, dict(values))


class RenderStore:
    """Rendered fragments and pages that are discarded together."""

    def __init__(self) -> None:
        self.render_fragment = lru_cache(FRAGMENTS_KEPT)(render_fragment)
        self.pages: ByQuery[object] = ByQuery()


PROCESS_STORE = RenderStore()
"""For what depends on no part of the catalogue."""
