"""What a playbook file says, as plain values: nothing here knows of the catalogue."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from catalog import identity


@dataclass(frozen=True, slots=True)
class Note:
    """What was not understood or was repaired, and at which line of the file, from 1."""

    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.line}: {self.text}"


class Unreadable(Exception):
    """The file is refused whole; nothing has changed."""

    def __init__(self, *reasons: Note) -> None:
        super().__init__("\n".join(map(str, reasons)))
        self.reasons = reasons


@dataclass(frozen=True, slots=True)
class FileLayer:
    line: int
    number: int
    title: str
    tagline: str


@dataclass(frozen=True)
class FileRow:
    """One row of a table, or one item of a list of links."""

    line: int
    title: str
    url: str
    status: str | None
    """None if the table has no such column."""
    values: Mapping[str, Any] = field(default_factory=dict, hash=False)
    """The carried fields for which the table has a column (`catalog/catalog_data.py`)."""

    @cached_property
    def key(self) -> str:
        return identity.url_key(self.url) if self.url else identity.title_key(self.title)


@dataclass(slots=True)
class FileSection:
    line: int
    heading: str
    """With its emoji: “🏗 Fundamentals”."""
    layer: FileLayer | None
    """None where the file does not say."""
    rows: list[FileRow] = field(default_factory=list)


@dataclass(slots=True)
class PlaybookFile:
    layers: list[FileLayer] = field(default_factory=list)
    sections: list[FileSection] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)

    @property
    def rows(self) -> Iterator[FileRow]:
        return (row for section in self.sections for row in section.rows)
