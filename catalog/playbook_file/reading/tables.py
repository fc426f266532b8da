"""Read the rows of a table."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from catalog.identity import folded
from catalog.playbook_file.reading.blocks import Block
from catalog.playbook_file.reading.cells import Cell, Link, cell_of_block
from catalog.playbook_file.reading.columns import CARRIED, column_of
from catalog.playbook_file.reading.parsed_file import FileRow, Note
from catalog.playbook_file.reading.running_text import says_little

STATUS_WORDS = {
    "published", "live", "available", "done", "complete", "completed", "ready", "planned", "draft",
    "in review", "review", "coming soon", "soon", "upcoming", "to do", "todo", "wip", "pending",
    "in progress", "work in progress", "new", "scheduled", "archived",
}  # fmt: skip


@dataclass
class TableReader:
    """Reads the rows of a table, and notes what it leaves out."""

    table: Block
    lines: Sequence[str]
    """The lines of the file."""
    cells_of: Callable[[str, int], list[Cell]]
    """Parse a line as a row with this many cells: the parser of Markdown drops the surplus."""
    notes: list[Note] = field(default_factory=list)

    def __post_init__(self) -> None:
        head, *body = self.table.children
        heads = [cell_of_block(node) for node in head.children[0].children]
        self.columns = [column_of(cell.text, place) for place, cell in enumerate(heads)]
        nodes = [row for part in body for row in part.children]
        self.body = [(row.line, [cell_of_block(node) for node in row.children]) for row in nodes]

    @property
    def has_articles(self) -> bool:
        """True if it has a column for titles or links, or a single column that has links."""
        if "title" in self.columns or "link" in self.columns:
            return True
        return len({place for _line, cells in self.body for place in _linked(cells)}) == 1

    def rows(self) -> Iterator[FileRow]:
        for line, cells in self.body:
            if row := self._row(line, self._fitted(line, cells)):
                yield row

    def links(self) -> Iterator[tuple[int, Link]]:
        for line, cells in self.body:
            yield from ((line, link) for cell in cells for link in cell.all_links)

    # --- Rows that have more cells than the head

    def _fitted(self, line: int, cells: list[Cell]) -> list[Cell]:
        """Return one cell for each column; note what became of the surplus."""
        width, count = len(self.columns), _count_cells(self.lines[line - 1])
        if count <= width:
            return cells
        every = self.cells_of(self.lines[line - 1], count)
        place = self._split_column(every, count - width)
        if place is None:
            self._note(
                line, _("The row has more cells than the table. The extra cells were skipped.")
            )
            self._note_links(line, [link for cell in every[width:] for link in cell.all_links])
            return [
                self._without_odd_status(*pair) for pair in zip(self.columns, cells, strict=False)
            ]
        end = place + count - width + 1
        joined = Cell(
            " | ".join(cell.text for cell in every[place:end] if cell.text),
            links=[link for cell in every[place:end] for link in cell.links],
        )
        message = _("The row has more cells than the table. “%(text)s” was read as one cell.")
        self._note(line, message % {"text": joined.text[:80]})
        return [*every[:place], joined, *every[end:]]

    def _split_column(self, cells: list[Cell], surplus: int) -> int | None:
        """Return the column whose text has the stray separators, or `None` if that is unknown."""
        wide = [place for place, name in enumerate(self.columns) if name in CARRIED]
        texts = [place for place in wide if self.columns[place] not in {"title", "url"}]
        place = next(iter([*texts, *wide]), None)
        if place is None:
            return None
        if "status" not in self.columns:
            return place if place == len(self.columns) - 1 and texts else None
        status = self.columns.index("status")
        moved = status + surplus if place < status else status
        is_moved = _is_status(cells[moved]) and (moved == status or not _is_status(cells[status]))
        return place if is_moved else None

    def _without_odd_status(self, column: str, cell: Cell) -> Cell:
        return Cell() if column == "status" and not _is_status(cell) else cell

    # --- Rows

    def _row(self, line: int, every: list[Cell]) -> FileRow | None:
        cells: dict[str, Cell] = {}
        for column, cell in zip(self.columns, every, strict=False):
            if not (column in cells and (cells[column].text or cells[column].links)):
                cells[column] = cell
        if not any(cell.text or cell.links for cell in cells.values()):
            return None
        link = self._link(cells, every)
        title = cells["title"].text if "title" in cells else ""
        if not title and link and not says_little(link):
            title = link.text
        if not title and "title" not in cells:
            title = next((c.text for c in every if c.text and not c.links), "")
            title = title or (link.text if link else "")
        badges = cells.get("status", Cell()).links
        self._note_links(
            line,
            [
                other
                for cell in every
                for other in cell.links
                if not (link and other.address == link.address) and other not in badges
            ],
        )
        status = cells.get("status")
        return FileRow(
            line=line,
            title=title,
            url=link.address if link else "",
            status=(status.status or None) if status else None,
            values=self._values(line, cells),
        )

    def _link(self, cells: Mapping[str, Cell], every: list[Cell]) -> Link | None:
        """Return the link of the link column, else of the title, else of the only linked column."""
        link, title = cells.get("link", Cell()), cells.get("title", Cell())
        usable = [
            *(
                cell_link
                for cell in (link, title)
                for cell_link in cell.links
                if not cell_link.is_badge
            )
        ]
        if not usable and link.bare_address:
            usable = [Link(link.bare_address, link.text, 0, len(link.text))]
        if not usable and "link" not in cells:
            others = [cell for cell in every if cell is not cells.get("status")]
            usable = [link for cell in others for link in cell.all_links if not link.is_badge]
        return next((one for one in usable if one.is_web), next(iter(usable), None))

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

    def _note(self, line: int, text: str) -> None:
        self.notes.append(Note(line, text))

    def _note_links(self, line: int, links: list[Link]) -> None:
        self.notes += [left_out(line, link) for link in links]


def left_out(line: int, link: Link) -> Note:
    message = _("The link “%(address)s” was left out.")
    return Note(line, message % {"address": link.address[:120]})


def _linked(cells: Sequence[Cell]) -> Iterator[int]:
    """Yield the places of the cells with a link."""
    return (place for place, cell in enumerate(cells) if cell.has_web_link)


def _count_cells(line: str) -> int:
    """Return the number of cells of a line in the source."""
    text = re.sub(r"\\.", "", line).strip().lstrip("> ").strip()
    return text.removeprefix("|").removesuffix("|").count("|") + 1


def _is_status(cell: Cell) -> bool:
    return bool(cell.pictures) or folded(cell.text) in STATUS_WORDS
