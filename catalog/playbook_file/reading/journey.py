"""Read the layers of the journey."""

import re
from collections.abc import Iterator

from catalog.playbook_file.reading.blocks import Block, line_of
from catalog.playbook_file.reading.cells import cell_of, lines_of
from catalog.playbook_file.reading.headings import numbered
from catalog.playbook_file.reading.parsed_file import FileLayer

TAGLINE = re.compile(r"^\s*[–—:-]+\s*")


def layers_in(block: Block, *, is_journey: bool) -> Iterator[FileLayer]:
    """Yield the layers: lines with a number and a bold title.

    In a numbered list of the journey the place is the number.
    """
    is_numbered = is_journey and block.type == "ordered_list"
    for place, inline in enumerate(block.inlines, start=1):
        for offset, tokens in enumerate(lines_of(inline)):
            cell = cell_of(tokens)
            number, text = numbered(cell.text)
            is_layer = (number or is_numbered) and (is_journey or not cell.has_web_link)
            if is_layer and cell.strong and text.startswith(cell.strong):
                tagline = TAGLINE.sub("", text.removeprefix(cell.strong)).strip()
                yield FileLayer(line_of(inline) + offset, number or place, cell.strong, tagline)
