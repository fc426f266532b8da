"""The playbook as pages show it: layers, sections and rows, with the reader's figures."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from catalog.models import Entry, Layer, Section
from playbook.http import Progress


def shown_parts(parts: Iterable["Row | SectionTable | LayerBand"]) -> list[str]:
    """The ids of the elements that show progress: what a change of state may have to replace."""
    return [name for part in parts for name in part.shown]


@dataclass(frozen=True)
class Row:
    """One entry and the reader's state with its article."""

    entry: Entry
    state: str

    @property
    def shown(self) -> list[str]:
        return [f"state-{self.entry.pk}"]


@dataclass(frozen=True)
class SectionTable:
    section: Section
    figure: Any
    rows: list[Row]

    @property
    def shown(self) -> list[str]:
        return [f"section-{self.section.slug}", *shown_parts(self.rows)]


@dataclass(frozen=True)
class LayerBand:
    layer: Layer
    figure: Any
    tables: list[SectionTable]

    @property
    def shown(self) -> list[str]:
        return [f"layer-{self.layer.slug}", *shown_parts(self.tables)]


def rows_of(entries: Iterable[Entry], progress: Progress) -> list[Row]:
    return [Row(entry, progress.state_of(entry.article_id)) for entry in entries]


def tables_of(
    sections: Iterable[Section], entries: Iterable[Entry], progress: Progress
) -> list[SectionTable]:
    """One table a section, the empty ones too; `entries` in the order of the journey."""
    by_section: dict[int, list[Entry]] = defaultdict(list)
    for entry in entries:
        by_section[entry.section_id].append(entry)
    return [
        SectionTable(
            section,
            progress.totals.of_section(section.slug),
            rows_of(by_section[section.pk], progress),
        )
        for section in sections
    ]


def bands_of(
    layers: Iterable[Layer], section_tables: Iterable[SectionTable], progress: Progress
) -> list[LayerBand]:
    by_layer: dict[int, list[SectionTable]] = defaultdict(list)
    for table in section_tables:
        by_layer[table.section.layer_id].append(table)
    return [
        LayerBand(layer, progress.totals.of_layer(layer.slug), by_layer[layer.pk])
        for layer in layers
    ]


def journey_parts(journey: Iterable[LayerBand]) -> list[str]:
    """The ids of what the roadmap shows of every layer, chosen or not: its card, the outline."""
    return [
        name
        for band in journey
        for name in (
            f"journey-{band.layer.slug}",
            *(f"outline-{table.section.slug}" for table in band.tables),
        )
    ]
