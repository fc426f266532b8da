"""Parse a playbook file: Markdown with a table or a list of links for each section, or JSON."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from html.parser import HTMLParser
from typing import Any

from django.utils.translation import gettext as _
from markdown_it import MarkdownIt

from catalog.models import Entry, Layer
from catalog.playbook_file.reading.blocks import INLINE_RULES, Block, blocks_of, line_of
from catalog.playbook_file.reading.cells import Cell, Link, cell_of, cell_of_block, lines_of
from catalog.playbook_file.reading.decoding import repaired_text, text_of
from catalog.playbook_file.reading.file_builder import FileBuilder, Heading
from catalog.playbook_file.reading.journey import layers_in
from catalog.playbook_file.reading.json_file import is_json, read_json
from catalog.playbook_file.reading.parsed_file import (
    FileRow,
    FileSection,
    PlaybookFile,
)
from catalog.playbook_file.reading.running_text import (
    NUMBER,
    Item,
    begins_with_link,
    read_items,
    says_little,
    usable_links,
    without_date,
    without_number,
)
from catalog.playbook_file.reading.tables import TableReader

LISTS = ("bullet_list", "ordered_list")


def read(content: bytes) -> PlaybookFile:
    """Parse the content of a file. Raise `Unreadable` if no part of it can be used."""
    text = text_of(content)
    if is_json(text):
        return read_json(text)
    text, notes = repaired_text(text)
    return _FileParser(notes, text=text).file()


def _markdown() -> MarkdownIt:
    """Return a parser for CommonMark with tables, which leaves every address as it is written."""
    markdown = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    markdown.disable(list(INLINE_RULES))
    # markdown-it documents this assignment, but its types do not allow it.
    markdown.normalizeLink = lambda url: url  # type: ignore[method-assign]  # as its documentation says
    markdown.validateLink = lambda url: True  # type: ignore[method-assign]  # as its documentation says
    return markdown


@dataclass
class _FileParser(FileBuilder):
    """A single pass over the blocks of the file."""

    text: str = ""
    is_journey: bool = False
    described: FileSection | None = None
    """The section whose last row is described by the next paragraph."""

    def file(self) -> PlaybookFile:
        self.lines = self.text.split("\n")
        self.markdown, self.references = _markdown(), dict[str, Any]()
        self._read_blocks(blocks_of(self.markdown, self.text, self.references))
        self.notes.sort(key=lambda note: note.line)
        return self._whole(_("No table and no list has a row that can be used."))

    def _read_blocks(self, blocks: Sequence[Block]) -> None:
        for place, block in enumerate(blocks):
            described, self.described = self.described, None
            match block.type:
                case "heading":
                    self._read_heading(block, blocks[place + 1 :])
                case "paragraph":
                    self._read_paragraph(block, described)
                case "table":
                    self._read_table(block)
                case "bullet_list" | "ordered_list":
                    self._read_list(block)
                case "blockquote":
                    self._read_blocks(block.children)
                case "html_block":
                    self._read_html(block)

    # --- Headings and the journey

    def _read_heading(self, block: Block, following: Sequence[Block]) -> None:
        heading = Heading(block.line, int(block.tag[1:]), cell_of_block(block))
        if self._is_article(heading, following):
            self._read_linked_heading(heading)
            return
        self._note_links(block.line, [link for link in heading.cell.links if not link.is_in_page])
        self._open(heading)
        self.is_journey = "journey" in heading.cell.text.casefold()

    @staticmethod
    def _is_article(heading: Heading, following: Sequence[Block]) -> bool:
        """Return whether the heading is an article: its link is its title, with text below."""
        links = usable_links(heading.cell)
        if not links or not (begins_with_link(heading.cell, links[0]) or says_little(links[0])):
            return False
        for block in following:
            if block.type == "heading":
                return int(block.tag[1:]) <= heading.level
            if block.type == "table" or (block.type in LISTS and _has_web_link(block)):
                return False
        return True

    def _read_linked_heading(self, heading: Heading) -> None:
        named = [other for other in self.headings if other.cell.text]
        above = [other for other in named if other.level < heading.level] or named[-1:]
        self.headings = above or [Heading(heading.line, 1, Cell(_("Articles")))]
        self._add_items(heading.line, heading.cell, is_numbered=True)

    def _read_journey(self, block: Block) -> bool:
        """Read layers; return whether there are any."""
        layers = list(layers_in(block, is_journey=self.is_journey))
        if layers:
            links = [link for link in cell_of_block(block).links if not link.is_in_page]
            self._note_links(block.line, links)
        self.layers += [
            replace(
                layer,
                title=self._fitting(layer.line, Layer, "title", layer.title),
                tagline=self._fitting(layer.line, Layer, "tagline", layer.tagline),
            )
            for layer in layers
        ]
        return bool(layers)

    # --- Paragraphs

    def _read_paragraph(self, block: Block, described: FileSection | None) -> None:
        if self._read_journey(block):
            return
        self.is_journey |= "journey" in cell_of_block(block).text.casefold()
        cell = cell_of_block(block)
        if described and cell.text and not cell.all_links:
            self._describe(described, cell.text)
            return
        for inline in block.inlines:
            for offset, tokens in enumerate(lines_of(inline)):
                self._read_line(line_of(inline) + offset, cell_of(tokens))

    def _read_line(self, line: int, cell: Cell) -> None:
        """Read a line of a paragraph: an article if it is numbered and has a link."""
        links = usable_links(cell) if NUMBER.match(cell.text) else []
        if links and (cell.strong or begins_with_link(cell, links[0])):
            self._add_items(line, cell, is_numbered=True)
        elif self.described and cell.text and not cell.all_links:
            self._describe(self.described, cell.text)
        else:
            self._note_links(line, cell.all_links)

    def _describe(self, section: FileSection, text: str) -> None:
        row = section.rows[-1]
        text = self._fitting(row.line, Entry, "what_you_learn", text)
        section.rows[-1] = replace(row, values={**row.values, "what_you_learn": text})
        self.described = None

    def _read_html(self, block: Block) -> None:
        for line, address in _links_in_html(block):
            self._note_links(line, [Link(address, "", 0, 0)])

    # --- Tables

    def _read_table(self, block: Block) -> None:
        table = TableReader(block, self.lines, self._cells_of)
        reason = ""
        if not table.has_articles:
            reason = _("A table without a column for titles or links was skipped.")
        elif not self._has_heading:
            reason = _("A table without a heading above it was skipped.")
        if reason:
            self._note(block.line, reason)
            for line, link in table.links():
                self._note_links(line, [link])
            return
        section, heading = self._section(), self.headings[-1]
        for row in heading.listed:
            section.rows.remove(row)
            self._note_beside_table(row.line, row.title)
        heading.has_table, heading.listed = True, []
        for row in table.rows():
            self._add(section, row)
        self.notes += table.notes

    def _cells_of(self, line: str, count: int) -> list[Cell]:
        head = f"|{'a|' * count}\n|{'-|' * count}\n"
        (table,) = blocks_of(self.markdown, head + line.lstrip("> "), self.references)
        return [cell_of_block(node) for node in table.children[1].children[0].children]

    # --- Lists of links, instead of a table

    def _read_list(self, block: Block) -> None:
        is_open = not self.headings or self.headings[-1].section is None
        if self.is_journey and is_open and self._read_journey(block):
            return
        # A list of links within the file is a table of contents.
        if any(not link.is_in_page for link in _links_of(block)):
            for item in block.children:
                self._read_item(item)

    def _read_item(self, item: Block) -> None:
        own = [child for child in item.children if child.type == "paragraph"]
        cell = cell_of_block(Block("item", children=own))
        if cell.all_links:
            self._add_items(item.line, cell, is_listed=True)
        for child in item.children:
            if child.type in LISTS:
                for nested in child.children:
                    self._read_item(nested)
            elif child.type != "paragraph":
                self._note_links(child.line, list(_links_of(child)))

    # --- Sections and rows

    def _add_items(
        self, line: int, cell: Cell, *, is_listed: bool = False, is_numbered: bool = False
    ) -> None:
        """Add the articles of a list item, a heading or a line; note what is left out."""
        text = read_items(cell)
        self._note_links(line, text.left_out)
        for item in text.items:
            if not self._has_heading:
                message = _("“%(title)s” was left out: there is no heading above it.")
                self._note(line, message % {"title": item.title[:80]})
            elif is_listed and self.headings[-1].has_table:
                self._note_beside_table(line, item.title)
            else:
                self._add_item(line, item, is_listed=is_listed, is_numbered=is_numbered)

    def _add_item(self, line: int, item: Item, *, is_listed: bool, is_numbered: bool) -> None:
        title = without_number(item.title) if is_numbered else item.title
        description = without_date(item.description) if is_numbered else item.description
        values = {"what_you_learn": description} if description else {}
        section = self._section()
        row = self._add(section, FileRow(line, title, item.address, None, values))
        if row and is_listed:
            self.headings[-1].listed.append(row)
        elif row and not description:
            self.described = section


def _links_of(block: Block) -> Iterator[Link]:
    for inline in block.inlines:
        yield from cell_of(inline.children or []).all_links


def _has_web_link(block: Block) -> bool:
    return any(link.is_web and not link.is_badge for link in _links_of(block))


def _links_in_html(block: Block) -> list[tuple[int, str]]:
    """Return the line and address of each link to another page."""
    links = []

    class Tags(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            address = dict(attrs).get("href") or ""
            if tag == "a" and address and not address.startswith("#"):
                links.append((block.line + self.getpos()[0] - 1, address))

    Tags().feed(block.html)
    return links
