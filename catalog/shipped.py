"""The playbook that ships: what is loaded into an installation, of the catalogue and sub-apps.

Each sub-app registers what it adds, because the catalogue does not know them.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from django.conf import settings
from django.db import transaction
from django.db.models import Model

from catalog import catalog_version
from catalog.history.records import CREATED, record, records_of
from catalog.models import Alias, Article

_Row = TypeVar("_Row", bound=Model)

_loaders: dict[str, Callable[[], int]] = {}


def register(name: str, load: Callable[[], int]) -> None:
    """Register a function that adds rows, called `name`, once, and returns how many."""
    _loaders[name] = load


def load_additions() -> dict[str, int]:
    """Add the rows that sub-apps ship; return how many of each name were added, if any."""
    counts = {name: load() for name, load in _loaders.items()}
    return {name: count for name, count in counts.items() if count}


def add_once(model: type[_Row], shipped: Callable[[], Sequence[_Row]]) -> int:
    """Add the rows that ship, and return how many.

    Nothing is added once the model had a row, so that what editors made of them stays.
    """
    if _has_had_rows(model):
        return 0
    with transaction.atomic():
        catalog_version.lock_catalog()
        if _has_had_rows(model):  # Another process was faster.
            return 0
        rows = model._default_manager.bulk_create(shipped())
        record(rows, CREATED)
    return len(rows)


def _has_had_rows(model: type[Model]) -> bool:
    return model._default_manager.exists() or records_of(model).exists()


def articles_by_slug() -> dict[str, Article]:
    """Return the articles of this installation by the slugs of the playbook that ships.

    They are recognised by their keys, whatever they are called here.
    """
    slugs = {fields["key"]: fields["article"][0] for fields in rows_of("aliases")}
    stored = Alias.objects.filter(key__in=slugs).select_related("article")
    return {slugs[alias.key]: alias.article for alias in stored}


def rows_of(fixture: str) -> Iterator[Mapping[str, Any]]:
    """Yield the fields of each row of a fixture."""
    path = Path(settings.FIXTURE_DIRS[0]) / f"{fixture}.json"
    for row in json.loads(path.read_text(encoding="utf-8")):
        yield row["fields"]
