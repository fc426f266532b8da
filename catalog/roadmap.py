"""Group the snapshot's entries by section and layer, as the roadmap shows them."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext as _

from catalog.active_filters import Ignored
from catalog.models import Entry, Layer, Section

if TYPE_CHECKING:
    from catalog.snapshot import CatalogSnapshot

ROWS_AT_FIRST = 100
"""The number of rows that a page of several sections shows at first; the rest opens on demand."""


@dataclass(frozen=True)
class SectionTable:
    """A section with its entries, of which a page may show only the first ones."""

    section: Section
    entries: list[Entry]
    rows_at_first: int | None = None
    """The number of entries that are shown at first; None for all of them."""

    @property
    def first_entries(self) -> list[Entry]:
        return self.entries[: self.rows_at_first]

    @property
    def folded_count(self) -> int:
        return len(self.entries) - len(self.first_entries)


@dataclass(frozen=True)
class LayerBand:
    layer: Layer
    tables: list[SectionTable]

    @property
    def anchor(self) -> str:
        return f"layer-band-{self.layer.slug}"


@dataclass(frozen=True)
class LayerTab:
    """A layer in the strip at the top of the roadmap, which shows and hides layers."""

    layer: Layer
    is_chosen: bool
    toggle_url: str
    """The roadmap with this layer shown as well, or no longer shown."""


def tables_of(snapshot: "CatalogSnapshot") -> list[SectionTable]:
    """Return a table for each section, including empty ones, in the order of the journey."""
    tables = {section.slug: SectionTable(section, []) for section in snapshot.sections}
    for indexed in snapshot.indexed_entries:
        tables[indexed.section].entries.append(indexed.entry)
    return list(tables.values())


def bands_of(snapshot: "CatalogSnapshot") -> list[LayerBand]:
    tables = tables_of(snapshot)
    return [
        LayerBand(layer, [table for table in tables if table.section.layer_id == layer.pk])
        for layer in snapshot.layers
    ]


def folded(bands: Iterable[LayerBand], rows_at_first: int = ROWS_AT_FIRST) -> list[LayerBand]:
    """Return the bands with this many rows shown at first, counted over all their sections."""
    left = rows_at_first
    shown = []
    for band in bands:
        tables = []
        for table in band.tables:
            tables.append(replace(table, rows_at_first=left))
            left = max(left - len(table.entries), 0)
        shown.append(replace(band, tables=tables))
    return shown


def layer_tabs(path: str, layers: list[Layer], chosen: list[Layer]) -> list[LayerTab]:
    """Return the strip of a roadmap that shows the chosen layers; all of them means no filter."""
    is_filtered = len(chosen) < len(layers)
    tabs = []
    for layer in layers:
        is_chosen = is_filtered and layer in chosen
        toggled = [
            other.slug for other in layers if (is_filtered and other in chosen) != (other == layer)
        ]
        query = urlencode({"layer": toggled}, doseq=True) if len(toggled) < len(layers) else ""
        tabs.append(LayerTab(layer, is_chosen, f"{path}?{query}" if query else path))
    return tabs


def chosen_layers(query: QueryDict, layers: list[Layer]) -> tuple[list[Layer], list[Ignored]]:
    """Return the layers that the query asks for and the values that are no layer.

    Without any known layer in the query, all layers are returned.
    """
    asked = query.getlist("layer")
    chosen = [layer for layer in layers if layer.slug in asked]
    slugs = {layer.slug for layer in layers}
    return chosen or layers, [
        Ignored(_("Layer"), slug) for slug in asked if slug and slug not in slugs
    ]
