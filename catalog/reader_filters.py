"""The filters of the table that depend on its reader, as the app that knows readers registers them.

The table asks `request.progress` which entries have a value (`entries_with`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True)
class ReaderFilter:
    """A field of the filter with the label of each value, in the order in which it offers them."""

    label: StrOrPromise
    labels: Callable[[], Mapping[str, StrOrPromise]]
    is_for_visitors: bool = True


registered: dict[str, ReaderFilter] = {}
"""The filters by field name, in the order in which the table offers them."""
