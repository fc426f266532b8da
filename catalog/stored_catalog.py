"""Read the whole catalogue from the database as plain values."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from typing import Any, TypeVar

from django.db.models import Model, QuerySet

from catalog.catalog_data import CatalogData
from catalog.catalog_rows import (
    ArticleData,
    CaseData,
    EntryData,
    LayerData,
    PrerequisiteData,
    PromptData,
    SectionData,
    StatusData,
)
from catalog.models import Alias, Article, Entry, Layer, Section, Status

_Data = TypeVar("_Data")

MODELS: dict[type, type[Model]] = {
    LayerData: Layer,
    SectionData: Section,
    StatusData: Status,
    ArticleData: Article,
    EntryData: Entry,
}
"""The model of each data class. The apps of prompts, cases and prerequisites add theirs."""

COLUMNS = {
    "id": "pk",
    "layer": "layer__slug",
    "section": "section__slug",
    "article": "article__uuid",
    "requires": "requires__uuid",
    "status": "status__slug",
    "merged_into": "merged_into__uuid",
    "is_retired": "retired_at",
}
"""The model lookups of fields that are named differently or belong to a related model."""

CONVERTED: Mapping[str, Callable[[Any], Any]] = {
    "uuid": str,
    "article": str,
    "requires": str,
    "merged_into": lambda uuid: str(uuid or ""),
    "is_retired": lambda retired_at: retired_at is not None,
}


def stored() -> CatalogData:
    """Return the catalogue as the database holds it now, in nine queries."""
    keys: dict[str, list[str]] = defaultdict(list)
    for uuid, key in Alias.objects.order_by().values_list("article__uuid", "key"):
        keys[str(uuid)].append(key)
    return CatalogData(
        layers={row.slug: row for row in _loaded(LayerData, Layer.objects.all())},
        sections={row.slug: row for row in _loaded(SectionData, Section.objects.all())},
        statuses={row.slug: row for row in _loaded(StatusData, Status.objects.all())},
        articles={
            row.uuid: row
            for row in _loaded(
                ArticleData,
                Article.objects.order_by("pk"),
                keys=lambda values: tuple(sorted(keys[values["uuid"]])),
            )
        },
        entries={row.id: row for row in _loaded(EntryData, Entry.objects.order_by("pk"))},
        prompts={
            row.uuid: row
            for row in _loaded(PromptData, MODELS[PromptData]._default_manager.order_by("pk"))
        },
        cases={
            row.uuid: row
            for row in _loaded(CaseData, MODELS[CaseData]._default_manager.order_by("pk"))
        },
        prerequisites={
            row.uuid: row
            for row in _loaded(
                PrerequisiteData, MODELS[PrerequisiteData]._default_manager.order_by("pk")
            )
        },
    )


def _loaded(
    data: type[_Data],
    rows: QuerySet[Any],
    **computed: Callable[[Mapping[str, Any]], Any],
) -> Iterator[_Data]:
    """Yield the data of each row. `computed` fields are derived from the other fields."""
    data_fields = fields(data)  # type: ignore[arg-type]  # always one of the data classes
    names = [each.name for each in data_fields if each.name not in computed]
    converters = [(place, CONVERTED[name]) for place, name in enumerate(names) if name in CONVERTED]
    for row in rows.values_list(*(COLUMNS.get(name, name) for name in names)):
        values = list(row)
        for place, convert in converters:
            values[place] = convert(values[place])
        known = dict(zip(names, values, strict=True))
        yield data(**known, **{name: make(known) for name, make in computed.items()})
