"""The choices that a filter offers, with the entries that each would show."""

from dataclasses import dataclass

from catalog import reader_states
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
class StateFilter:
    """The filter by the reader's own states. What it would show differs between readers."""

    label: str
    chosen: tuple[str, ...]
    among: Bitmap
    """The entries that match all other filters."""

    def facet(self, progress: Progress, snapshot: CatalogSnapshot) -> Facet:
        choices = (
            Choice(
                value,
                str(label),
                value in self.chosen,
                (self.among & progress.entries_in({value}, snapshot)).bit_count(),
            )
            for value, label in reader_states.choices.items()
        )
        return Facet("state", self.label, tuple(choices))
