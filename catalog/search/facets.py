"""The choices that a filter offers, with the entries that each would show."""

from dataclasses import dataclass

from catalog import reader_filters
from catalog.search.bitmaps import Bitmap
from catalog.snapshot import CatalogSnapshot
from playbook.http import Progress


@dataclass(frozen=True)
class Choice:
    """A value that a filter offers, with the number of entries that it would show."""

    value: str
    label: str
    is_chosen: bool
    entry_count: int
    colour: str = ""


@dataclass(frozen=True)
class Facet:
    """A field of the filter, with the choices that it offers."""

    name: str
    label: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True)
class ReaderFacet:
    """A field that depends on the reader. What it would show differs between readers."""

    name: str
    label: str
    chosen: tuple[str, ...]
    among: Bitmap
    """The entries that match all other filters."""

    def facet(self, progress: Progress, snapshot: CatalogSnapshot) -> Facet | None:
        """Return the facet for this reader, or None if visitors cannot use it."""
        registered = reader_filters.registered[self.name]
        if progress.is_visitor and not registered.is_for_visitors:
            return None
        choices = (
            Choice(
                value,
                str(label),
                value in self.chosen,
                (self.among & progress.entries_with(self.name, {value}, snapshot)).bit_count(),
            )
            for value, label in registered.labels().items()
        )
        return Facet(self.name, self.label, tuple(choices))
