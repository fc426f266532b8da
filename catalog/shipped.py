"""The playbook that ships: what is loaded into an installation, of the catalogue and sub-apps.

Each sub-app registers what it adds, because the catalogue does not know them.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from django.conf import settings

_loaders: list[Callable[[], int]] = []


def register(load: Callable[[], int]) -> None:
    """Register a function that adds rows about articles, once, and returns how many."""
    _loaders.append(load)


def load_additions() -> int:
    """Add what sub-apps ship about the articles of this installation; return how many rows."""
    return sum(load() for load in _loaders)


def rows_of(fixture: str) -> Iterator[Mapping[str, Any]]:
    """Yield the fields of each row of a fixture."""
    path = Path(settings.FIXTURE_DIRS[0]) / f"{fixture}.json"
    for row in json.loads(path.read_text(encoding="utf-8")):
        yield row["fields"]
