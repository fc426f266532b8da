"""Collect the layers, sections and rows of a file, and notes about what does not fit."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import Model
from django.utils.translation import gettext as _

from catalog.catalog_rows import EntryData, carried
from catalog.models import Article, Entry, Section, Status
from catalog.playbook_file.reading.cells import Cell, Link
from catalog.playbook_file.reading.checks import cut, link_error, max_length_of
from catalog.playbook_file.reading.headings import numbered
from catalog.playbook_file.reading.parsed_file import (
    FileLayer,
    FileRow,
    FileSection,
    Note,
    PlaybookFile,
    Unreadable,
)
from catalog.playbook_file.reading.tables import left_out

REASONS_SHOWN = 20
ROWS_MAX = 30_000
"""The most rows, and the most sections. Together with the drafts of the catalogue, their numbers
must stay below the limit of a small integer."""


@dataclass(eq=False)
class Heading:
    line: int
    level: int
    cell: Cell
    section: FileSection | None = None
    """Made by its first row."""
    has_table: bool = False
    listed: list[FileRow] = field(default_factory=list)
    """The rows of its lists."""


@dataclass
class FileBuilder:
    notes: list[Note]
    layers: list[FileLayer] = field(default_factory=list)
    sections: list[FileSection] = field(default_factory=list)
    headings: list[Heading] = field(default_factory=list)
    """The last heading and those above it, without linked headings."""
    layer: FileLayer | None = None
    layer_level: int = 0
    outer: tuple[FileLayer | None, int] = (None, 0)
    """The layer and its level if the heading turns out to be that of a section."""

    def _open(self, heading: Heading) -> None:
        self.headings = [other for other in self.headings if other.level < heading.level]
        self.headings.append(heading)
        if heading.level <= self.layer_level:
            self.layer, self.layer_level = None, 0
        self.outer = self.layer, self.layer_level
        if layer := self._layer_of(heading.cell.text):
            self.layer, self.layer_level = layer, heading.level

    def _layer_of(self, heading: str) -> FileLayer | None:
        number, title = numbered(heading)
        fitting = [layer for layer in self.layers if layer.title.casefold() == title.casefold()]
        exact = [layer for layer in fitting if layer.number == number]
        return next(iter(exact or fitting), None)

    @property
    def _has_heading(self) -> bool:
        return bool(self.headings and self.headings[-1].cell.text)

    def _section(self) -> FileSection:
        """Return the section of the heading above; its first row makes one."""
        heading = self.headings[-1]
        if heading.section is None:
            # A heading with a table of its own is not a layer, even if it is called like one.
            self.layer, self.layer_level = self.outer
            text = self._fitting(heading.line, Section, "title", heading.cell.text)
            heading.section = FileSection(heading.line, text, self.layer)
            self.sections.append(heading.section)
        return heading.section

    def _add(self, section: FileSection, row: FileRow) -> FileRow | None:
        if not row.title:
            self._note(row.line, _("A row without a title was skipped."))
            return None
        url = row.url
        if url and (reason := link_error(url)):
            self._note(row.line, f"{reason} {_('The row has no link.')}")
            url = ""
        row = FileRow(
            row.line,
            self._fitting(row.line, Entry, "title", row.title),
            url,
            row.status and self._fitting(row.line, Status, "label", row.status),
            {name: self._fitting_value(row.line, name, v) for name, v in row.values.items()},
            row.prompts,
            row.requires,
        )
        section.rows.append(row)
        return row

    def _fitting_value(self, line: int, name: str, value: object) -> object:
        model = Entry if name in carried(EntryData) else Article
        return self._fitting(line, model, name, value) if isinstance(value, str) else value

    def _fitting(self, line: int, model: type[Model], name: str, text: str) -> str:
        """Return the text, cut with a note if it is too long for its column."""
        length = max_length_of(model, name)
        if len(text) > length:
            message = _("“%(text)s…” has %(count)d characters. It was cut to %(length)d.")
            self._note(line, message % {"text": text[:40], "count": len(text), "length": length})
        return cut(text, length)

    def _whole(self, reason_if_empty: str) -> PlaybookFile:
        row_count = sum(len(section.rows) for section in self.sections)
        if not row_count:
            raise Unreadable(Note(0, reason_if_empty), *self.notes[: REASONS_SHOWN - 1])
        if max(row_count, len(self.sections)) > ROWS_MAX:
            message = _("The file has more than %(count)d rows or sections.")
            raise Unreadable(Note(0, message % {"count": ROWS_MAX}))
        return PlaybookFile(self.layers, self.sections, self.notes)

    # --- Notes

    def _note(self, line: int, text: str) -> None:
        self.notes.append(Note(line, text))

    def _note_links(self, line: int, links: Sequence[Link]) -> None:
        self.notes += [left_out(line, link) for link in links]

    def _note_beside_table(self, line: int, title: str) -> None:
        message = _("“%(title)s” was left out: its section has a table.")
        self._note(line, message % {"title": title[:80]})
