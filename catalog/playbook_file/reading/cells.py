"""Read the text, links and pictures of a table cell, a heading or a list item."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import groupby
from urllib.parse import unquote, urlsplit

from markdown_it.token import Token

from catalog.playbook_file.reading.blocks import Block

BARE_URL = re.compile(r"https?://[^\s<>\"']+", re.IGNORECASE)
OTHER_SCHEME = re.compile(
    r"^(?:[a-z][a-z0-9+.-]*://|(?:javascript|data|mailto|file):)\S+$", re.IGNORECASE
)
STATUS_WORD = re.compile(r"^\s*status\s*[:\-–]\s*", re.IGNORECASE)
LINE_BREAKS = ("softbreak", "hardbreak")


@dataclass
class Cell:
    text: str = ""
    strong: str = ""
    """The part of the text that is in bold."""
    links: list[tuple[str, str]] = field(default_factory=list)
    """Pairs of address and text."""
    pictures: list[tuple[str, str]] = field(default_factory=list)
    """Pairs of address and alternative text."""

    @property
    def addresses(self) -> list[str]:
        return [address for address, _text in self.links]

    @property
    def bare_address(self) -> str:
        """The first address in the text that is not marked up as a link, or empty."""
        if OTHER_SCHEME.match(self.text) and not BARE_URL.match(self.text):
            return self.text
        found = BARE_URL.search(self.text)
        return found[0].rstrip(".,;)") if found else ""

    @property
    def status(self) -> str:
        """The status, from a badge's alternative text or address, else from the text."""
        for address, alternative in self.pictures:
            label = STATUS_WORD.sub("", alternative).strip()
            if label and label.casefold() != "status":
                return label
            if label := badge_message(address):
                return label
        return STATUS_WORD.sub("", self.text).strip()


def badge_message(address: str) -> str:
    """Return `Published` for `https://img.shields.io/badge/Status-Published-brightgreen`."""
    _before, badge, path = urlsplit(address).path.partition("/badge/")
    if not badge:
        return ""
    # PostgreSQL refuses NUL; CommonMark replaces it in the same way.
    parts = re.split(r"(?<!-)-(?!-)", unquote(path).replace("\0", "\ufffd"))
    message = parts[-2] if len(parts) > 1 else parts[0]
    spaced = re.sub(r"(?<!_)_(?!_)", " ", message)
    return spaced.replace("__", "_").replace("--", "-").strip()


def lines_of(inline: Token) -> Iterator[list[Token]]:
    """Yield the tokens of each line of a paragraph."""
    for is_break, tokens in groupby(inline.children or [], lambda t: t.type in LINE_BREAKS):
        if not is_break:
            yield list(tokens)


def cell_of(tokens: Iterable[Token]) -> Cell:
    cell = Cell()
    text: list[str] = []
    strong: list[str] = []
    opened: list[tuple[str, int]] = []
    depth = 0
    for token in tokens:
        piece = ""
        match token.type:
            case "text" | "code_inline":
                piece = token.content
            case "softbreak" | "hardbreak":
                piece = " "
            case "image":
                cell.pictures.append((str(token.attrs.get("src", "")), _plain(token)))
            case "link_open":
                opened.append((str(token.attrs.get("href", "")), len(text)))
            case "link_close":
                _close(cell, opened, text)
            case "strong_open":
                depth += 1
            case "strong_close":
                depth -= 1
            case "html_inline":
                piece = _read_html(token.content, cell, opened, text)
        text.append(piece)
        strong.append(piece if depth else "")
    cell.text = "".join(text).strip()
    cell.strong = "".join(strong).strip()
    return cell


def cell_of_block(node: Block) -> Cell:
    return cell_of(token for inline in node.inlines for token in inline.children or [])


def linked_item(node: Block) -> Cell | None:
    """Return the item without its nested lists, or `None` if it has no link."""
    cells = [cell_of_block(child) for child in node.children if child.type == "paragraph"]
    return next((cell for cell in cells if cell.links), None)


def is_contents(cell: Cell) -> bool:
    """Return whether the item is a line of a table of contents: a link within the file."""
    return all(address.startswith("#") for address in cell.addresses)


def _plain(image: Token) -> str:
    return "".join(child.content for child in image.children or [])


def _close(cell: Cell, opened: list[tuple[str, int]], text: list[str]) -> None:
    if opened:
        address, start = opened.pop()
        cell.links.append((address, "".join(text[start:]).strip()))


def _read_html(html: str, cell: Cell, opened: list[tuple[str, int]], text: list[str]) -> str:
    """Read links, pictures and line breaks; ignore all other HTML.

    Return the text that the HTML stands for.
    """

    class Tags(HTMLParser):
        text = ""

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            values = dict(attrs)
            if tag == "a" and values.get("href"):
                opened.append((values["href"] or "", len(text)))
            elif tag == "img":
                cell.pictures.append((values.get("src") or "", values.get("alt") or ""))
            elif tag == "br":
                self.text = " "

        def handle_endtag(self, tag: str) -> None:
            if tag == "a":
                _close(cell, opened, text)

    tags = Tags()
    tags.feed(html)
    return tags.text
