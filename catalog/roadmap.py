"""Group the snapshot's entries by section and layer, as the roadmap shows them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from catalog.models import Entry, Layer, Section

if TYPE_CHECKING:
    from catalog.snapshot import CatalogSnapshot


def shown_parts(parts: Iterable["SectionTable | LayerBand"]) -> list[str]:
    """Return the ids of the elements that show progress and may change with a state."""
    return [name for part in parts for name in part.shown]


def shown_rows(entries: Iterable[Entry]) -> list[str]:
    return [f"state-{entry.pk}" for entry in entries]


@dataclass(frozen=True)
class SectionTable:
    section: Section
    entries: list[Entry]

    @property
    def shown(self) -> list[str]:
        return [f"section-{self.section.slug}", *shown_rows(self.entries)]


@dataclass(frozen=True)
class LayerBand:
    layer: Layer
    tables: list[SectionTable]

    @property
    def shown(self) -> list[str]:
        return [f"layer-{self.layer.slug}", *shown_parts(self.tables)]


def tables_of(snapshot: "CatalogSnapshot") -> list[SectionTable]:
    """Return a table for each section, including empty ones, in the order of the journey."""
    tables = {section.slug: SectionTable(section, []) for section in snapshot.sections}
    for place in snapshot.indexed_entries:
        tables[place.section].entries.append(place.entry)
    return list(tables.values())


def bands_of(snapshot: "CatalogSnapshot") -> list[LayerBand]:
    tables = tables_of(snapshot)
    return [
        LayerBand(layer, [table for table in tables if table.section.layer_id == layer.pk])
        for layer in snapshot.layers
    ]


def journey_parts(journey: Iterable[LayerBand]) -> list[str]:
    """Return the ids of the cards and outlines, which the roadmap shows of every layer."""
    return [
        name
        for band in journey
        for name in (
            f"journey-{band.layer.slug}",
            *(f"outline-{table.section.slug}" for table in band.tables),
        )
    ]
