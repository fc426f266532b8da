"""Parse a playbook file: Markdown with a table or a list of links for each section."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db.models import Model
from django.utils.translation import gettext as _
from markdown_it import MarkdownIt

from catalog.catalog_data import EntryData, carried
from catalog.models import Article, Entry, Layer, Section, Status
from catalog.playbook_file.reading.blocks import (
    Block,
    blocks_of,
    line_of,
)
from catalog.playbook_file.reading.cells import (
    Cell,
    cell_of,
    cell_of_block,
    is_contents,
    lines_of,
    linked_item,
)
from catalog.playbook_file.reading.checks import link_error, max_length_of
from catalog.playbook_file.reading.columns import CARRIED, column_of
from catalog.playbook_file.reading.decoding import decoded
from catalog.playbook_file.reading.headings import numbered
from catalog.playbook_file.reading.parsed_file import (
    FileLayer,
    FileRow,
    FileSection,
    Note,
    PlaybookFile,
    Unreadable,
)

TAGLINE = re.compile(r"^\s*[–—:-]+\s*")
REASONS_SHOWN = 20
ROWS_MAX = 30_000
"""The most rows, and the most sections. Together with the drafts of the catalogue, their numbers
must stay below the limit of a small integer."""


def read(content: bytes) -> PlaybookFile:
    """Parse the content of a file. Raise `Unreadable` if any part of it cannot be used."""
    text, notes = decoded(content)
    return _FileParser(text, notes).file()


def _markdown() -> MarkdownIt:
    """Return a parser for CommonMark with tables, which leaves every address as it is written."""
    markdown = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    # markdown-it documents this assignment, but its types do not allow it.
    markdown.normalizeLink = lambda url: url  # type: ignore[method-assign]
    markdown.validateLink = lambda url: True  # type: ignore[method-assign]
    return markdown


@dataclass
class _Heading:
    line: int
    level: int
    cell: Cell


@dataclass
class _FileParser:
    """A single pass over the blocks of the file."""

    text: str
    notes: list[Note]
    reasons: list[Note] = field(default_factory=list)
    layers: list[FileLayer] = field(default_factory=list)
    sections: list[FileSection] = field(default_factory=list)
    heading: _Heading | None = None
    section: FileSection | None = None
    layer: FileLayer | None = None
    layer_level: int = 0
    outer: tuple[FileLayer | None, int] = (None, 0)
    """The layer and its level if the heading turns out to be that of a section."""
    has_table: bool = False
    is_journey: bool = False

    def file(self) -> PlaybookFile:
        self.lines = self.text.split("\n")
        for block in blocks_of(_markdown().parse(self.text)):
            self._read_block(block)
        row_count = sum(len(section.rows) for section in self.sections)
        if not self.reasons and not row_count:
            self.reasons.append(Note(0, _("No table and no list has a row that can be used.")))
        if max(row_count, len(self.sections)) > ROWS_MAX:
            message = _("The file has more than %(count)d rows or sections.")
            self.reasons.append(Note(0, message % {"count": ROWS_MAX}))
        if self.reasons:
            raise Unreadable(*self.reasons[:REASONS_SHOWN])
        return PlaybookFile(self.layers, self.sections, self.notes)

    def _read_block(self, block: Block) -> None:
        match block.type:
            case "heading":
                self._open(_Heading(block.line, int(block.tag[1:]), cell_of_block(block)))
            case "paragraph":
                self._read_journey(block)
            case "table":
                self._read_table(block)
            case "bullet_list" | "ordered_list" if self.is_journey and not self.section:
                self._read_journey(block)
            case "bullet_list" | "ordered_list":
                self._read_list(block)
            case "blockquote":
                for child in block.children:
                    self._read_block(child)

    # --- Headings and the journey

    def _open(self, heading: _Heading) -> None:
        self.heading, self.section, self.has_table = heading, None, False
        self.is_journey = "journey" in heading.cell.text.casefold()
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

    def _read_journey(self, block: Block) -> None:
        is_ordered = block.type == "ordered_list"
        for place, inline in enumerate(block.inlines, start=1):
            for offset, tokens in enumerate(lines_of(inline)):
                cell = cell_of(tokens)
                number, text = numbered(cell.text)
                if not number and not (self.is_journey and is_ordered):
                    self.is_journey |= "journey" in cell.text.casefold()
                    continue
                if cell.strong and text.startswith(cell.strong):
                    tagline = TAGLINE.sub("", text.removeprefix(cell.strong))
                    layer = FileLayer(
                        line_of(inline) + offset, number or place, cell.strong, tagline
                    )
                    self._check(layer.line, Layer, title=layer.title, tagline=layer.tagline)
                    self.layers.append(layer)

    # --- Tables

    def _read_table(self, table: Block) -> None:
        head, *body = table.children
        line = table.line
        cells = [cell_of_block(node) for node in head.children[0].children]
        columns = [column_of(cell.text, place) for place, cell in enumerate(cells)]
        if "title" not in columns and "link" not in columns:
            self._note(line, _("A table without a column for titles or links was skipped."))
            return
        section = self._section(line)
        if section is None:
            self._note(line, _("A table without a heading above it was skipped."))
            return
        if not self.has_table:
            section.rows.clear()  # rows of a list above the table
            self.has_table = True
        for row in (row for part in body for row in part.children):
            self._check_width(row, len(columns))
            self._read_row(section, row, columns)

    def _check_width(self, row: Block, width: int) -> None:
        line = row.line
        count = re.sub(r"\\.", "", self.lines[line - 1]).strip().strip("|").count("|") + 1
        if count > width:
            self._note(
                line,
                _("The row has more cells than the table. The extra cells were skipped."),
            )

    def _read_row(self, section: FileSection, node: Block, columns: list[str]) -> None:
        line = node.line
        cells: dict[str, Cell] = {}
        for column, child in zip(columns, node.children, strict=False):
            cells.setdefault(column, cell_of_block(child))
        if not any(cell.text or cell.links for cell in cells.values()):
            return
        status = cells.get("status")
        title = cells.get("title") or Cell()
        link = cells.get("link") or Cell()
        address = next(iter([*link.addresses, *title.addresses]), "") or link.bare_address
        text = title.text
        if "title" not in cells and link.links:
            text = link.links[0][1]
        self._add(
            section,
            FileRow(
                line=line,
                title=text,
                url=address,
                status=(status.status or None) if status else None,
                values=self._values(line, cells),
            ),
        )

    def _values(self, line: int, cells: Mapping[str, Cell]) -> dict[str, object]:
        """Return the carried fields; skip a value that cannot be used, with a note."""
        values = {}
        for name in cells.keys() & CARRIED.keys() - {"title", "url"}:
            try:
                values[name] = CARRIED[name].parse(cells[name].text)
            except ValueError:
                message = _("“%(value)s” cannot be used as %(field)s. It was skipped.")
                context = {"value": cells[name].text[:40], "field": CARRIED[name].change.label}
                self._note(line, message % context)
        return values

    # --- Lists of links, instead of a table

    def _read_list(self, block: Block) -> None:
        items = [(item, cell) for item in block.children if (cell := linked_item(item))]
        linked = [(item, cell) for item, cell in items if not is_contents(cell)]
        section = self._section(block.line) if linked and not self.has_table else None
        if section is None:
            return
        for item, cell in linked:
            address, text = cell.links[0]
            rest = TAGLINE.sub("", cell.text.partition(text)[2]) if text else ""
            values = {"what_you_learn": rest} if rest else {}
            self._add(section, FileRow(item.line, text or address, address, None, values))

    # --- Sections and rows

    def _section(self, line: int) -> FileSection | None:
        """Return the section of the heading above; the first table or list under it makes one."""
        if self.section is None and self.heading and self.heading.cell.text:
            text = self.heading.cell.text
            # A heading with a table of its own is not a layer, even if it is called like one.
            self.layer, self.layer_level = self.outer
            self.section = FileSection(self.heading.line, text, self.layer)
            self._check(self.heading.line, Section, title=text)
            self.sections.append(self.section)
        return self.section

    def _add(self, section: FileSection, row: FileRow) -> None:
        if not row.title:
            self._note(row.line, _("A row without a title was skipped."))
            return
        if row.url and (reason := link_error(row.url)):
            self.reasons.append(Note(row.line, reason))
            return
        self._check(row.line, Entry, title=row.title)
        for name, value in row.values.items():
            model = Entry if name in carried(EntryData) else Article
            if isinstance(value, str):
                self._check(row.line, model, **{name: value})
        self._check(row.line, Status, label=row.status or "")
        section.rows.append(row)

    def _check(self, line: int, model: type[Model], **values: str) -> None:
        """Refuse the file if a value is too long for its column: no value is cut."""
        for name, value in values.items():
            length = max_length_of(model, name)
            if len(value) > length:
                message = _("“%(text)s…” has %(count)d characters. The limit is %(length)d.")
                context = {"text": value[:40], "count": len(value), "length": length}
                self.reasons.append(Note(line, message % context))

    def _note(self, line: int, text: str) -> None:
        self.notes.append(Note(line, text))
